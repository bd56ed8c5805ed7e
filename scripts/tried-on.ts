// What each feature was tried on: the real part, a stand-in, or a linter only. Printed after the tests; the test file of each row must exist.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from './process.ts';

interface Row {
  readonly feature: string;
  readonly on: 'real' | 'stand-in' | 'lint only' | 'pure' | 'not tried';
  readonly part: string;
  readonly test: string;
}

/** One row a feature; keep it honest. */
export const TRIED_ON: readonly Row[] = [
  { feature: 'plan: inputs, tags, labels, decisions, policy', on: 'pure', part: '-', test: '__tests__/plan' },
  { feature: 'gate: outcome table, exceptions', on: 'pure', part: '-', test: '__tests__/gate' },
  {
    feature: 'pipeline: order, failures, tampering, cancel',
    on: 'pure',
    part: 'tools in memory, layouts on disk',
    test: '__tests__/pipeline.test.ts',
  },
  {
    feature: 'build: docker driver, containerd image store, two platforms, RUN under emulation',
    on: 'real',
    part: 'dockerd, BuildKit, buildx, QEMU',
    test: '__tests__/tools/buildx.real.test.ts',
  },
  {
    feature: 'build: created builder (classic store, driver-opts, buildkitd.toml, flags), two remote nodes, nodes that die',
    on: 'real',
    part: 'buildkitd, dockerd',
    test: '__tests__/tools/builders.real.test.ts',
  },
  {
    feature: 'build: builder shared by the steps of a job, removed by the post step, also after a crash or cancel',
    on: 'real',
    part: 'buildkitd, dockerd, the bundle as a process',
    test: '__tests__/runner/post.bundle.test.ts',
  },
  {
    feature: 'build: kubernetes and cloud builders',
    on: 'stand-in',
    part: 'text of buildx inspect; no cluster, no cloud',
    test: '__tests__/tools/builder.test.ts',
  },
  {
    feature: 'build: buildx-version',
    on: 'stand-in',
    part: 'a release server on loopback, a program that says it is buildx',
    test: '__tests__/tools/buildx-program.test.ts',
  },
  {
    feature: 'build: every input, its effect on the image; docker, docker-container and remote driver',
    on: 'real',
    part: 'dockerd, BuildKit, buildkitd',
    test: '__tests__/tools/build-effects.real.test.ts',
  },
  {
    feature: 'build: Git contexts with a login, remote Dockerfile, standard input',
    on: 'real',
    part: 'BuildKit, git, a Git server over http',
    test: '__tests__/tools/contexts.real.test.ts',
  },
  {
    feature: 'build: bake targets, compared with docker buildx bake',
    on: 'real',
    part: 'buildx, BuildKit',
    test: '__tests__/tools/bake.real.test.ts',
  },
  {
    feature: 'build: emulators registered, brought by the builder, or missing',
    on: 'real',
    part: 'QEMU; an image of our own in place of tonistiigi/binfmt',
    test: '__tests__/tools/emulation.real.test.ts',
  },
  {
    feature: 'build: call, remarks on the Dockerfile',
    on: 'real',
    part: 'buildx, docker/dockerfile',
    test: '__tests__/tools/call.real.test.ts',
  },
  {
    feature: 'build: attestations in the index, attached, none; SBOM; fixed times',
    on: 'real',
    part: 'BuildKit, registries, cosign, Trivy; a scanner of our own in place of Syft',
    test: '__tests__/tools/attestations.real.test.ts',
  },
  {
    feature: 'caches: gha',
    on: 'stand-in',
    part: 'BuildKit against a cache service on loopback, with its faults',
    test: '__tests__/tools/cache-faults.real.test.ts',
  },
  {
    feature: 'caches: registry, local, inline',
    on: 'real',
    part: 'BuildKit, distribution, @actions/cache against a stand-in',
    test: '__tests__/tools/caches.real.test.ts',
  },
  {
    feature: 'caches: s3, azblob',
    on: 'not tried',
    part: 'passed on to buildx as typed',
    test: '__tests__/plan/decide-cache.test.ts',
  },
  {
    feature: 'hand over: outputs, load into both image stores, archives',
    on: 'real',
    part: 'dockerd with containerd and classic store',
    test: '__tests__/tools/delivery.real.test.ts',
  },
  {
    feature: 'scan of every platform, silently clean images',
    on: 'real',
    part: 'Trivy with a small real database',
    test: '__tests__/scan',
  },
  {
    feature: 'download of pinned tools',
    on: 'stand-in',
    part: 'a release server on loopback',
    test: '__tests__/tools/install.test.ts',
  },
  {
    feature: 'push: plain, htpasswd, TLS, referrers API, distribution 3',
    on: 'real',
    part: 'distribution 2.8 and 3, go-containerregistry',
    test: '__tests__/tools/registry',
  },
  {
    feature: 'push: faults (429, 5xx, resets, redirects, expired tokens)',
    on: 'stand-in',
    part: 'fault registry',
    test: '__tests__/tools/registry',
  },
  { feature: 'signing with a key', on: 'real', part: 'cosign', test: '__tests__/tools/cosign.real.test.ts' },
  {
    feature: 'keyless signing',
    on: 'stand-in',
    part: 'cosign (real), local Sigstore',
    test: '__tests__/promises/3-tags-last.bundle.test.ts',
  },
  {
    feature: 'comment, status, policy through the API',
    on: 'stand-in',
    part: 'GitHub stand-in, judged by GitHub’s OpenAPI description',
    test: '__tests__/promises/7-side-channels-never-decide.bundle.test.ts',
  },
  {
    feature: 'runner: inputs, outputs, summary, signals, events',
    on: 'stand-in',
    part: 'step harness, committed bundle as a process',
    test: '__tests__/runner/step.bundle.test.ts',
  },
  {
    feature: 'rendering of summary and comment',
    on: 'stand-in',
    part: 'GitHub’s Markdown rules, Chromium (real)',
    test: '__tests__/testbed/photograph.real.test.ts',
  },
  {
    feature: 'workflows of this repository',
    on: 'lint only',
    part: 'actionlint, zizmor',
    test: '__tests__/workflows.real.test.ts',
  },
  {
    feature: 'cloud registries, public Sigstore, KMS, arm64 runners, GitHub itself',
    on: 'not tried',
    part: 'cannot be reached from the tests',
    test: 'README.md',
  },
];

/** Prints the table; throws when a row names a test that is not there. */
export function printTriedOn(): void {
  console.log('\nWhat was tried on what:');
  for (const row of TRIED_ON) {
    if (!existsSync(path.join(root, row.test))) throw new Error(`scripts/tried-on.ts names ${row.test}, which does not exist`);
    console.log(`  ${row.on.padEnd(10)} ${row.feature.padEnd(82)} ${row.part}`);
  }
}
