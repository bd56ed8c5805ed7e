// Connects the real tools and the runner to the interfaces that the rooms declare.

import path from 'node:path';
import type { Tools } from './pipeline.ts';
import { effectivePolicy } from './plan/effective-policy.ts';
import type { Event } from './plan/event.ts';
import type { Inputs } from './plan/inputs.ts';
import { makePlan } from './plan/make-plan.ts';
import type { Plan } from './plan/plan.ts';
import { normalisePlatform } from './plan/platform.ts';
import { parsePolicy } from './plan/policy-file.ts';
import { planText } from './report/text.ts';
import { createCacheStore } from './runner/cache.ts';
import type { GitHub } from './runner/github.ts';
import type { Log } from './runner/log.ts';
import { fetchWorkflowIdentity } from './runner/oidc.ts';
import { readPolicy } from './runner/policy-source.ts';
import { readWorkspaceFile, workspaceCommit } from './runner/workspace.ts';
import { createBuilder } from './tools/buildx.ts';
import { run } from './tools/command.ts';
import type { CosignSigner } from './tools/cosign.ts';
import { createSigner } from './tools/cosign.ts';
import { createDownload } from './tools/download.ts';
import { installCosign, installTrivy } from './tools/install.ts';
import { createRegistry } from './tools/registry/registry.ts';
import { prepareDatabase } from './tools/trivy-db.ts';
import { createTrivy } from './tools/trivy.ts';

/** What a run is connected with. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly event: Event;
  readonly inputs: Inputs;
  readonly github: GitHub;
  readonly log: Log;
  readonly signal: AbortSignal;
  /** The checkout. */
  readonly workspace: string;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where verified downloads stay between jobs. */
  readonly toolCache: string;
  readonly now: Date;
}

/** The real tools, and what must be cleaned up when the run is over. */
export function connect(around: Surroundings): { readonly tools: Tools; readonly close: () => Promise<void> } {
  const { env, inputs, log, signal, directory } = around;
  const onStart = (commandLine: string): void => log.debug(commandLine);
  const credentials = credentialsOf(inputs);
  const registry = createRegistry({
    run,
    env,
    signal,
    credentials,
    onSecret: value => log.mask(value),
    onRequest: note => log.debug(JSON.stringify(note)),
  });
  const builder = createBuilder({ run, env, signal, directory, cwd: around.workspace, onLine: line => log.info(line), onStart });
  let signer: Promise<CosignSigner> | undefined;
  return {
    tools: {
      makePlan: () => plan(around),
      registry,
      builder,
      scanner: () => connectTrivy(around, registry),
      signer: made => (signer ??= connectCosign(around, made, credentials)),
    },
    close: async () => {
      await builder.close();
      await (await signer?.catch(() => undefined))?.dispose();
      registry.close();
    },
  };
}

function credentialsOf({ registry, username, password }: Inputs): { registry: string; username: string; password: string }[] {
  return password === undefined || username === undefined ? [] : [{ registry: registry ?? 'docker.io', username, password }];
}

async function plan({ event, inputs, github, log, workspace, now }: Surroundings): Promise<Plan> {
  const source = await readPolicy(event, inputs.policy, {
    workspaceCommit: () => workspaceCommit(workspace),
    readWorkspace: file => readWorkspaceFile(workspace, file),
    fetchFile: (file, ref) => github.fetchFile(file, ref),
  });
  const policy = effectivePolicy({ inputs, ...(source !== undefined && { file: parsePolicy(source.text, source) }) });
  const commitDate = event.commitDate === undefined && !event.deleted ? await dateOf(event, github, log) : undefined;
  const native = normalisePlatform({ os: 'linux', architecture: process.arch === 'x64' ? 'amd64' : process.arch });
  const made = makePlan({ event, inputs, policy, now, native, ...(commitDate !== undefined && { commitDate }) });
  log.info(planText(made));
  return made;
}

/** The commit's date makes builds repeatable; without it they are merely less so. */
async function dateOf(event: Event, github: GitHub, log: Log): Promise<Date | undefined> {
  try {
    return await github.commitDate(event.sha);
  } catch (error) {
    log.debug(`the date of ${event.sha} is not known: ${String(error)}`);
    return undefined;
  }
}

function connectTrivy(
  { inputs, log, signal, directory, toolCache, env }: Surroundings,
  registry: ReturnType<typeof createRegistry>,
): ReturnType<typeof createTrivy> {
  const onNote = (note: string): void => log.info(note);
  // The public mirrors are asked without any login (a stale one is refused where none is needed), and the next one soon.
  const mirrors =
    inputs.dbRepository.length > 0
      ? registry
      : createRegistry({
          run,
          env: { ...env, DOCKER_CONFIG: path.join(directory, 'no-logins') },
          signal,
          retry: { tries: 3, budget: 20_000 },
        });
  return createTrivy({
    run,
    signal,
    directory: path.join(directory, 'trivy'),
    onStart: line => log.debug(line),
    tool: () =>
      installTrivy({
        version: inputs.trivyVersion,
        path: inputs.trivyPath,
        directory,
        cache: toolCache,
        run,
        download: createDownload({ env, signal }),
        onNote,
      }),
    database: () =>
      prepareDatabase({
        registry: mirrors,
        run,
        signal,
        mirrors: inputs.dbRepository,
        cache: path.join(toolCache, 'trivy-db'),
        directory: path.join(directory, 'trivy-db'),
        maxAgeSeconds: inputs.maxDbAge,
        store: createCacheStore(line => log.warn(line)),
      }),
  });
}

async function connectCosign(
  around: Surroundings,
  made: Plan,
  credentials: ReturnType<typeof credentialsOf>,
): Promise<CosignSigner> {
  const { inputs, log, signal, directory, toolCache, env, workspace } = around;
  if (made.signing.method === 'off') throw new Error('a signer was asked for although nothing is signed');
  const [cosign, workflow] = await Promise.all([
    installCosign({
      version: inputs.cosignVersion,
      path: inputs.cosignPath,
      directory,
      cache: toolCache,
      run,
      download: createDownload({ env, signal }),
      onNote: note => log.info(note),
    }),
    made.signing.method === 'keyless' ? fetchWorkflowIdentity(env) : undefined,
  ]);
  const inWorkspace = (file: string | undefined): string | undefined =>
    file === undefined ? undefined : path.resolve(workspace, file);
  return createSigner({
    run,
    cosign: { path: cosign.path, ...(cosign.origin === 'pinned' && { version: cosign.version }) },
    signing: made.signing,
    key: inputs.cosignKey,
    password: inputs.cosignPassword,
    signingConfig: inWorkspace(inputs.signingConfig),
    trustedRoot: inWorkspace(inputs.trustedRoot),
    workflow,
    env,
    directory,
    credentials,
    signal,
    onSecret: value => log.mask(value),
    onStart: line => log.debug(line),
    onNote: note => log.info(note),
  });
}
