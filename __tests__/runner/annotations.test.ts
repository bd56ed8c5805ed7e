// Remarks -> warnings at their lines, as many as GitHub shows.

import { describe, expect, test } from '@jest/globals';
import type { BuildNote } from '../../src/build/build.ts';
import { annotate, wantsAnnotations } from '../../src/runner/annotations.ts';
import { createCommands } from '../../src/runner/commands.ts';
import { createLog } from '../../src/runner/log.ts';

function said(notes: readonly BuildNote[], before = 0, secret = ''): string[] {
  const lines: string[] = [];
  const log = createLog(createCommands({}, text => lines.push(text.trimEnd())));
  if (secret !== '') log.mask(secret);
  annotate(notes, log, before);
  return lines.filter(line => !line.startsWith('::add-mask'));
}
const note = (line: number, over: Partial<BuildNote> = {}): BuildNote => ({
  message: `remark ${line}`,
  file: 'Dockerfile',
  line,
  endLine: line,
  ...over,
});

test('each stands at its file and line under its rule, with its address', () => {
  const url = 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/';
  expect(said([note(3, { file: 'a,b:c/Dockerfile', endLine: 5, rule: 'StageNameCasing', url, message: '100% wrong' })])).toEqual([
    `::warning file=a%2Cb%3Ac/Dockerfile,line=3,endLine=5,title=StageNameCasing::100%25 wrong%0A${url}`,
  ]);
});

test('a remark without a file is none; one without a line is at the file', () => {
  expect(
    said([
      { message: 'x', line: 3 },
      { message: 'y', file: 'Dockerfile' },
    ]),
  ).toEqual(['::warning file=Dockerfile::y']);
});

test('ten warnings of a step at most, those that were said before included; the rest is counted', () => {
  const notes = Array.from({ length: 12 }, (_, at) => note(at + 1));
  expect(said(notes).filter(line => line.startsWith('::warning'))).toHaveLength(10);
  expect(said(notes).at(-1)).toMatch(/^2 more remark\(s\) on the Dockerfile/);
  expect(said(notes, 8).filter(line => line.startsWith('::warning'))).toHaveLength(2);
  expect(said(notes, 30)).toEqual([expect.stringMatching(/^12 more remark/)]);
});

test('those about secrets are shown first', () => {
  const notes = [
    ...Array.from({ length: 10 }, (_, at) => note(at + 1, { rule: 'StageNameCasing' })),
    note(99, { rule: 'SecretsUsedInArgOrEnv' }),
  ];
  expect(said(notes)[0]).toContain('line=99');
});

test('what a Dockerfile says can neither end the command nor show a secret', () => {
  const [line = ''] = said([note(1, { message: 'x\n::error::y s3cr3t-value', rule: 'Bad,line=7::\n' })], 0, 's3cr3t-value');
  expect(line).toBe('::warning file=Dockerfile,line=1,endLine=1,title=Bad%2Cline=7%3A%3A%0A::x%0A::error::y ***');
});

describe('the switch of docker/build-push-action', () => {
  test.each([
    ['', true],
    ['true', true],
    ['1', true],
    ['false', false],
    ['FALSE', false],
    ['0', false],
  ])('DOCKER_BUILD_CHECKS_ANNOTATIONS=%j: %j', (value, wanted) => {
    expect(wantsAnnotations({ DOCKER_BUILD_CHECKS_ANNOTATIONS: value })).toBe(wanted);
  });

  test('left out: yes', () => expect(wantsAnnotations({})).toBe(true));
});
