// Connects the real tools to the interfaces that the rooms declare: everything that starts processes or talks to registries.

import { mkdtemp } from 'node:fs/promises';
import path from 'node:path';
import type { Surroundings } from './connect.ts';
import type { Equipment } from './pipeline.ts';
import type { Inputs } from './plan/inputs.ts';
import type { Plan } from './plan/plan.ts';
import { findJob } from './runner/after-job.ts';
import { createCacheStore } from './runner/cache.ts';
import { fetchWorkflowIdentity } from './runner/oidc.ts';
import type { Sharing } from './tools/builder-create.ts';
import { createBuilder } from './tools/buildx.ts';
import { createBuildxProgram } from './tools/buildx-program.ts';
import type { BuildxProgram } from './tools/buildx-program.ts';
import { dockerEnvironment } from './tools/buildx-env.ts';
import { run } from './tools/command.ts';
import { guardDisk } from './tools/disk-guard.ts';
import type { CosignSigner } from './tools/cosign.ts';
import { createSigner } from './tools/cosign.ts';
import { createDownload } from './tools/download.ts';
import { installBuildx, installCosign, installTrivy } from './tools/install.ts';
import type { InstalledTool } from './tools/install.ts';
import { createRegistry } from './tools/registry/registry.ts';
import { createMachine } from './tools/machine.ts';
import { pipeInput } from './tools/piped-run.ts';
import { prepareDatabase } from './tools/trivy-db.ts';
import { createTrivy } from './tools/trivy.ts';

export interface ConnectedTools {
  readonly equipment: Equipment;
  /** Cleans up when the run is over. */
  readonly close: () => Promise<void>;
}

/** The real tools. Nothing is started before one of them is asked for something. */
export function connectTools(around: Surroundings): ConnectedTools {
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
  const buildx = connectBuildx(around);
  const sharing = shareBuilder(around, buildx);
  const builder = createBuilder({
    run: pipeInput(buildx.run, () => readInput(around)),
    ...(sharing && { sharing }),
    replaceBuildx: buildx.replace,
    env,
    signal,
    directory,
    cwd: around.workspace,
    secrets: new Map(inputs.secrets.map(({ id, value }) => [id, value])),
    token: inputs.githubToken,
    onSecret: value => log.mask(value),
    onLine: line => log.info(line),
    onStart,
    caches: {
      directory: path.join(around.toolCache, 'layers'),
      store: createCacheStore(line => log.warn(line), { signal }),
      credentials,
    },
  });
  const docker = dockerEnvironment(env);
  const guarded = guardDisk(builder, {
    docker: (args, { timeout }) => run('docker', args, { env: docker, cwd: around.workspace, timeout, signal }),
    env,
    directory,
    cwd: around.workspace,
    toolCache: around.toolCache,
    onWarning: line => log.warn(line),
  });
  let signer: Promise<CosignSigner> | undefined;
  return {
    equipment: {
      registry,
      builder: guarded,
      machine: createMachine({ run, env: dockerEnvironment(env), cwd: around.workspace, signal, onStart, onWarning: log.warn }),
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

/** In a job the program stays for the post step, which removes builders with it. */
function connectBuildx({ inputs, env, signal, directory, toolCache, log, afterJob }: Surroundings): BuildxProgram {
  const onNote = (note: string): void => log.info(note);
  const install = async (version?: string): Promise<InstalledTool> => {
    const inJob = findJob(env) !== undefined;
    const place = inJob ? await mkdtemp(path.join(path.dirname(directory), 'seaworthy-buildx-')) : directory;
    if (inJob) afterJob.add({ kind: 'directory', path: place });
    const download = createDownload({ env, signal });
    return installBuildx({ version, directory: place, cache: toolCache, run, download, onNote });
  };
  return createBuildxProgram({ run, version: inputs.buildxVersion, install, onNote });
}

/** What says where the engine is, and buildx keeps its builders. */
const ENGINE = [
  'DOCKER_HOST',
  'DOCKER_CONTEXT',
  'DOCKER_CONFIG',
  'DOCKER_CERT_PATH',
  'DOCKER_TLS_VERIFY',
  'BUILDX_CONFIG',
  'HOME',
];

/** In a job a builder of ours serves its later steps too, and the post step removes it; elsewhere nobody would. */
function shareBuilder({ env, afterJob, cancelled }: Surroundings, buildx: BuildxProgram): Sharing | undefined {
  const place = findJob(env);
  if (place === undefined) return undefined;
  const engine = Object.fromEntries(ENGINE.flatMap(name => (env[name] === undefined ? [] : [[name, env[name]]])));
  const onCreate = (name: string): void => {
    const program = buildx.path();
    afterJob.add({ kind: 'builder', name, env: engine, ...(program !== undefined && { buildx: program }) });
  };
  return { ...place, onCreate, cancelled };
}

/** The plan has looked at it. */
async function readInput({ standardInput }: Surroundings): Promise<Uint8Array> {
  const came = await standardInput?.();
  if (came === undefined || 'problem' in came) throw new Error('the build reads standard input, which was not read');
  return came.bytes;
}

function credentialsOf({ registry, username, password }: Inputs): { registry: string; username: string; password: string }[] {
  return password === undefined || username === undefined ? [] : [{ registry: registry ?? 'docker.io', username, password }];
}

/** Milliseconds that the cache service may take for a database: then a mirror is asked, or the scan begins. */
const DATABASE = 30_000;

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
        store: createCacheStore(line => log.warn(line), { signal, limit: DATABASE }),
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
