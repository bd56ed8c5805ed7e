// The input call, as buildx takes it.

import { expect, test } from '@jest/globals';
import { tryInputs } from '../../src/plan/read-inputs.ts';

const read = (call: string): ReturnType<typeof tryInputs> => tryInputs(name => (name === 'call' ? call : ''), [], {});

test.each([
  ['', 'build'],
  ['Check', 'check'],
  ['lint', 'check'],
  ['check,format=json', 'check'],
  ['lint, format=text', 'check'],
  ['outline,format=json', 'outline'],
  ['targets', 'targets'],
])('%j', (text, call) => {
  const { inputs, refused } = read(text);
  expect([inputs.call, refused]).toEqual([call, []]);
});

test.each([
  ['chek', /^call: "chek" is not one of build, check, outline, targets.*did you mean "check"/, undefined],
  ['check,ignorestatus=true', /^call: "ignorestatus=true" is not followed/, 'continue-on-error'],
  ['check,outline', /^call: "outline" is not followed/, undefined],
])('%j is refused', (text, line, wayOut) => {
  const { refused } = read(text);
  expect(refused).toEqual([expect.objectContaining({ line: expect.stringMatching(line) })]);
  if (wayOut !== undefined) expect(refused[0]?.wayOut).toContain(wayOut);
});
