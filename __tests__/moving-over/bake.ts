// Recorded definitions of bake -> what docker/bake-action would build, as the arguments that `docker buildx build` takes for the same; and our inputs, filled in from ours.

import { readFileSync } from 'node:fs';
import { bakeInputs } from '../../src/plan/bake-inputs.ts';
import { chooseTarget } from '../../src/plan/bake-target.ts';
import type { Inputs } from '../../src/plan/inputs.ts';
import { refuseInputs } from '../../src/plan/read-inputs.ts';
import type { InputReading } from '../../src/plan/read-inputs.ts';
import type { BuildArguments } from './arguments.ts';

const RECORDED = new URL('recorded-bake.json', import.meta.url);

export function bakeKey(name: string, event: string): string {
  return `${name}, ${event}`;
}

interface Definition {
  readonly target: Readonly<Record<string, Target>>;
}

/** As buildx prints it; an attribute that is not here makes the comparison fail. */
interface Target {
  readonly tags?: readonly string[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: readonly string[];
  readonly args?: Readonly<Record<string, string>>;
  readonly contexts?: Readonly<Record<string, string>>;
  readonly 'cache-from'?: readonly Readonly<Record<string, string>>[];
  readonly 'cache-to'?: readonly Readonly<Record<string, string>>[];
  readonly platforms?: readonly string[];
  readonly dockerfile?: string;
  readonly context?: string;
  readonly target?: string;
  readonly 'no-cache'?: boolean;
}

function recorded(name: string, event: string, side: 'there' | 'here'): Definition {
  const { answers } = JSON.parse(readFileSync(RECORDED, 'utf8')) as {
    readonly answers: Readonly<Record<string, Readonly<Record<typeof side, Definition>>>>;
  };
  const found = answers[bakeKey(name, event)]?.[side];
  if (found === undefined) throw new Error(`nothing was recorded for ${bakeKey(name, event)}; run record-bake.ts`);
  return found;
}

/**
 * What docker/bake-action would build, less two build arguments that docker/metadata-action puts into its bake file (DOCKER_META_IMAGES, DOCKER_META_VERSION): announced in
 * docs/moving-over.md, because nobody typed them.
 */
export function bakedArguments(name: string, event: string): BuildArguments {
  const [target, ...more] = Object.values(recorded(name, event, 'there').target);
  if (target === undefined || more.length > 0) throw new Error('not one target');
  const {
    tags,
    labels = {},
    annotations = [],
    args = {},
    contexts = {},
    platforms = [],
    context,
    dockerfile,
    ...others
  } = target;
  const { 'cache-from': from = [], 'cache-to': to = [], ...flags } = others;
  const cache = (fields: Readonly<Record<string, string>>): string =>
    [
      `type=${fields['type'] ?? ''}`,
      ...Object.entries(fields).flatMap(([key, value]) => (key === 'type' ? [] : [`${key}=${value}`])),
    ].join(',');
  return {
    tags: tags ?? [],
    labels: Object.entries(labels).map(([key, value]) => `${key}=${value}`),
    annotations,
    others: [
      `context ${context ?? '.'}`,
      ...(dockerfile === undefined || dockerfile === 'Dockerfile' ? [] : [`file ${dockerfile}`]),
      ...Object.entries(args)
        .filter(([key]) => !key.startsWith('DOCKER_META_'))
        .map(([key, value]) => `build-arg ${key}=${value}`),
      ...Object.entries(contexts).map(([key, value]) => `build-context ${key}=${value}`),
      ...(platforms.length === 0 ? [] : [`platform ${platforms.join(',')}`]),
      ...from.map(fields => `cache-from ${cache(fields)}`),
      ...to.map(fields => `cache-to ${cache(fields)}`),
      ...Object.entries(flags).map(([flag, value]) =>
        value === true ? flag : `${flag} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
      ),
    ],
  };
}

/** What a run makes of typed inputs and the definition that it resolves. */
export function fillFromBake({ inputs, fillIn, typed = () => '' }: InputReading, name: string, event: string): Inputs {
  const target = chooseTarget(recorded(name, event, 'here'), inputs.bake ?? '');
  if (typeof target === 'string') throw new Error(target);
  if (fillIn === undefined) throw new Error('inputs that cannot be filled in');
  const { allow, bakeAllow, bakeSet: set } = inputs;
  const rights = [...allow, ...bakeAllow];
  const around = { files: ['docker-bake.hcl'], env: {}, native: 'linux/amd64', guarded: true, outside: [] };
  const filled = fillIn(bakeInputs({ target, get: typed, allow: rights, set, ...around }));
  refuseInputs(filled.refused);
  return filled.inputs;
}
