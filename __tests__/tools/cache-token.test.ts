// Tokens of the cache service: what BuildKit's client would not take, and what they allow.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCacheToken } from '../../src/tools/cache-token.ts';
import { runtimeToken } from '../../testbed/github/results.ts';

const NOW = 1_700_000_000_000;
const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: unknown, header: unknown = { alg: 'RS256' }): string => `${encode(header)}.${encode(claims)}.c2ln`;
const scopes = (...permissions: number[]): string =>
  JSON.stringify(permissions.map((Permission, at) => ({ Scope: `refs/heads/${at}`, Permission })));
const good = { nbf: NOW / 1000 - 60, exp: NOW / 1000 + 60, ac: scopes(3) };

test.each([
  ['not.a-token', /no JSON web token/],
  ['', /no JSON web token/],
  ['a.b.c', /no JSON web token/],
  [token(good, {}), /no JSON web token/],
  [token('text'), /no JSON web token/],
  [token({ ...good, nbf: 'soon' }), /has no dates/],
  [token({ ...good, exp: NOW / 1000 }), /has expired/],
  [token({ ...good, nbf: NOW / 1000 + 301 }), /not valid yet/],
  [token({ nbf: 1, exp: 9e9 }), /says nothing of caches/],
  [token({ ...good, ac: [{ Scope: 'a', Permission: 3 }] }), /says nothing of caches/],
  [token({ ...good, ac: '[{"Scope":"a"}]' }), /says nothing of caches/],
])('%s', (text, problem) => {
  expect(readCacheToken(text, NOW).problem).toMatch(problem);
});

test.each([
  [[3], true, true],
  [[1], true, false],
  [[2], false, true],
  [[1, 2], true, true],
  [[], false, false],
])('permissions %j', (permissions, read, write) => {
  expect(readCacheToken(token({ ...good, ac: scopes(...permissions) }), NOW)).toMatchObject({ read, write });
});

test('clocks may differ a little, and the stand-in gives what GitHub gives', () => {
  expect(readCacheToken(token({ ...good, nbf: NOW / 1000 + 299 }), NOW).problem).toBeUndefined();
  expect(readCacheToken(runtimeToken('refs/heads/main'), Date.now())).toEqual({
    read: true,
    write: true,
    scopes: [{ name: 'refs/heads/main', permission: 3 }],
  });
});

test('property: whatever it is, it is read', () => {
  fc.assert(fc.property(fc.string(), text => void readCacheToken(text, NOW)));
  fc.assert(fc.property(fc.jsonValue(), fc.jsonValue(), (header, claims) => void readCacheToken(token(claims, header), NOW)));
});
