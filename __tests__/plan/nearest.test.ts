import { expect, test } from '@jest/globals';
import { editDistance, nearest } from '../../src/plan/nearest.ts';

test.each([
  ['', '', 0],
  ['abc', 'abc', 0],
  ['abc', '', 3],
  ['adm64', 'amd64', 1],
  ['kitten', 'sitting', 3],
  ['ca', 'abc', 3],
])('distance of %p and %p is %p', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});

test.each([
  ['servity', 'severity'],
  ['HIHG', 'HIGH'],
  ['platfroms', 'platforms'],
  ['xyzzy', undefined],
])('%p means %p', (word, meant) => {
  expect(nearest(word, ['severity', 'HIGH', 'platforms', 'push'])).toBe(meant);
});
