// One harbour per test file: the testbed, a GitHub stand-in, a recording proxy in front of the real registry, and a way to run the committed bundle in it.

import { randomBytes } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { startGitHub, type GitHub } from '../../testbed/github/server.ts';
import { push, type RunnerEvent } from '../../testbed/runner/events.ts';
import { runStep, workspace, type Job, type StepOptions, type StepResult, type Workspace } from '../../testbed/runner/step.ts';
import { readSigstore, type Sigstore } from '../../testbed/sigstore/sigstore.ts';
import { exampleFiles, jobEnvironment, toolInputs } from '../../testbed/step-defaults.ts';
import { readTestbed, type Testbed } from '../../testbed/testbed.ts';
import { startProxy, type RecordingProxy, type Seen } from './recording-proxy.ts';

export const REPOSITORY = 'acme/harbour';

export interface Harbour {
  readonly testbed: Testbed;
  readonly sigstore: Sigstore;
  readonly github: GitHub;
  readonly registry: RecordingProxy;
  /** Jobs of the runs so far: their files are needed until the test file is done. */
  readonly jobs: Set<Job>;
  close(): Promise<void>;
}

/** Everything that a run of the bundle needs; fails, naming the command, when a part is missing. */
export async function openHarbour(): Promise<Harbour> {
  const testbed = readTestbed();
  const sigstore = readSigstore();
  const github = await startGitHub({ repository: REPOSITORY });
  const jobs = new Set<Job>();
  const registry = await startProxy(testbed.registries.plain.host);
  return {
    testbed,
    sigstore,
    github,
    registry,
    jobs,
    close: async () => {
      for (const job of jobs) job.remove();
      await registry.close();
      await github.close();
    },
  };
}

export interface Berth {
  /** host/acme/name, behind the recording proxy. */
  readonly image: string;
  readonly checkout: Workspace;
  readonly run: (options?: RunOptions) => Promise<Run>;
}

export interface RunOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly event?: (sha: string) => RunnerEvent;
  readonly step?: Partial<StepOptions>;
}

export interface Run extends StepResult {
  /** Requests to the registry during this run, for this image. */
  readonly requests: readonly Seen[];
  /** When the log's group of the gate began, on the clock of the requests. */
  readonly gateAt: number | undefined;
}

/** A new image of its own in the harbour, built from an example (with `files` put over it). */
export function berth(harbour: Harbour, example: string, files: Readonly<Record<string, string>> = {}): Berth {
  const name = `acme/${example}-${randomBytes(4).toString('hex')}`;
  const image = `${harbour.registry.host}/${name}`;
  const checkout = workspace({ ...exampleFiles(example), ...files }, { repository: REPOSITORY });
  return { image, checkout, run: options => runBundle(harbour, { image, name, checkout }, options ?? {}) };
}

async function runBundle(
  harbour: Harbour,
  { image, name, checkout }: { readonly image: string; readonly name: string; readonly checkout: Workspace },
  { inputs = {}, event = sha => push({ repository: REPOSITORY, sha }), step = {} }: RunOptions,
): Promise<Run> {
  const before = harbour.registry.seen.length;
  let gateAt: number | undefined;
  const result = await runStep({
    event: event(checkout.sha),
    workspace: checkout.directory,
    github: harbour.github,
    ...step,
    env: { ...jobEnvironment(harbour.testbed), ...step.env },
    inputs: {
      ...toolInputs(harbour.testbed, harbour.sigstore),
      images: image,
      tags: 'type=sha\ntype=raw,value=latest',
      platforms: 'linux/amd64,linux/arm64',
      ...inputs,
    },
    onOutput: chunk => {
      if (gateAt === undefined && /::group::\s*gate/i.test(chunk)) gateAt = performance.now();
      step.onOutput?.(chunk);
    },
  });
  harbour.jobs.add(result.job);
  const requests = harbour.registry.seen.slice(before).filter(seen => seen.path.startsWith(`/v2/${name}/`));
  return { ...result, requests, gateAt };
}

/** Digest per tag of an image, without the tags of signatures; read past the proxy's record. */
export async function tagsOf(harbour: Harbour, image: string): Promise<Map<string, string>> {
  const name = image.slice(image.indexOf('/') + 1);
  const base = `http://${harbour.testbed.registries.plain.host}/v2/${name}`;
  const list = await fetch(`${base}/tags/list`);
  if (list.status === 404) return new Map();
  const { tags } = (await list.json()) as { tags: string[] | null };
  const found = new Map<string, string>();
  for (const tag of tags ?? []) {
    if (/^sha256-[0-9a-f]{64}/.test(tag)) continue;
    found.set(tag, await digestOf(harbour, image, tag));
  }
  return found;
}

const ACCEPT = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
  'application/vnd.docker.distribution.manifest.v2+json',
].join(', ');

export async function manifestOf(harbour: Harbour, image: string, reference: string): Promise<Response> {
  const name = image.slice(image.indexOf('/') + 1);
  return fetch(`http://${harbour.testbed.registries.plain.host}/v2/${name}/manifests/${reference}`, {
    headers: { accept: ACCEPT },
  });
}

export async function digestOf(harbour: Harbour, image: string, reference: string): Promise<string> {
  const answer = await manifestOf(harbour, image, reference);
  if (answer.status !== 200) throw new Error(`${image}:${reference}: ${answer.status}`);
  return answer.headers.get('docker-content-digest') ?? '';
}

export interface IndexDocument {
  readonly manifests: readonly {
    readonly digest: string;
    readonly platform?: { readonly os: string; readonly architecture: string };
    readonly annotations?: Readonly<Record<string, string>>;
  }[];
}

/** Platform -> manifest digest of a published index, attestations left out. */
export async function platformsOf(harbour: Harbour, image: string, digest: string): Promise<Record<string, string>> {
  const index = (await (await manifestOf(harbour, image, digest)).json()) as IndexDocument;
  const images = index.manifests.filter(entry => entry.platform !== undefined && entry.platform.os !== 'unknown');
  return Object.fromEntries(
    images.map(entry => [`${entry.platform?.os ?? ''}/${entry.platform?.architecture ?? ''}`, entry.digest]),
  );
}

/** Number of valid signatures by the workflow of the tests on `image@digest`, asked of cosign itself as a consumer would. */
export function signaturesOn(harbour: Harbour, image: string, digest: string, identity?: string): number {
  const name = image.slice(image.indexOf('/') + 1);
  const args = [
    'verify',
    '--trusted-root',
    harbour.sigstore.trustedRoot,
    '--certificate-oidc-issuer',
    harbour.sigstore.issuer,
    '--certificate-identity-regexp',
    identity ?? `^https://github\\.com/${REPOSITORY}/\\.github/workflows/.+@.+$`,
    `${harbour.testbed.registries.plain.host}/${name}@${digest}`,
  ];
  try {
    const out = execFileSync(harbour.testbed.tools.cosign, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { HOME: harbour.testbed.run, PATH: '/usr/bin:/bin' },
    });
    const entries = JSON.parse(out) as readonly {
      readonly critical: { readonly type: string; readonly image: { readonly 'docker-manifest-digest': string } };
    }[];
    return entries.filter(
      entry =>
        entry.critical.type === 'https://sigstore.dev/cosign/sign/v1' &&
        entry.critical.image['docker-manifest-digest'] === digest,
    ).length;
  } catch (error) {
    const { status, stderr } = error as { readonly status?: number | null; readonly stderr?: string };
    if (typeof status !== 'number') throw error;
    // "Not signed" is an answer, a broken lookup is not.
    if (/no signatures found|no matching signatures|none of the expected identities|failed to verify/i.test(stderr ?? ''))
      return 0;
    throw new Error(`cosign verify: ${stderr ?? ''}`, { cause: error });
  }
}
