// Connects the parts of the distribution client into the Registry that the stages know.

import type { Registry } from '../../publish/publish.ts';
import type { Run } from '../command.ts';
import { findCredential, type ExplicitCredential } from './docker-config.ts';
import { createExchange, type Exchange, type RequestNote } from './exchange.ts';
import { createSender } from './http.ts';
import { downloadBlob, readBlob, readManifest, resolveReference, writeManifest } from './read.ts';
import { parseRepository } from './reference.ts';
import { listReferrers, pushReferrer } from './referrers.ts';
import { later, RETRY, systemClock, type Clock, type RetryPolicy } from './retry.ts';
import { createBase } from './scheme.ts';
import { createAuthoriser, createLoginMemory } from './tokens.ts';
import { uploadBlob, type Client } from './upload.ts';

export interface RegistryOptions {
  /** Starts credential helpers. */
  readonly run: Run;
  /** The user's environment: DOCKER_CONFIG, HOME, HTTPS_PROXY, NO_PROXY, and what credential helpers read. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Logins from the inputs; they win over the docker login. */
  readonly credentials?: readonly ExplicitCredential[];
  /** Cancels every request; open upload sessions are closed. */
  readonly signal?: AbortSignal;
  /** Told every request when its answer begins (status 0: none came). */
  readonly onRequest?: (note: RequestNote) => void;
  /** Told every password and token before it is used, so that it can be masked. */
  readonly onSecret?: (value: string) => void;
  /** PEM of further certificate authorities. */
  readonly ca?: string;
  readonly clock?: Clock;
  readonly retry?: RetryPolicy;
}

/** Milliseconds; GitHub kills a cancelled step a few seconds after it asked it to end. */
const TIDY_AFTER_CANCEL = 3_000;

/** The client, and `close` for its kept-alive connections. Parallelism is the caller's. */
export function createRegistry(options: RegistryOptions): Registry & { readonly close: () => void } {
  const { send, close } = createSender({ env: options.env, ...(options.ca === undefined ? {} : { ca: options.ca }) });
  const clock = options.clock ?? systemClock;
  const policy = options.retry ?? RETRY;
  const { signal, onSecret, onRequest } = options;
  const base = createBase();
  const credential = (registry: string): ReturnType<typeof findCredential> =>
    findCredential(registry, {
      run: options.run,
      env: options.env,
      explicit: options.credentials ?? [],
      ...(onSecret === undefined ? {} : { onSecret }),
    });
  const memory = createLoginMemory();
  const exchangeUntil = (until: AbortSignal | undefined): Exchange => {
    const authoriser = createAuthoriser({ send, clock, policy, credential, onSecret, signal: until }, memory);
    return createExchange({ send, authoriser, base, signal: until, onRequest });
  };
  const client: Client = {
    exchange: exchangeUntil(signal),
    // Closing a session after a cancel may need a token; neither may hold the job for long.
    tidy: exchangeUntil(signal && later(signal, TIDY_AFTER_CANCEL)),
    base,
    retry: { clock, policy, signal },
    written: new Set(),
  };
  return {
    resolve: async (image, reference) => resolveReference(client, parseRepository(image), reference),
    manifest: async (image, reference) => readManifest(client, parseRepository(image), reference),
    blob: async (image, blob) => readBlob(client, parseRepository(image), blob),
    fetchBlob: async (image, blob, file) => downloadBlob(client, parseRepository(image), blob, file),
    pushBlob: async (image, blob, bundle, mountFrom) =>
      uploadBlob(client, parseRepository(image), blob, bundle.directory, mountFrom.map(parseRepository)),
    pushManifest: async (image, reference, manifest) => {
      await writeManifest(client, parseRepository(image), reference, manifest);
    },
    referrers: async (image, digest, expected) => listReferrers(client, parseRepository(image), digest, expected),
    pushReferrer: async (image, subject, manifest) => pushReferrer(client, parseRepository(image), subject, manifest),
    close,
  };
}
