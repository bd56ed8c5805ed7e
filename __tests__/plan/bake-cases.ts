// Recorded answers of buildx -> inputs filled in from a target, without anything being started.

import { readFileSync } from 'node:fs';
import { bakeInputs } from '../../src/plan/bake-inputs.ts';
import type { BakeOrder } from '../../src/plan/bake-order.ts';
import { chooseTarget } from '../../src/plan/bake-target.ts';
import type { BakeTarget } from '../../src/plan/bake-target.ts';
import type { Inputs } from '../../src/plan/inputs.ts';
import { tryInputs } from '../../src/plan/read-inputs.ts';
import type { Printed } from '../../src/tools/bake.ts';
import { CASES } from '../fixtures/bake/cases.ts';
import type { Typed } from './plan-builders.ts';

export const RECORDED = JSON.parse(readFileSync(new URL('../fixtures/bake/recorded.json', import.meta.url), 'utf8')) as {
  readonly how: string;
  readonly answers: Readonly<Record<string, Printed>>;
};

/** What buildx printed; fails where it printed a mistake. */
export function printed(name: string): unknown {
  const answer = RECORDED.answers[name];
  if (answer === undefined || 'mistake' in answer) throw new Error(`no definition was recorded for "${name}"`);
  return answer.definition;
}

/** The target of a recorded case; fails where there is not one. */
export function targetOf(name: string): BakeTarget {
  const target = chooseTarget(printed(name), CASES.find(each => each.name === name)?.target ?? '');
  if (typeof target === 'string') throw new Error(target);
  return target;
}

export interface Filled {
  readonly inputs: Inputs;
  /** Lines of mistakes, with their ways out. */
  readonly refused: readonly string[];
}

/** The inputs that a target and typed ones come to. */
export function fill(target: BakeTarget, typed: Typed = {}, over: Partial<BakeOrder> = {}): Filled {
  const env = over.env ?? { SERVICE_TOKEN: 'anchor-4711' };
  const get = (name: string): string => ({ bake: target.name, ...typed })[name] ?? '';
  const before = tryInputs(get, [], env);
  const { allow, bakeAllow, bakeSet: set } = before.inputs;
  const order = { files: ['docker-bake.hcl'], native: 'linux/amd64', guarded: true, outside: [], ...over };
  const baked = bakeInputs({ target, get, allow: [...allow, ...bakeAllow], set, env, ...order });
  const after = before.fillIn?.(baked);
  if (after === undefined) throw new Error('inputs that cannot be filled in');
  return { inputs: after.inputs, refused: after.refused.map(({ line, wayOut }) => `${line} > ${wayOut ?? ''}`) };
}
