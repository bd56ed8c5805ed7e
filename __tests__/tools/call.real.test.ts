// `call` on a real BuildKit: the frontend that is built in and docker/dockerfile:1 answer alike, and nothing is built.

import { expect, test } from '@jest/globals';
import { explain } from '../../src/errors.ts';
import { anOrder } from '../build/orders.ts';
import { AMD64, ARM64 } from '../fakes/layouts.ts';
import { realBuilder } from './buildx-testbed.ts';

const LINES = [
  'FROM busybox as Build',
  'ARG API_TOKEN=x',
  'RUN false',
  '# final is what ships',
  'FROM scratch AS final',
  'COPY --from=Build /bin /bin',
];
const order = anOrder({ builder: 'default', platforms: [AMD64, ARM64] });

test.each([
  ['the built-in frontend', []],
  ['docker/dockerfile:1', ['# syntax=docker/dockerfile:1']],
])('%s: broken rules at their lines, the outline, the targets', async (_name, first: string[]) => {
  const { builder, lines } = await realBuilder({ files: { 'sub/Dockerfile': [...first, ...LINES, ''].join('\n') } });
  const inSub = { ...order, context: 'sub' };
  const check = await builder.call(inSub, 'check');
  expect(check.failed).toBe(true);
  const said = check.notes.map(({ rule = '', file = '', line = 0 }) => `${rule} ${file}:${line - first.length}`);
  expect(said.sort()).toEqual([
    'FromAsCasing sub/Dockerfile:1',
    'SecretsUsedInArgOrEnv sub/Dockerfile:2',
    'StageNameCasing sub/Dockerfile:1',
  ]);
  const { tables } = await builder.call({ ...inSub, target: 'build' }, 'outline');
  expect(tables.map(({ rows }) => rows)).toEqual([[['build', '']], [['API_TOKEN', 'x', '']]]);
  const [targets] = (await builder.call(inSub, 'targets')).tables;
  expect(targets?.rows).toEqual([
    ['build', 'busybox', '', ''],
    ['final', 'scratch', 'yes', 'is what ships'],
  ]);
  expect(lines.join('\n')).not.toMatch(/RUN false|exporting/);
});

test('a Dockerfile without a broken rule passes, one that cannot be read has its line, one that is not there a way out', async () => {
  const files = { Dockerfile: 'FROM scratch\nCOPY . /\n', broken: 'FROM scratch\nRUNN x\n' };
  const { builder } = await realBuilder({ files });
  expect(await builder.call(order, 'check')).toEqual({ call: 'check', tables: [], notes: [], failed: false });
  const { problem, failed } = await builder.call({ ...order, file: 'broken' }, 'check');
  expect([failed, problem?.file, problem?.line]).toEqual([true, 'broken', 2]);
  const gone = explain(await builder.call({ ...order, file: 'nope' }, 'check').catch((reason: unknown) => reason));
  expect([gone.kind, gone.hint]).toEqual(['tool', expect.stringContaining('Check "file" (nope)')]);
});
