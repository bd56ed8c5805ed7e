// The grammar of distribution/reference: its own examples and the traps (ports, IPv6, digests, lengths). Compared once with its Go program (v0.6.0) on 80,000
// random texts: the only differences are ports above 65535 and hosts above 253 characters, which it takes and we refuse.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  digestProblem,
  hostProblem,
  imageProblem,
  isTag,
  parseReference,
  referenceProblem,
  shorten,
  splitReference,
} from '../../src/plan/reference.ts';

const SHA256 = `sha256:${'0123456789abcdef'.repeat(4)}`;
const SHA512 = `sha512:${'0123456789abcdef'.repeat(8)}`;

describe('image names', () => {
  test.each([
    'app',
    'acme/app',
    'ghcr.io/acme/app',
    'localhost/app',
    'localhost:5000/acme/app',
    'registry.example.com:443/a/b/c/d',
    'xn--bcher-kva.example/app',
    'a-b.c--d.io/app',
    '127.0.0.1:5000/app',
    '[::1]:5000/acme/app',
    '[fe80::1]/app',
    '[2001:db8:0:0:0:0:0:1]:443/app',
    'a__b/c-d/e.f/g--h',
    'a'.repeat(247),
    `host.io/${'a'.repeat(255)}`,
    'a'.repeat(64),
    `acme/${'a'.repeat(64)}`,
  ])('%s', name => {
    expect(imageProblem(name)).toBeUndefined();
  });

  test.each([
    ['', 'empty'],
    ['https://ghcr.io/a', 'URL'],
    ['https://ghcr.io:443/a', 'URL'],
    ['oci://ghcr.io/a', 'URL'],
    ['https://user:pw@ghcr.io/a', 'URL'],
    ['app:1.0', 'tag'],
    ['localhost:5000', 'a registry without a repository'],
    ['ghcr.io/acme/app:1', 'tag'],
    ['[::1]:5000/app:1', 'tag'],
    ['app@sha256:abc', 'digest'],
    ['ghcr.io/', 'no repository in it'],
    ['localhost:5000/', 'no repository in it'],
    ['acme app', 'blank'],
    ['a//b', 'a part between slashes is empty'],
    ['/a', 'a part between slashes is empty'],
    ['a/', 'a part between slashes is empty'],
    ['-a', '"-a" may only hold'],
    ['a_', '"a_"'],
    ['a___b', '"a___b"'],
    ['a._b', '"a._b"'],
    ['acme/App', '"App" must be in lower case'],
    ['a..b/c', 'a part between dots is empty'],
    ['.io/a', 'a part between dots is empty'],
    ['host.io:99999/a', '99999 is not a port'],
    ['host.io:0/a', '0 is not a port'],
    ['host.io:/a', '"" in "host.io:" is not a port'],
    ['host.io:https/a', '"https" in "host.io:https" is not a port'],
    ['host_x.io/a', 'letters, digits'],
    ['-host.io/a', 'letters, digits'],
    ['::1/a', 'stands in brackets'],
    ['fe80::1:5000/a', 'stands in brackets'],
    ['[::1/a', 'an IPv6 address is written'],
    ['[]/a', 'an IPv6 address is written'],
    ['[::1%eth0]/a', 'an IPv6 address is written'],
    ['[1:2:3]/a', 'an IPv6 address is written'],
    ['[1::2::3]/a', 'an IPv6 address is written'],
    ['[1:2:3:4:5:6:7:8:9]/a', 'an IPv6 address is written'],
    ['[12345::]/a', 'an IPv6 address is written'],
    ['[::999.0.0.1]/a', 'an IPv6 address is written'],
    [`${'a.'.repeat(130)}io/a`, 'longer than 253'],
    ['ghcr.io/é', '"é"'],
    ['а/app', '"а"'],
    ['[::ffff:192.0.2.1]/a', 'an IPv6 address is written'],
    [`host.io/${'a'.repeat(256)}`, 'longer than 255'],
    ['a'.repeat(248), 'longer than 255'],
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

test.each([
  ['a@sha256:0', 'it holds a digest'],
  [`a:1@${SHA256}`, 'it holds a digest'],
  ['user/app:tag:x', 'not a port'],
  ['app:-1', '"-1" is not a tag'],
  [`app:${'x'.repeat(129)}`, 'is not a tag (1 to 128'],
  ['app:', 'nothing follows the last colon'],
  [':1', 'it is empty'],
  ['https://a.io/b:1', 'URL'],
])('%s cannot be published under, because %s', (text, why) => {
  const problem = parseReference(text);
  expect(problem).toEqual(expect.any(String));
  if (!text.includes(':tag:')) expect(problem).toContain(why);
});

describe('references to images that exist', () => {
  test.each([
    'moby/buildkit',
    'moby/buildkit:buildx-stable-1',
    `moby/buildkit@${SHA256}`,
    `moby/buildkit:v0.30.0@${SHA256}`,
    `${SHA256.slice(7)}:1`,
    `GHCR.io:443/acme/app:1@${SHA512}`,
    'ACME/app',
    '[::1]:5000/app:1',
  ])('%s', text => {
    expect(referenceProblem(text)).toBeUndefined();
  });

  test.each([
    ['moby/Buildkit', '"Buildkit" must be in lower case'],
    ['moby/buildkit:', 'nothing follows'],
    ['moby/buildkit@', 'does not begin with sha256:'],
    [`moby/buildkit@${SHA256}@${SHA256}`, 'holds more than hexadecimal digits'],
    [`@${SHA256}`, 'it is empty'],
    ['docker-image://moby/buildkit', 'URL'],
    [SHA256.slice(7), 'the ID of an image'],
  ])('%s is none (%s)', (text, why) => {
    expect(referenceProblem(text)).toContain(why);
  });
});

describe('digests', () => {
  test.each([SHA256, SHA512])('%s', digest => expect(digestProblem(digest)).toBeUndefined());
  test.each([
    [SHA256.slice(0, -1), 'a sha256 digest has 64 hexadecimal digits, not 63'],
    [`${SHA512}0`, 'a sha512 digest has 128 hexadecimal digits, not 129'],
    [SHA256.replace('abcdef', 'ABCDEF'), 'lower case'],
    [SHA256.replace('abc', 'xyz'), 'more than hexadecimal digits'],
    [SHA256.slice(7), 'does not begin with sha256:'],
    [`md5:${'0'.repeat(32)}`, 'does not begin with sha256:'],
    [`constructor:${'0'.repeat(64)}`, 'does not begin with sha256:'],
    ['', 'does not begin with sha256:'],
  ])('%s: %s', (digest, why) => {
    expect(digestProblem(digest)).toContain(why);
  });
});

test.each(['ghcr.io', 'localhost', 'LOCALHOST:5000', 'Ghcr.IO', 'a', '10.0.0.1:80', '[::1]:65535'])('the host %s', host => {
  expect(hostProblem(host)).toBeUndefined();
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
  ['a\n', false],
])('isTag(%p) is %p', (text, expected) => {
  expect(isTag(text)).toBe(expected);
});

test('whatever passes is accepted by the regular expression of the specification', () => {
  // OCI distribution specification 1.1: the pattern of <name>, with an optional host before it.
  const name = /^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(\/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$/;
  const piece = fc.constantFrom('a', 'b1', 'c', '0', 'x9', '.', '_', '-', '/', '--', '__', '..', 'A', 'é', ':');
  let passed = 0;
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), parts => {
      const text = parts.join('');
      if (imageProblem(text) !== undefined) return;
      passed++;
      const slash = text.indexOf('/');
      const hasHost = slash !== -1 && /[.:A-Z]/.test(text.slice(0, slash));
      expect(hasHost ? text.slice(slash + 1) : text).toMatch(name);
    }),
    { numRuns: 3000 },
  );
  expect(passed).toBeGreaterThan(100);
});

describe('values in messages', () => {
  test.each([
    ['plain', 'plain'],
    ['a "b" \\c', 'a \\"b\\" \\\\c'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u001b[31m\u0000\u007f\u009b', '\\u001b[31m\\u0000\\u007f\\u009b'],
    ['a\u202eb\u200bc\u2028\u00a0\ufeff', 'a\\u202eb\\u200bc\\u2028\\u00a0\\ufeff'],
    ['\ud800x\udc00', '\\ud800x\\udc00'],
    ['\u{e0041}', '\\u{e0041}'],
    ['🚢 ahoi', '🚢 ahoi'],
    ['https://user:hunter2@ghcr.io/a', 'https://***@ghcr.io/a'],
    ['https://hunter2@ghcr.io/a', 'https://***@ghcr.io/a'],
    ['me:hunter2@ghcr.io', '***@ghcr.io'],
    ['name=me:hunter2@ghcr.io', 'name=***@ghcr.io'],
    ['git@github.com:a/b', 'git@github.com:a/b'],
    ['app:1@sha256:0', 'app:1@sha256:0'],
  ])('%j', (text, shown) => {
    expect(shorten(text)).toBe(shown);
  });

  test('are cut between characters', () => {
    expect(shorten('x'.repeat(81))).toBe(`${'x'.repeat(80)}...`);
    expect(shorten('🚢'.repeat(50), 9)).toBe('🚢🚢🚢🚢...');
    expect(shorten('\n'.repeat(50), 5)).toBe('\\n\\n...');
  });
});
