// What buildx prints -> one target: groups and matrices, and the shapes of attributes before buildx 0.20 (lines of CSV), written by hand from its documentation.

import { describe, expect, test } from '@jest/globals';
import { chooseTarget, fieldLine } from '../../src/plan/bake-target.ts';
import type { BakeTarget } from '../../src/plan/bake-target.ts';
import { printed } from './bake-cases.ts';

function one(target: Readonly<Record<string, unknown>>): BakeTarget {
  const definition = { group: { default: { targets: ['app'] } }, target: { app: target } };
  const chosen = chooseTarget(definition, 'app');
  if (typeof chosen === 'string') throw new Error(chosen);
  return chosen;
}

describe('one target', () => {
  test.each([
    ['a group of one', 'service'],
    ['one of a matrix', 'tools-2-0'],
    ['a service with a dot', 'api_v1'],
    ['a linked target', 'app'],
  ])('%s', (name, target) => {
    expect(chooseTarget(printed(name), 'asked')).toMatchObject({ name: target });
  });

  test.each([
    ['a group', 'service, tools-1-0, tools-2-0'],
    ['a matrix', 'tools-1-0, tools-2-0'],
    ['a pattern', 'tools-1-0, tools-2-0'],
  ])('%s is several: the matrix to write', (name, targets) => {
    const matrix = `\`strategy: {matrix: {target: [${targets}]}}\` and \`bake: \${{ matrix.target }}\``;
    const count = targets.split(', ').length;
    expect(chooseTarget(printed(name), 'asked')).toBe(
      `"asked" is ${count} targets, and a step builds one image; build them in a matrix: ${matrix}`,
    );
  });

  test('a group that is named like its target, and one that holds itself', () => {
    const target = { app: {} };
    expect(chooseTarget({ group: { default: { targets: ['app'] }, app: { targets: ['app'] } }, target }, 'app')).toMatchObject({
      name: 'app',
    });
    expect(
      chooseTarget({ group: { default: { targets: ['g'] }, g: { targets: ['default', 'app'] } }, target }, 'g'),
    ).toMatchObject({ name: 'app' });
    expect(chooseTarget({ target: { default: {} } }, 'default')).toMatchObject({ name: 'default' });
  });

  test.each([[{}], [null], [[]], [{ group: { default: { targets: ['x'] } }, target: {} }]])('none in %j', definition => {
    expect(chooseTarget(definition, 'app')).toBe('"app" has no target');
  });
});

describe('both shapes', () => {
  test.each([
    ['secrets', 'secret', [['type=env,id=a,env=A'], [{ id: 'a', env: 'A' }]], [{ id: 'a', env: 'A', src: undefined }]],
    ['secrets by their source', 'secret', [['type=env,id=a,source=A']], [{ id: 'a', env: 'A', src: undefined }]],
    [
      'files',
      'secret',
      [['id=a,src=b'], ['type=file,id=a,source=b'], [{ id: 'a', src: 'b' }]],
      [{ id: 'a', env: undefined, src: 'b' }],
    ],
  ])('%s', (_, key, shapes, expected) => {
    for (const shape of shapes) expect(one({ [key]: shape }).secrets).toEqual(expected);
  });

  test('keys', () => {
    for (const shape of [
      ['default', 'k=a,b=c'],
      [{ id: 'default' }, { id: 'k', paths: ['a', 'b=c'] }],
    ])
      expect(one({ ssh: shape }).ssh).toEqual([
        { id: 'default', paths: [] },
        { id: 'k', paths: ['a', 'b=c'] },
      ]);
  });

  test('caches, outputs and attestations', () => {
    for (const shape of [
      ['type=gha,scope="a,b"'.replace('scope="a,b"', '"scope=a,b"'), 'acme/app:cache'],
      [
        { type: 'gha', scope: 'a,b' },
        { type: 'registry', ref: 'acme/app:cache' },
      ],
    ])
      expect(one({ 'cache-from': shape, 'cache-to': shape })).toMatchObject({
        cacheFrom: [
          { type: 'gha', scope: 'a,b' },
          { type: 'registry', ref: 'acme/app:cache' },
        ],
        cacheTo: [
          { type: 'gha', scope: 'a,b' },
          { type: 'registry', ref: 'acme/app:cache' },
        ],
      });
    for (const shape of [
      ['./out', 'type=image,push=true'],
      [
        { type: 'local', dest: './out' },
        { type: 'image', push: true },
      ],
    ])
      expect(one({ output: shape }).outputs).toEqual([
        { type: 'local', dest: './out' },
        { type: 'image', push: 'true' },
      ]);
    for (const shape of [['type=provenance,mode=max'], [{ type: 'provenance', mode: 'max' }]])
      expect(one({ attest: shape }).attests).toEqual([{ type: 'provenance', mode: 'max' }]);
  });
});

test('null is no value; dollars and percents are as the bake file means them', () => {
  const target = one({
    args: { A: null, B: '$${X} %%{y} $$ $$${Z}', N: 1 },
    labels: { a: '$${X}' },
    'dockerfile-inline': 'RUN $${X}',
    annotations: ['a=$${X}'],
    'extra-hosts': { h: null },
    tags: ['a/b:$${c}'],
  });
  expect(target).toMatchObject({
    args: [
      ['B', '${X} %{y} $$ $${Z}'],
      ['N', '1'],
    ],
    labels: [['a', '${X}']],
    dockerfileInline: 'RUN ${X}',
    annotations: ['a=${X}'],
    extraHosts: [],
    tags: ['a/b:$${c}'],
  });
});

test('what this version does not know is named', () => {
  expect(one({ resources: { memory: '1g' }, policy: [], context: '.' }).unknown).toEqual(['resources', 'policy']);
});

test('fields as one line', () => {
  expect(fieldLine({ ref: 'a,b', type: 'registry' })).toBe('type=registry,"ref=a,b"');
});
