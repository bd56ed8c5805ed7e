// The grammar of distribution/reference: its own examples and the traps (ports, IPv6, digests, lengths).

import { describe, expect, test } from '@jest/globals';
import { imageProblem, isTag, parseReference, splitReference } from '../../src/plan/reference.ts';

describe('image names', () => {
  test.each([
    'app',
    'acme/app',
    'ghcr.io/acme/app',
    'localhost/app',
    'localhost:5000/acme/app',
    'registry.example.com:443/a/b/c/d',
    '[::1]:5000/acme/app',
    '[fe80::1]/app',
    'a__b/c-d/e.f/g--h',
    `host.io/${'a'.repeat(255)}`,
  ])('%s', name => {
    expect(imageProblem(name)).toBeUndefined();
  });

  test.each([
    ['', 'empty'],
    ['https://ghcr.io/a', 'URL'],
    ['app:1.0', 'tag'],
    ['localhost:5000', 'tag'],
    ['ghcr.io/acme/app:1', 'tag'],
    ['[::1]:5000/app:1', 'tag'],
    ['app@sha256:abc', 'digest'],
    ['a//b', 'empty'],
    ['/a', 'empty'],
    ['a/', 'empty'],
    ['-a', '"-a"'],
    ['a_', '"a_"'],
    ['a___b', '"a___b"'],
    ['a..b/c', 'host'],
    ['host.io:99999/a', 'port'],
    ['host_x.io/a', 'host'],
    ['ghcr.io/é', '"é"'],
    [`host.io/${'a'.repeat(256)}`, 'longer'],
  ])('%s is refused (%s)', (name, why) => {
    expect(imageProblem(name)).toContain(why);
  });
});

test.each([
  ['acme/app', { image: 'acme/app', tag: 'latest' }],
  ['Ghcr.io/Acme/App:V1', { image: 'ghcr.io/acme/app', tag: 'V1' }],
  ['localhost:5000/app', { image: 'localhost:5000/app', tag: 'latest' }],
  ['[::1]:5000/app:1', { image: '[::1]:5000/app', tag: '1' }],
])('the reference %s', (text, expected) => {
  expect(parseReference(text)).toEqual(expected);
});

test.each(['a@sha256:0', 'user/app:tag:x', 'app:-1', `app:${'x'.repeat(129)}`, 'app:', ':1'])('%s is no reference', text => {
  expect(typeof parseReference(text)).toBe('string');
});

test('the colon of an IPv6 host without port is no tag', () => {
  expect(splitReference('[::1]')).toEqual({ name: '[::1]' });
});

test.each([
  ['a', true],
  ['_a.B-1', true],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
  ['-a', false],
  ['.a', false],
  ['', false],
  ['a/b', false],
])('isTag(%p) is %p', (text, expected) => {
  expect(isTag(text)).toBe(expected);
});
