// The cases: workflows in the style of the original actions, their events, and the arguments that docker/build-push-action would have given to buildx.

import { COMMIT_CONTEXT } from './arguments.ts';

export interface Expected {
  /**
   * `flag value`, without the dashes: context, file, build-arg, platform ... as docker/build-push-action v7 makes them of its inputs, derived from what it documents and from the
   * function that makes its arguments; `{{defaultContext}}` as the Git context of @docker/actions-toolkit 0.101, which names the commit. Tags, labels and annotations are not
   * here: they are evaluated from the build step's own inputs and the recorded outputs of docker/metadata-action. Of a bake only what is not in its definition, which was recorded.
   */
  readonly args: readonly string[];
  readonly push: boolean;
  /** Arguments of `docker buildx create` after the name, as docker/setup-buildx-action v4 makes them of its inputs: only where that step is merged. */
  readonly builder?: readonly string[];
  /** Severities that end the run, where a scan was part of the chain and failed it. */
  readonly blocks?: string;
}

export interface Case {
  /** cases/<name>.yml */
  readonly name: string;
  /** The case whose metadata step this one repeats: its recorded outputs count here too. */
  readonly metadataOf?: string;
  /** By event name of events.ts: one entry for each build step that remains, in their order. None: nothing is built, only planned. */
  readonly events: Readonly<Record<string, readonly Expected[]>>;
}

/** What every builder of docker/setup-buildx-action may, unless `buildkitd-flags` says something else. */
const FLAGS = ['--buildkitd-flags', '--allow-insecure-entitlement security.insecure --allow-insecure-entitlement network.host'];
const CREATE = ['buildx', 'create', '--name', 'builder-1', '--driver', 'docker-container'];
/** Given to BuildKit when the context is the default one. */
const TOKEN = 'secret id=GIT_AUTH_TOKEN';
/** Default of docker/build-push-action in a public repository. */
const MAX = 'provenance mode=max';
const built = (...args: string[]): Expected[] => [{ args: ['context .', MAX, ...args], push: true }];
const tried = (...args: string[]): Expected[] => [{ args: ['context .', MAX, ...args], push: false }];
/** No attestation that is there by default, or another context. */
const exactly = (...args: string[]): Expected[] => [{ args, push: true }];

export const CASES: readonly Case[] = [
  {
    name: 'tags-semver',
    events: { 'tag v1.2.3': built(), 'tag v2.0.0-rc.1': built(), 'branch main': built(), 'pull-request': tried(), fork: tried() },
  },
  {
    name: 'tags-default',
    events: {
      'tag v1.2.3': exactly('context ./server', 'file ./server/docker/Dockerfile', MAX),
      'tag nightly-build': exactly('context ./server', 'file ./server/docker/Dockerfile', MAX),
      'branch feature/UPPER_case': exactly('context ./server', 'file ./server/docker/Dockerfile', MAX),
      'pull-request': [{ args: ['context ./server', 'file ./server/docker/Dockerfile', MAX], push: false }],
    },
  },
  { name: 'monorepo-match', events: { 'tag backend/v1.4.0': exactly('context backend', MAX) } },
  {
    name: 'several-registries',
    events: { 'tag v1.2.3': built('platform linux/amd64,linux/arm64'), 'branch main': built('platform linux/amd64,linux/arm64') },
  },
  { name: 'schedule', events: { schedule: built('pull', 'no-cache'), 'branch main': built('pull') } },
  { name: 'bake', events: { 'tag v1.2.3': [], 'branch main': [] } },
  { name: 'labels-expressions', events: { 'branch main': built(), 'tag v1.2.3': built() } },
  {
    name: 'quotes-and-commas',
    events: {
      'branch main': built(
        'build-arg GREETING=hello, world',
        'build-arg PACKAGES=curl,jq,git',
        'build-arg OPTIONS={"a": 1, "b": [2, 3]}',
        'build-arg EMPTY=',
        'build-arg HTTP_PROXY',
      ),
    },
  },
  {
    name: 'secrets',
    events: {
      'branch main': built(
        'secret id=GIT_AUTH_TOKEN',
        'secret id=MULTI',
        'secret id=JSON',
        'secret id=npmrc',
        'secret id=npm-config',
        'ssh default',
      ),
    },
  },
  {
    name: 'build-contexts',
    events: {
      'branch main': exactly(
        'context app',
        'build-context alpine=docker-image://alpine:3.22',
        'build-context shared=../shared',
        'build-context src=https://github.com/acme/lib.git#v1',
        MAX,
      ),
    },
  },
  {
    name: 'cache-gha',
    events: { 'branch main': built('cache-from type=gha,scope=app', 'cache-to type=gha,mode=max,scope=app') },
  },
  {
    name: 'cache-registry',
    events: {
      'branch main': built(
        'cache-from type=registry,ref=acme/app:buildcache',
        'cache-from acme/app:latest',
        'cache-to type=registry,ref=acme/app:buildcache,mode=max',
      ),
    },
  },
  {
    name: 'cache-local',
    events: {
      'branch main': built(
        'cache-from type=local,src=/runner/temp/.buildx-cache',
        'cache-to type=local,dest=/runner/temp/.buildx-cache-new,mode=max',
      ),
    },
  },
  {
    name: 'platforms-qemu',
    events: {
      'branch main': built('platform linux/amd64,linux/arm64,linux/arm/v7'),
      'pull-request': tried('platform linux/amd64,linux/arm64,linux/arm/v7'),
    },
  },
  { name: 'private-registry', events: { 'branch main': built(), 'tag v1.2.3': built(), fork: tried() } },
  { name: 'sha-tags', events: { 'branch main': built() } },
  { name: 'edge', events: { 'branch main': built(), 'branch dev': built(), 'tag v1.2.3': built() } },
  {
    name: 'pep440',
    events: {
      'tag 1.2.3': built(),
      'tag 1.2.3rc1': built(),
      'tag 2026.3.post1': built(),
      'tag v0.9.dev4': built(),
      'tag 1!2.0': built(),
    },
  },
  {
    name: 'flavor-onlatest',
    events: {
      'tag v1.2.3': built('target alpine'),
      'branch main': built('target alpine'),
      'pull-request': built('target alpine'),
    },
  },
  { name: 'annotations-levels', events: { 'branch main': built('platform linux/amd64,linux/arm64') } },
  { name: 'annotations-default', events: { 'branch main': built('platform linux/amd64,linux/arm64') } },
  { name: 'annotations-index', events: { 'tag v1.2.3': built('platform linux/amd64,linux/arm64') } },
  {
    name: 'build-args-metadata',
    events: {
      'tag v1.2.3': built(
        'build-arg VERSION=v1.2.3',
        'build-arg CREATED=2026-03-08T14:05:09.123Z',
        'build-arg REVISION=90dd6032fac8bda1b6c4436a2e65de27961ed071',
      ),
    },
  },
  {
    name: 'target-matrix',
    events: { 'tag v1.2.3': built('file docker/alpine.Dockerfile', 'target api', 'build-arg BASE=alpine') },
  },
  { name: 'provenance-false', events: { 'branch main': exactly('context .', 'provenance false') } },
  { name: 'sbom', events: { 'tag v1.2.3': built('sbom true') } },
  {
    name: 'attests',
    events: {
      // `--attest type=sbom,…`; `--sbom …` is short for it.
      'branch main': exactly('context .', 'sbom generator=docker/scout-sbom-indexer:1', 'provenance mode=min'),
    },
  },
  {
    name: 'trivy-gate',
    events: { 'tag v1.2.3': [{ args: ['context .', MAX], push: true, blocks: 'CRITICAL,HIGH' }] },
  },
  { name: 'trivy-report', events: { 'branch main': built() } },
  { name: 'full-references', events: { 'branch main': built() } },
  {
    name: 'default-context',
    events: {
      'branch main': exactly(`context ${COMMIT_CONTEXT}:docker`, TOKEN, MAX),
      'pull-request': exactly(`context ${COMMIT_CONTEXT}:docker`, TOKEN, MAX),
    },
  },
  { name: 'git-context', events: { 'branch main': exactly(`context ${COMMIT_CONTEXT}`, TOKEN, MAX) } },
  {
    name: 'git-url',
    events: {
      'branch main': exactly(
        'context https://git.example.com/team/app.git#v2.1:images/app',
        'file alpine.Dockerfile',
        `build-context shared=${COMMIT_CONTEXT}:shared`,
        MAX,
      ),
    },
  },
  {
    name: 'load',
    events: {
      'branch main': [{ args: ['context .', 'load'], push: false }],
      'pull-request': [{ args: ['context .', 'load'], push: false }],
    },
  },
  {
    name: 'outputs',
    events: {
      'branch main': tried(
        'target files',
        'output type=local,dest=out,platform-split=false',
        'output type=tar,dest=out.tar',
        'output type=oci,dest=image.tar',
      ),
    },
  },
  { name: 'outputs-push', events: { 'branch main': built() } },
  { name: 'call', events: { 'pull-request': [{ args: ['context .', 'call check', 'build-arg VERSION=1'], push: false }] } },
  {
    name: 'buildx-config',
    events: {
      'branch main': [
        {
          args: ['context .', MAX],
          push: true,
          builder: [
            ...CREATE,
            ...[
              '--driver-opt',
              'env.http_proxy=http://proxy.example:3128',
              '--driver-opt',
              '"env.no_proxy=localhost,10.0.0.0/8"',
            ],
            ...['--buildkitd-flags', '--debug', '--buildkitd-config', '.github/buildkitd.toml', '--use'],
          ],
        },
      ],
    },
  },
  // The definition that docker/bake-action builds is in recorded-bake.json; provenance is its own default in a public repository.
  {
    name: 'bake-target',
    metadataOf: 'bake',
    events: { 'tag v1.2.3': [{ args: [MAX], push: true }], 'branch main': [{ args: [MAX], push: true }] },
  },
  {
    name: 'bake-plain',
    events: { 'branch main': [{ args: [MAX], push: true }], 'pull-request': [{ args: [MAX], push: false }] },
  },
  { name: 'pr-head-sha', events: { 'pull-request': tried(), fork: tried() } },
  {
    name: 'conditional-entries',
    events: { 'branch main': built('build-arg A=1'), 'tag v1.2.3': built('build-arg A=1', 'build-arg RELEASE=1') },
  },
  {
    name: 'build-options',
    events: {
      'branch main': built(
        'add-host db:10.0.0.2',
        'add-host cache:10.0.0.3',
        'network host',
        'allow network.host',
        'shm-size 2g',
        'ulimit nofile=1024:1024',
        'ulimit nproc=64',
        'cgroup-parent ci',
        'no-cache-filter deps',
        'no-cache-filter tests',
      ),
    },
  },
  { name: 'file-by-version', events: { 'tag v1.2.3': built('file docker/1.2.3.Dockerfile') } },
  { name: 'release', events: { release: built() } },
  { name: 'dispatch', events: { dispatch: built() } },
  { name: 'separators', events: { 'branch main': built(), 'tag v1.2.3': built() } },
  {
    name: 'buildx-options',
    events: {
      'branch main': [
        {
          args: ['context .', MAX],
          push: true,
          builder: [
            ...CREATE,
            ...['--driver-opt', 'image=moby/buildkit:v0.30.0', '--driver-opt', 'network=host'],
            ...[...FLAGS, '--buildkitd-config', 'buildkitd.toml', '--use'],
          ],
        },
      ],
    },
  },
  {
    name: 'two-images',
    events: {
      'branch main': [
        { args: ['context api', MAX], push: true },
        { args: ['context web', MAX], push: true },
      ],
    },
  },
];

/** Chains that stay as they are: the script gives no step for them. */
export const REFUSED: readonly string[] = ['push-by-digest'];
