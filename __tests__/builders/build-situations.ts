// Situations whose news is the build: caches, emulation, deliveries, remarks on the Dockerfile, steps that took long.

import type { BuildFacts, BuildStep, CacheUse, CallResult } from '../../src/build/build.ts';
import type { RunRecord } from '../../src/record.ts';
import { aRequest } from '../build/orders.ts';
import { aFailedRecord, aPlan, aRecord, ARM64, IMAGE, ROOT, someBuildFacts, stagesUntil } from './record.ts';

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
    trouble: true,
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
      message: 'Do not use ARG or ENV instructions for sensitive data (ENV "API_TOKEN")',
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

/** A step that only looks at the Dockerfile. */
function aCall(call: CallResult): RunRecord {
  const push = { name: 'push', asked: 'auto', outcome: 'no', reason: `call: ${call.call} looks at the Dockerfile and stops` };
  const nothing = {
    facts: undefined,
    build: undefined,
    bundle: undefined,
    scan: undefined,
    verdict: undefined,
    publication: undefined,
  };
  const plan = aPlan({ call: call.call, push: false, signing: { method: 'off' }, decisions: [push] });
  return aRecord({ plan, ...nothing, call, stages: [...stagesUntil('plan'), { stage: 'call', seconds: 0.6, result: 'done' }] });
}

/** As buildx and BuildKit gave it, for a step that ends with 2 in the second of three lines of a RUN. */
const LAST_WORDS = [
  '> [linux/arm64 build 6/6] RUN set -e;     go vet ./...;     go build -o /out/app ./cmd/app:',
  '12.401 # example.com/app/cmd/app',
  '12.401 cmd/app/main.go:17:2: undefined: listen',
  '',
  'Dockerfile:9',
  '--------------------',
  '   8 |     COPY . .',
  '   9 | >>> RUN set -e; \\',
  '  10 | >>>     go vet ./...; \\',
  '  11 | >>>     go build -o /out/app ./cmd/app',
  '  12 |     FROM debian:12-slim',
  '--------------------',
  'ERROR: failed to build: failed to solve: process "/bin/sh -c set -e;     go vet ./...;     go build -o /out/app ./cmd/app" did not complete successfully: exit code: 2',
];

/** Name -> what happened; part of SITUATIONS. */
export const BUILD_SITUATIONS: Readonly<Record<string, RunRecord>> = {
  'much-to-tell-of-a-build': aRecord({
    plan: PLAN,
    build: someBuildFacts(FACTS),
    delivery: {
      outputs: [{ type: 'local', dest: 'out/files', attributes: {} }],
      loaded: { platform: 'linux/arm64', names: [`${IMAGE}:1.4.2`], id: ROOT },
      archive: '/checkout/out/image.tar',
    },
    cacheWrites: WRITTEN,
    stages: stagesUntil('cache'),
  }),
  'build-step-failed': aFailedRecord('build', {
    kind: 'tool',
    tool: 'docker buildx build',
    message:
      'The build failed at docker/Dockerfile:9, [linux/arm64 build 6/6] RUN set -e;     go vet ./...;     go build -o /out/app ./c…: the command ended with exit code 2',
    place: { file: 'docker/Dockerfile', line: 9, endLine: 11 },
    details: LAST_WORDS,
  }),
  'check-failed': aCall({ call: 'check', tables: [], notes: FACTS.notes?.slice(0, 2) ?? [], failed: true }),
  'check-no-dockerfile': aCall({
    call: 'check',
    tables: [],
    notes: [],
    problem: {
      message: 'dockerfile parse error on line 2: unknown instruction: RUNN (did you mean RUN?)',
      file: 'Dockerfile',
      line: 2,
    },
    failed: true,
  }),
  'check-clean': aCall({ call: 'check', tables: [], notes: [], failed: false }),
  'call-outline': aCall({
    call: 'outline',
    tables: [
      { title: 'Target', columns: ['Target', 'Description'], rows: [['final', 'the service']] },
      {
        title: 'Build arguments',
        columns: ['Build argument', 'Value', 'Description'],
        rows: [
          ['GO_VERSION', '1.26', 'version of the compiler'],
          ['VERSION', '(given)', ''],
        ],
      },
      { title: 'Secrets', columns: ['Secret', 'Required'], rows: [['npm', 'yes']] },
    ],
    notes: FACTS.notes?.slice(0, 1) ?? [],
    failed: false,
  }),
};
