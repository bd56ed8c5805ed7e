// Texts of contexts as buildx 0.29.1 and BuildKit 0.33.1 take them (frontend/dockerfile/dfgitutil), and what they refuse.

import { describe, expect, test } from '@jest/globals';
import { isRemoteContext, parseContext } from '../../src/plan/git-address.ts';
import type { GitAddress } from '../../src/plan/git-address.ts';

const COMMIT = '90dd6032fac8bda1b6c4436a2e65de27961ed071';

function git(over: Partial<GitAddress>): GitAddress {
  const place = { ref: undefined, checksum: undefined, subdir: undefined };
  return { kind: 'git', scheme: 'https', host: 'github.com', path: 'acme/app.git', ...place, ...over };
}

test.each<[string, GitAddress]>([
  ['https://github.com/acme/app.git', git({})],
  ['https://github.com/acme/app.git#main', git({ ref: 'main' })],
  ['https://github.com/acme/app.git#main:', git({ ref: 'main' })],
  [`https://github.com/acme/app.git#${COMMIT}:docker/app/`, git({ ref: COMMIT, subdir: 'docker/app' })],
  ['https://github.com/acme/app.git#:docker', git({ subdir: 'docker' })],
  ['https://github.com/acme/app.git#refs/pull/2/merge:a/../../b', git({ ref: 'refs/pull/2/merge', subdir: 'b' })],
  ['HTTPS://GitHub.com:8443/acme/app.git#main', git({ host: 'GitHub.com:8443', ref: 'main' })],
  ['https://acme@dev.azure.com/acme/_git/app.git', git({ host: 'dev.azure.com', path: 'acme/_git/app.git' })],
  ['http://172.31.250.1:4711/acme/app.git', git({ scheme: 'http', host: '172.31.250.1:4711' })],
  ['github.com/acme/app#main:x', git({ path: 'acme/app', ref: 'main', subdir: 'x' })],
  ['git://github.com/acme/app#v1', git({ scheme: 'git', path: 'acme/app', ref: 'v1' })],
  ['ssh://git@github.com/acme/app.git#v1', git({ scheme: 'ssh', ref: 'v1' })],
  ['ssh://git:@github.com:22/acme/app', git({ scheme: 'ssh', host: 'github.com:22', path: 'acme/app' })],
  ['git@github.com:acme/app.git', git({ scheme: 'ssh' })],
  ['git@github.com:acme/app.git#v1:x', git({ scheme: 'ssh', ref: 'v1', subdir: 'x' })],
  ['me@host:acme/app?ref=v1&subdir=x', git({ scheme: 'ssh', host: 'host', path: 'acme/app', ref: 'v1', subdir: 'x' })],
  ['https://github.com/acme/app.git?ref=main&subdir=x', git({ ref: 'main', subdir: 'x' })],
  ['https://github.com/acme/app.git?tag=v1', git({ ref: 'refs/tags/v1' })],
  ['https://github.com/acme/app.git?tag=refs/tags/v1#refs/tags/v1', git({ ref: 'refs/tags/v1' })],
  ['https://github.com/acme/app.git?branch=main&submodules=false&keep-git-dir', git({ ref: 'refs/heads/main' })],
  [`https://github.com/acme/app.git?branch=main&checksum=${COMMIT}`, git({ ref: 'refs/heads/main', checksum: COMMIT })],
  [`https://github.com/acme/app.git?commit=${COMMIT}&mtime=commit&fetch-by-commit=1`, git({ checksum: COMMIT })],
  ['https://github.com/acme/app.git?subdir=x#main:x', git({ ref: 'main', subdir: 'x' })],
])('%s is in Git', (text, expected) => {
  expect(parseContext(text)).toEqual(expected);
  expect(isRemoteContext(text)).toBe(true);
});

test.each<[string, 'path' | 'stdin' | 'http', boolean]>([
  ['.', 'path', false],
  ['app', 'path', false],
  ['./git@host:x', 'path', false],
  ['../git@host:x', 'path', false],
  ['a/github.com/x', 'path', false],
  ['/abs/olute', 'path', false],
  ['pr:1/app', 'path', false],
  ['target:pr', 'path', false],
  ['-', 'stdin', false],
  ['https://example.com/context.tar.gz', 'http', true],
  ['https://example.com/context.tar.gz?token=x', 'http', true],
  ['http://example.com/Dockerfile', 'http', true],
  ['https://github.com/acme/app/archive/refs/heads/main.tar.gz', 'http', true],
  ['https://github.com/acme/app/releases/download/v1/context.tgz', 'http', true],
])('%s is %s', (text, kind, remote) => {
  expect(parseContext(text).kind).toBe(kind);
  expect(isRemoteContext(text)).toBe(remote);
});

describe('what nothing takes', () => {
  test.each<[string, string | RegExp]>([
    ['ftp://example.com/x.git', 'is no address that BuildKit takes'],
    ['file:///tmp/app.git', 'is no address that BuildKit takes'],
    ['docker-image://alpine', 'is no address that BuildKit takes'],
    ['git+ssh://git@github.com/acme/app.git', 'is no address that BuildKit takes'],
    ['https:///app.git', 'names no host'],
    ['HTTPS://example.com/x.tar', 'begins with "HTTPS"'],
    ['https://github.com/acme/app', /ends in \.git, as https:\/\/github\.com\/acme\/app\.git$/],
    ['https://github.com/acme/app/', /as https:\/\/github\.com\/acme\/app\.git$/],
    ['https://github.com/acme/app#main:x', /as https:\/\/github\.com\/acme\/app\.git#main:x$/],
    ['https://github.com/acme/app/tree/main/a/b', /as https:\/\/github\.com\/acme\/app\.git#main:a\/b$/],
    ['https://gitlab.com/acme/app/-/tree/main', /as https:\/\/gitlab\.com\/acme\/app\.git#main$/],
    ['https://git.example.com/a/b/c#main', /as https:\/\/git\.example\.com\/a\/b\/c\.git#main$/],
    ['https://github.com/acme/app.git?branhc=main', 'asks for "branhc", which is none of ref, tag, branch'],
    ['https://github.com/acme/app.git?ref=', 'says "ref" without a value'],
    ['https://github.com/acme/app.git?ref=a&ref=b', 'says "ref" twice'],
    ['https://github.com/acme/app.git?ref=a#b', 'names two refs: b and a'],
    ['https://github.com/acme/app.git?tag=a&branch=b', 'names both a tag and a branch'],
    ['https://github.com/acme/app.git?subdir=a#b:c', 'names two subdirectories: c and a'],
    ['https://github.com/acme/app.git?mtime=now', 'says mtime=now'],
    ['https://github.com/acme/app.git?submodules=no', 'says submodules=no'],
  ])('%s', (text, expected) => {
    const address = parseContext(text);
    const problem = address.kind === 'none' ? address.problem : 'it was taken';
    if (typeof expected === 'string') expect(problem).toContain(expected);
    else expect(problem).toMatch(expected);
  });

  test.each(['https://me:canary@github.com/acme/app.git', 'https://ghp_canary@github.com/acme/app.git#main'])(
    'a login in %s, which is not shown again',
    text => {
      const address = parseContext(text);
      expect(address).toMatchObject({ kind: 'none', problem: expect.stringContaining('secrets: GIT_AUTH_TOKEN.github.com=') });
      expect(JSON.stringify(address)).not.toContain('canary');
    },
  );
});
