// cosign >= 3.0.6 -> the Signer of the publish stage: signs by digest, verifies what users will verify, never takes "could not look" for "not signed".

import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { UserError } from '../errors.ts';
import { noIdToken } from '../publish/identity.ts';
import type { WorkflowIdentity } from '../publish/identity.ts';
import type { Signer } from '../publish/publish.ts';
import { consumerLine, referenceOf, signArgs, verifyArgs } from './cosign-args.ts';
import type { Annotations, Subject, Verifier } from './cosign-args.ts';
import { cosignEnvironment, tokenEnvironment } from './cosign-env.ts';
import { keyIdentity, keylessIdentity } from './cosign-identity.ts';
import type { Identity } from './cosign-identity.ts';
import { resolveKey } from './cosign-key.ts';
import type { SigningKey } from './cosign-key.ts';
import { shortened } from './cosign-log.ts';
import { readFailure, readVerification } from './cosign-output.ts';
import type { Verification } from './cosign-output.ts';
import { call, checkVersion, failureOptions, must } from './cosign-session.ts';
import type { Session, SignerOptions } from './cosign-session.ts';
import { settleTrust } from './cosign-trust.ts';
import type { Trust } from './cosign-trust.ts';
import { makeDockerConfig } from './docker-config.ts';
import { RETRY, Retriable, retry, systemClock } from './registry/retry.ts';

export interface CosignSigner extends Signer {
  /** The public half of the key, PEM; undefined for keyless. */
  readonly publicKey?: string;
  /** Removes keys, credentials and caches from the disk. */
  dispose(): Promise<void>;
}

/** Milliseconds after which no further try of one signature starts. */
const SIGN_BUDGET = 5 * 60_000;
/** A signature that was just made may take some seconds to be listed. */
const FRESH_TRIES = 5;

/** Checks cosign, the key or the identity, and the services, before anything is built on them. Throws UserError when one of them cannot work. */
export async function createSigner(options: SignerOptions): Promise<CosignSigner> {
  const { signing, env } = options;
  if (signing.method === 'keyless' && (!env['ACTIONS_ID_TOKEN_REQUEST_URL'] || !env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']))
    throw noIdToken();
  const directory = await mkdtemp(join(options.directory, 'cosign-'));
  try {
    return await open(options, directory);
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

async function open(options: SignerOptions, directory: string): Promise<CosignSigner> {
  const secrets: string[] = [options.password, options.env['ACTIONS_ID_TOKEN_REQUEST_TOKEN']].filter(
    value => value !== undefined,
  );
  const docker = await makeDockerConfig(directory, {
    run: options.run,
    env: options.env,
    ...(options.credentials !== undefined && { explicit: options.credentials }),
    onSecret: value => {
      secrets.push(value);
      options.onSecret?.(value);
    },
  });
  const session: Session = {
    options,
    clock: options.clock ?? systemClock,
    env: await cosignEnvironment(options.env, { home: directory, dockerConfig: docker.directory }),
    secrets,
  };
  await checkVersion(session);
  const key = await takeKey(session);
  const trust = await settleTrust({
    signing: options.signing,
    signingConfig: options.signingConfig,
    trustedRoot: options.trustedRoot,
    directory,
    cosign: (...args) => must(session, 'prepare', args),
  });
  const identity = key === undefined ? keylessIdentity(workflowFor(options)) : await keyIdentity(session, key, directory);
  return makeSigner({ session, trust, key, identity, prepare: image => docker.prepare(image), directory });
}

function workflowFor({ workflow }: SignerOptions): WorkflowIdentity {
  if (workflow === undefined) throw new Error('keyless signing without the identity of the workflow');
  return workflow;
}

async function takeKey(session: Session): Promise<SigningKey | undefined> {
  const { signing, key: typed, password, env } = session.options;
  if (signing.method === 'keyless') return undefined;
  if (typed === undefined)
    throw new UserError('Signing with a key needs cosign-key', { hint: 'Set cosign-key, or sign keyless, or set `sign: off`.' });
  const key = await resolveKey({ key: typed, password, env });
  session.secrets.push(...key.secrets);
  return key;
}

interface Parts {
  readonly session: Session;
  readonly trust: Trust;
  readonly key: SigningKey | undefined;
  readonly identity: Identity;
  readonly prepare: (image: string) => Promise<void>;
  readonly directory: string;
}

function makeSigner(parts: Parts): CosignSigner {
  const { identity, trust, directory } = parts;
  /** What this process signed: looked for more patiently. */
  const signed = new Set<string>();
  /** The fallback tag of registries without referrers is read, changed and written without a lock: one writer per digest at a time. */
  const queues = new Map<string, Promise<unknown>>();
  return {
    identity: identity.shown,
    ...(identity.publicKey !== undefined && { publicKey: identity.publicKey }),
    async sign(image, digest, annotations) {
      const reference = referenceOf({ image, digest });
      const mine = (queues.get(reference) ?? Promise.resolve()).then(() => sign(parts, { image, digest }, annotations));
      queues.set(
        reference,
        mine.catch(() => undefined),
      );
      await mine;
      signed.add(reference);
    },
    verify(image, digest, annotations) {
      const fresh = signed.has(referenceOf({ image, digest }));
      return verify(parts, { image, digest }, { annotations: annotations ?? {}, own: fresh || annotations !== undefined, fresh });
    },
    verifyCommand: (image, digest) => consumerLine({ image, digest }, identity.consumers, trust),
    dispose: () => rm(directory, { recursive: true, force: true }),
  };
}

async function sign({ session, trust, key, prepare }: Parts, subject: Subject, annotations: Annotations): Promise<void> {
  const args = signArgs(subject, key?.reference, trust, annotations);
  const env = key === undefined ? tokenEnvironment(session.options.env) : key.env;
  const started = session.clock.now();
  await retry(
    async () => {
      await prepare(subject.image);
      const result = await call(session, args, env);
      if (result.exitCode === 0) return;
      const { failure, retriable } = readFailure('sign', result, failureOptions(session));
      if (!retriable || session.clock.now() - started > SIGN_BUDGET) throw failure;
      session.options.onNote?.(`${failure.message}: trying again`);
      throw new Retriable(failure);
    },
    { clock: session.clock, policy: RETRY, signal: session.options.signal },
  );
}

interface Wanted {
  readonly annotations: Annotations;
  /** The certificate of exactly this run, not of any earlier one. */
  readonly own: boolean;
  readonly fresh: boolean;
}

async function verify(parts: Parts, subject: Subject, wanted: Wanted): Promise<boolean> {
  const { session, identity } = parts;
  const verifiers = wanted.own ? identity.fresh : identity.earlier;
  const options = { clock: session.clock, policy: RETRY, signal: session.options.signal };
  try {
    return await retry(async () => {
      await parts.prepare(subject.image);
      const answer = await lookFor(parts, subject, verifiers, wanted.annotations);
      if (answer.kind === 'verified') return true;
      if (answer.kind === 'unknown') throw answer.retriable ? new Retriable(answer.failure) : answer.failure;
      if (wanted.fresh) throw new Retriable(new NotSigned(answer.reason), { tries: FRESH_TRIES });
      return notSigned(session, subject, answer.reason);
    }, options);
  } catch (error) {
    if (error instanceof NotSigned) return notSigned(session, subject, error.message);
    throw error;
  }
}

/** Not a failure: the answer "no", which is asked again for a while after a fresh signature. */
class NotSigned extends Error {}

function notSigned(session: Session, subject: Subject, reason: string): false {
  session.options.onNote?.(`no signature of ours on ${subject.image}@${subject.digest}: ${shortened(reason)}`);
  return false;
}

/** One look with each verifier; the next one is tried only when it was the trigger that did not match. */
async function lookFor(
  { session, trust }: Parts,
  subject: Subject,
  verifiers: readonly Verifier[],
  annotations: Annotations,
): Promise<Verification> {
  let answer: Verification = { kind: 'none', reason: 'no verifier' };
  for (const verifier of verifiers) {
    const result = await call(session, verifyArgs(subject, verifier, trust, annotations));
    answer = readVerification(result, { digest: subject.digest, annotations }, failureOptions(session));
    if (answer.kind !== 'none' || !/expected GithubWorkflowTrigger/.test(answer.reason)) return answer;
  }
  return answer;
}
