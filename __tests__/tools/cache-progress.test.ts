// What is read from BuildKit's progress: errands of caches, the first step that is executed, pins, and when a build stands still.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { watchCaches } from '../../src/tools/cache-progress.ts';
import type { CacheWatch } from '../../src/tools/cache-progress.ts';

interface Said {
  readonly name: string;
  readonly cached?: boolean;
  readonly inputs?: number;
  /** Seconds; left out: announced, running. */
  readonly from?: number;
  readonly to?: number;
  readonly error?: string;
}

const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
/** As buildx 0.29 with `--progress rawjson` writes it. */
function line({ name, cached, inputs = 1, from, to, error }: Said): string {
  const vertex = {
    digest: `sha256:${name}`,
    name,
    ...(inputs > 0 && { inputs: Array.from({ length: inputs }, (_, input) => `sha256:${input}`) }),
    ...(from !== undefined && { started: at(from) }),
    ...(to !== undefined && { completed: at(to) }),
    ...(cached === true && { cached }),
    ...(error !== undefined && { error }),
  };
  return JSON.stringify({ vertexes: [vertex] });
}
const status = (name: string, id: string, total = 0): string =>
  JSON.stringify({ statuses: [{ id, vertex: `sha256:${name}`, current: total, total }] });

function watched(...said: (Said | string)[]): CacheWatch & { later: (milliseconds: number) => void } {
  let now = 0;
  const watch = watchCaches(() => now);
  for (const one of said) watch.read(typeof one === 'string' ? one : line(one));
  return { ...watch, later: milliseconds => (now += milliseconds) };
}

const IMPORT = 'importing cache manifest from gha:16623237085628031869';
const EXPORTS = ['exporting to GitHub Actions Cache', 'exporting cache to registry', 'exporting cache to client directory'];
const RUN = '[linux/arm64 build 2/5] RUN make';
const DEFINITION = '[internal] load build definition from Dockerfile';

test('errands: direction, name, time and error', () => {
  const watch = watched(
    { name: IMPORT, from: 1, to: 2.5 },
    { name: 'importing cache manifest from acme/app:c', from: 1, to: 1, error: 'acme/app:c: not found' },
    ...EXPORTS.map(name => ({ name, from: 3, to: 4 })),
    { name: 'exporting to oci image format', from: 5, to: 6 },
  );
  expect(watch.errands()).toEqual([
    { direction: 'read', name: 'gha:16623237085628031869', seconds: 1.5, ended: true },
    { direction: 'read', name: 'acme/app:c', seconds: 0, ended: true, error: 'acme/app:c: not found' },
    { direction: 'written', name: 'to GitHub Actions Cache', seconds: 1, ended: true },
    { direction: 'written', name: 'to registry', seconds: 1, ended: true },
    { direction: 'written', name: 'to client directory', seconds: 1, ended: true },
  ]);
});

describe('the first step that is executed', () => {
  test.each<[string, Said, boolean]>([
    ['a command', { name: RUN, from: 1 }, true],
    ['a command on nothing', { name: '[1/2] RUN x', from: 1, inputs: 0 }, true],
    ['a copy', { name: '[2/2] COPY a /a', from: 1, to: 2 }, true],
    ['what ADD makes of what it fetched', { name: '[2/2] ADD https://a/b /c', from: 1 }, true],
    ['what ADD fetches', { name: '[2/2] ADD https://a/b /c', from: 1, inputs: 0 }, false],
    ['a cached command', { name: RUN, from: 1, to: 1, cached: true }, false],
    ['a command that is only announced', { name: RUN }, false],
    ['a base image', { name: '[build 1/2] FROM docker.io/library/debian:12', from: 1, inputs: 0 }, false],
    ['an errand', { name: DEFINITION, from: 1 }, false],
    ['an export', { name: EXPORTS[0] ?? '', from: 1 }, false],
  ])('%s', (_name, said, isExecuted) => {
    expect(watched(said).executed()).toBe(isExecuted ? said.name : undefined);
  });
});

test('layers out of a cache are those of cached steps, not those of base images', () => {
  const layer = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const base = 'FROM docker.io/library/debian:12';
  const watch = watched(
    { name: RUN, from: 1, cached: true },
    { name: base, from: 1 },
    status(RUN, layer('a'), 100),
    status(RUN, layer('a'), 100),
    status(base, layer('b'), 1000),
    status(EXPORTS[0] ?? '', `writing layer ${layer('c')}`),
  );
  expect(watch.fetched()).toBe(100);
});

test('pins: what a name meant, unless two platforms found two digests', () => {
  const digest = (digit: string): string => `sha256:${digit.repeat(64)}`;
  const watch = watched(
    { name: `[linux/amd64 build 1/2] FROM docker.io/library/debian:12@${digest('a')}` },
    { name: `[linux/arm64 build 1/2] FROM docker.io/library/debian:12@${digest('a')}` },
    { name: `FROM localhost:5000/x:1@${digest('b')}` },
    { name: `[a 1/2] FROM ghcr.io/y:2@${digest('c')}` },
    { name: `[b 1/2] FROM ghcr.io/y:2@${digest('d')}` },
    { name: '[c 1/2] FROM scratch' },
  );
  expect(watch.pins()).toEqual([
    { reference: 'docker.io/library/debian:12', digest: digest('a') },
    { reference: 'localhost:5000/x:1', digest: digest('b') },
  ]);
});

describe('standing still', () => {
  const METADATA = '[linux/amd64 internal] load metadata for docker.io/library/debian:12';
  test.each<[string, Said[], string | undefined]>([
    [
      'an import alone',
      [
        { name: DEFINITION, from: 0, to: 1 },
        { name: IMPORT, from: 1 },
      ],
      IMPORT,
    ],
    [
      'an import, while a registry is asked',
      [
        { name: IMPORT, from: 1 },
        { name: METADATA, from: 1 },
      ],
      IMPORT,
    ],
    ['a layer that is fetched for a cached step', [{ name: RUN, from: 1, cached: true }], RUN],
    ['an export', [{ name: 'exporting cache to registry', from: 1 }], 'exporting cache to registry'],
    ['the first errand, begun', [{ name: DEFINITION, from: 1 }], DEFINITION],
    ['the first errand, only announced: a daemon that is wedged', [{ name: DEFINITION }], DEFINITION],
    ['a silent command', [{ name: RUN, from: 1 }], undefined],
    [
      'a silent command beside an import',
      [
        { name: IMPORT, from: 1 },
        { name: RUN, from: 1 },
      ],
      undefined,
    ],
    ['a base image', [{ name: 'FROM docker.io/library/debian:12', from: 1, inputs: 0 }], undefined],
    ['a registry that is asked for a base image', [{ name: METADATA, from: 1 }], undefined],
    ['a repository that is fetched', [{ name: '[internal] load git source https://a/b', from: 1 }], undefined],
    ['a builder that boots', [{ name: '[internal] booting buildkit', from: 1 }], undefined],
    ['the layout that is written', [{ name: 'exporting to oci image format', from: 1 }], undefined],
    [
      'the end',
      [
        { name: DEFINITION, from: 0, to: 1 },
        { name: RUN, from: 1, to: 2 },
      ],
      undefined,
    ],
    ['nothing said at all', [], undefined],
  ])('%s', (_name, said, expected) => {
    const watch = watched(...said);
    watch.later(59_999);
    expect(watch.standstill(60_000)).toBeUndefined();
    watch.later(1);
    expect(watch.standstill(60_000)).toBe(expected);
  });

  test('a layer of the cache that is unpacked is no standstill, until it is', () => {
    const id = `extracting sha256:${'a'.repeat(64)}`;
    const unpacking = (times: object): string => JSON.stringify({ statuses: [{ id, vertex: `sha256:${RUN}`, ...times }] });
    const watch = watched({ name: RUN, from: 1, cached: true }, unpacking({ started: at(1) }));
    watch.later(600_000);
    expect(watch.standstill(60_000)).toBeUndefined();
    watch.read(unpacking({ started: at(1), completed: at(601) }));
    watch.later(60_000);
    expect(watch.standstill(60_000)).toBe(RUN);
  });

  test('any word begins the time anew', () => {
    const watch = watched({ name: IMPORT, from: 1 });
    watch.later(50_000);
    watch.read(status(IMPORT, 'x', 1));
    watch.later(50_000);
    expect(watch.standstill(60_000)).toBeUndefined();
    watch.read('plain text is no word of the daemon');
    watch.later(10_000);
    expect(watch.standstill(60_000)).toBe(IMPORT);
  });

  test('property: while a command runs there is no standstill, whatever else goes on', () => {
    const names = fc.constantFrom(IMPORT, ...EXPORTS, DEFINITION, METADATA, 'exporting to oci image format', '[2/2] COPY a b');
    const others = fc.array(fc.record({ name: names, from: fc.integer({ min: 0, max: 9 }), cached: fc.boolean() }));
    fc.assert(
      fc.property(others, others, (before, after) => {
        const watch = watched(...before, { name: RUN, from: 5 }, ...after);
        watch.later(1e9);
        return watch.standstill(1) === undefined;
      }),
    );
  });

  test('property: no line breaks it', () => {
    const watch = watchCaches();
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json()), text => watch.read(text)));
    fc.assert(fc.property(fc.json(), text => watch.read(`{"vertexes":[${text}],"statuses":[${text}]}`)));
  });
});
