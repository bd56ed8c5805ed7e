// What was planned, asked, built and handed over on this machine -> plain data of the report; values that may hold a token are left out.

import type { BuildFacts, CallResult } from '../build/build.ts';
import type { Delivery } from '../deliver/deliver.ts';
import type { LayerCache, Plan, PlannedOutput } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { slowest } from './build-words.ts';

/** What buildx is asked for. People put tokens into build arguments, driver options (proxies) and attributes of caches: those are named, without their values. */
export function buildPlanJson({ build, attestations }: Plan) {
  const { context, file, target, buildArgs, provenance, sbom, noCache, pull, setup, emulation, caches } = build;
  return {
    context: withoutCredentials(context),
    ...(file !== undefined && { file: withoutCredentials(file) }),
    ...(target !== undefined && { target }),
    buildArgs: buildArgs.map(nameOf),
    provenance,
    sbom,
    attestations,
    noCache,
    pull,
    ...(build.builder !== undefined && { builder: build.builder }),
    setup: {
      ...(setup.image !== undefined && { image: setup.image }),
      driverOpts: setup.driverOpts.map(nameOf),
      keep: setup.keep,
    },
    emulation: emulation.mode,
    caches: {
      imports: caches.imports.map(cacheJson),
      exports: caches.exports.map(cache => ({ ...cacheJson(cache), when: cache.when })),
    },
    ...(build.sourceDateEpoch !== undefined && { sourceDateEpoch: build.sourceDateEpoch }),
    rewriteTimestamp: build.rewriteTimestamp,
  };
}

/** What the user wants on this machine. */
export function deliveryPlanJson({ delivery }: Plan) {
  return {
    outputs: delivery.outputs.map(outputJson),
    ...(delivery.load !== undefined && { load: platformName(delivery.load) }),
    ...(delivery.export !== undefined && { export: delivery.export }),
  };
}

/** How it was built. */
export function buildJson(build: BuildFacts) {
  const { builder, seconds, steps, caches, notes, emulated, sbom, again } = build;
  return {
    builder,
    seconds,
    steps: steps.length,
    cached: steps.filter(step => step.cached).length,
    slowest: slowest(steps),
    caches,
    notes,
    ...(emulated !== undefined && { emulated }),
    ...(sbom !== undefined && { sbom }),
    ...(again !== undefined && { again }),
  };
}

/** What `call` answered. */
export function callJson({ call, failed, notes, problem, tables }: CallResult) {
  return { call, failed, notes, ...(problem !== undefined && { problem }), tables };
}

/** What was handed over on this machine. */
export function deliveryJson({ outputs, loaded, archive }: Delivery) {
  return {
    outputs: outputs.map(outputJson),
    ...(loaded !== undefined && { loaded }),
    ...(archive !== undefined && { archive }),
  };
}

/** A Git context may be written with a token before the host. */
export function withoutCredentials(context: string): string {
  return context.replace(/(\w+:\/\/)[^/@\s]+@/g, '$1***@');
}

function cacheJson({ type, attributes, automatic }: LayerCache & { readonly automatic: boolean }) {
  const name = attributes['ref'] ?? attributes['scope'] ?? attributes['src'] ?? attributes['dest'] ?? attributes['name'];
  return { type, ...(name !== undefined && { name }), ...(attributes['mode'] && { mode: attributes['mode'] }), automatic };
}

function outputJson({ type, dest }: PlannedOutput) {
  return { type, dest };
}

function nameOf(pair: string): string {
  return pair.split('=')[0] ?? '';
}
