// A Builder without Docker: writes a small layout, remembers what it was asked for, and fails when told to.

import type { Builder, BuildFacts, BuildOrder, CacheUse, CallResult } from '../../src/build/build.ts';
import { makesIndex } from '../../src/plan/build-request.ts';
import { annotationsAt } from '../../src/plan/image-annotations.ts';
import { makeLayout, writeLayout } from './layouts.ts';
import type { ImageSpec, MemoryLayout } from './layouts.ts';

export interface FakeBuilder extends Builder {
  readonly orders: readonly BuildOrder[];
  /** What was done, in order: prepare, build, outputs, call. */
  readonly asked: readonly string[];
  /** Each call of writeCaches(). */
  readonly written: readonly string[];
  /** Each order of buildOutputs(). */
  readonly alone: readonly BuildOrder[];
  readonly closed: () => number;
}

export interface FakeBuilderOptions {
  /** Thrown by build(). */
  readonly failure?: unknown;
  /** Changes the images that the order asks for. */
  readonly images?: (order: BuildOrder) => readonly ImageSpec[];
  /** Changes the layout before it is written. */
  readonly change?: (layout: MemoryLayout) => MemoryLayout;
  readonly facts?: Partial<BuildFacts>;
  readonly called?: Partial<CallResult>;
  readonly caches?: (when: 'beside' | 'last') => readonly CacheUse[];
}

/** Builds what is ordered: one image a platform with the ordered labels, an attestation each unless provenance is off, the index annotated. */
export function fakeBuilder(options: FakeBuilderOptions = {}): FakeBuilder {
  const orders: BuildOrder[] = [];
  const asked: string[] = [];
  const written: string[] = [];
  const alone: BuildOrder[] = [];
  let closed = 0;
  return {
    orders,
    asked,
    written,
    alone,
    closed: () => closed,
    prepare() {
      asked.push('prepare');
      return Promise.resolve();
    },
    async build(order) {
      asked.push('build');
      orders.push(order);
      if (options.failure !== undefined) throw options.failure as Error;
      const images = options.images?.(order) ?? imagesOf(order);
      const bare = !makesIndex(order, images);
      const made = makeLayout({
        images,
        names: order.names,
        annotations: annotationsAt(order.annotations, 'index'),
        shape: bare ? 'manifest' : 'index',
      });
      const layout = options.change?.(made) ?? made;
      const facts: BuildFacts = {
        builder: { name: 'fake', driver: 'memory', reason: 'a test asked for it' },
        metadataDigest: layout.root.digest,
        steps: [{ name: '[1/1] COPY . /', cached: false, seconds: 0.1 }],
        seconds: 0.1,
        caches: [],
        notes: [],
        ...options.facts,
      };
      return { layout: await writeLayout(layout), outputs: order.outputs.map(({ dest }) => `private/${dest}`), facts };
    },
    buildOutputs(order) {
      asked.push('outputs');
      alone.push(order);
      return Promise.resolve(order.outputs.map(({ dest }) => `alone/${dest}`));
    },
    call(_order, call) {
      asked.push('call');
      return Promise.resolve({ call, tables: [], notes: [], failed: false, ...options.called });
    },
    writeCaches(when) {
      written.push(when);
      return Promise.resolve(options.caches?.(when) ?? []);
    },
    close() {
      closed += 1;
      return Promise.resolve();
    },
  };
}

function imagesOf(order: BuildOrder): ImageSpec[] {
  const attestation = order.provenance === 'false' ? ('none' as const) : ('legacy' as const);
  return order.platforms.map(platform => ({ platform, labels: order.labels, attestation }));
}
