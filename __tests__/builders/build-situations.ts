// Situations whose news is the build: caches, emulation, deliveries, remarks on the Dockerfile, steps that took long.

import type { BuildFacts, BuildStep, CacheUse } from '../../src/build/build.ts';
import type { RunRecord } from '../../src/record.ts';
import { aRequest } from '../build/orders.ts';
import { aPlan, aRecord, ARM64, IMAGE, ROOT, someBuildFacts, stagesUntil } from './record.ts';

const STEPS: readonly BuildStep[] = [
  { name: '[linux/amd64 build 1/6] FROM docker.io/library/golang:1.26-bookworm', cached: true, seconds: 0 },
  { name: '[linux/amd64 build 2/6] WORKDIR /src', cached: true, seconds: 0 },
  { name: '[linux/amd64 build 4/6] RUN go mod download', cached: true, seconds: 0 },
  {
    name: '[linux/amd64 build 6/6] RUN --mount=type=cache,target=/root/.cache go build -o /out/app ./cmd/app',
    cached: false,
    seconds: 41.3,
  },
  {
    name: '[linux/arm64 build 6/6] RUN --mount=type=cache,target=/root/.cache go build -o /out/app ./cmd/app',
    cached: false,
    seconds: 312.8,
  },
  {
    name: '[linux/amd64 stage-1 2/3] RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates',
    cached: false,
    seconds: 9.4,
  },
  {
    name: '[linux/arm64 stage-1 2/3] RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates',
    cached: false,
    seconds: 71.9,
  },
  { name: '[linux/amd64 stage-1 3/3] COPY --from=build /out/app /usr/local/bin/app', cached: false, seconds: 0.2 },
  { name: '[linux/arm64 stage-1 3/3] COPY --from=build /out/app /usr/local/bin/app', cached: false, seconds: 0.2 },
  { name: 'importing cache manifest from gha:7341', cached: false, seconds: 1.1 },
  { name: 'exporting to oci image format', cached: false, seconds: 4.6 },
  { name: 'exporting attestation manifest', cached: false, seconds: 0.1 },
];

const READ: readonly CacheUse[] = [
  { type: 'gha', name: 'ship/acme/app/linux-amd64', direction: 'read', state: 'done', seconds: 1.1 },
  {
    type: 'registry',
    name: 'ghcr.io/acme/app:buildcache',
    direction: 'read',
    state: 'left out',
    reason: 'ghcr.io did not answer within 5 s',
    seconds: 5,
  },
];

const FACTS: Partial<BuildFacts> = {
  builder: {
    name: 'seaworthy-1a2b3c4d',
    driver: 'docker-container',
    reason: "created, because the engine's classic image store cannot write OCI layouts",
    nodes: 1,
    buildkit: 'v0.33.1',
    buildx: '0.29.1',
  },
  steps: STEPS,
  seconds: 341.7,
  caches: READ,
  notes: [
    {
      message: "'as' and 'FROM' keywords' casing do not match",
      file: 'docker/Dockerfile',
      line: 1,
      endLine: 1,
      rule: 'FromAsCasing',
      url: 'https://docs.docker.com/go/dockerfile/rule/from-as-casing/',
    },
    {
      message: 'SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ENV "API_TOKEN")',
      file: 'docker/Dockerfile',
      line: 14,
      endLine: 14,
      rule: 'SecretsUsedInArgOrEnv',
      url: 'https://docs.docker.com/go/dockerfile/rule/secrets-used-in-arg-or-env/',
    },
    { message: 'a remark without a place' },
  ],
  emulated: {
    platforms: ['linux/arm64'],
    reason: 'no node of the builder runs it natively; emulated by QEMU 9.2 on this machine',
  },
  sbom: { from: 'scan', reason: 'the image of the SBOM scanner could not be pulled: 429 Too Many Requests' },
  again: 'the cache of ghcr.io made no progress for 120 s; built without caches on a fresh builder',
};

const WRITTEN: readonly CacheUse[] = [
  { type: 'gha', name: 'ship/acme/app/linux-amd64', direction: 'written', state: 'done', seconds: 8.4, bytes: 184_220_113 },
  {
    type: 'registry',
    name: 'ghcr.io/acme/app:buildcache',
    direction: 'written',
    state: 'failed',
    reason: 'ghcr.io answers 403: the token may not write there',
    seconds: 0.9,
  },
];

const PLAN = aPlan({
  build: aRequest({
    file: 'docker/Dockerfile',
    buildArgs: ['VERSION=1.4.2'],
    builder: 'team',
    setup: {
      image: 'mirror.example/moby/buildkit:v0.33.1',
      driverOpts: ['env.HTTP_PROXY=http://user:s3cr3t-proxy@proxy:3128'],
      keep: true,
    },
    caches: {
      imports: [{ type: 'gha', attributes: { scope: 'ship/acme/app/linux-amd64', token: 's3cr3t-cache' }, automatic: true }],
      exports: [
        { type: 'registry', attributes: { ref: 'ghcr.io/acme/app:buildcache', mode: 'max' }, automatic: false, when: 'last' },
      ],
    },
    sourceDateEpoch: 1_763_719_200,
  }),
  attestations: 'referrer',
  delivery: { outputs: [{ type: 'local', dest: 'out/files', attributes: {} }], load: ARM64, export: 'out/image.tar' },
});

/** Name -> what happened; part of SITUATIONS. */
export const BUILD_SITUATIONS: Readonly<Record<string, RunRecord>> = {
  'much-to-tell-of-a-build': aRecord({
    plan: PLAN,
    build: someBuildFacts(FACTS),
    delivery: {
      outputs: [{ type: 'local', dest: 'out/files', attributes: {} }],
      loaded: { platform: 'linux/arm64', names: [`${IMAGE}:1.4.2`], id: ROOT },
      archive: '/home/runner/work/app/app/out/image.tar',
    },
    cacheWrites: WRITTEN,
    stages: stagesUntil('cache'),
  }),
};
