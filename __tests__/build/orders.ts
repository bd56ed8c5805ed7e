// Builders of test data for the build stage.

import type { BuildOrder } from '../../src/build/build.ts';
import { AMD64, ARM64 } from '../fakes/layouts.ts';

export function anOrder(over: Partial<BuildOrder> = {}): BuildOrder {
  return {
    context: '.',
    buildArgs: [],
    provenance: 'mode=max',
    noCache: false,
    pull: false,
    names: ['registry.example/acme/app:1'],
    labels: {},
    annotations: {},
    platforms: [AMD64, ARM64],
    ...over,
  };
}
