// Builders of test data for the build stage.

import type { BuildOrder } from '../../src/build/build.ts';
import type { BuildRequest } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';

// Not those of the fakes: these builders are used outside of Jest too.
const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
const ARM64: Platform = { os: 'linux', architecture: 'arm64' };

/** A build that asks for nothing special. */
export function aRequest(over: Partial<BuildRequest> = {}): BuildRequest {
  return {
    context: '.',
    buildArgs: [],
    buildContexts: [],
    addHosts: [],
    allow: [],
    ulimit: [],
    secrets: [],
    ssh: [],
    provenance: 'mode=max',
    sbom: 'false',
    caches: { imports: [], exports: [] },
    setup: { driverOpts: [], keep: false },
    emulation: { mode: 'auto' },
    rewriteTimestamp: false,
    outputs: [],
    noCacheFilters: [],
    noCache: false,
    pull: false,
    ...over,
  };
}

export function anOrder(over: Partial<BuildOrder> = {}): BuildOrder {
  return {
    ...aRequest(),
    names: ['registry.example/acme/app:1'],
    labels: {},
    annotations: [],
    platforms: [AMD64, ARM64],
    ...over,
  };
}
