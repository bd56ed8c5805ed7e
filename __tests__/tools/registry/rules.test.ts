import { describe, expect, test } from '@jest/globals';
import { loginHint } from '../../../src/tools/registry/answers.ts';
import { mergeScopes, parseChallenge } from '../../../src/tools/registry/challenge.ts';
import { follow } from '../../../src/tools/registry/exchange.ts';
import { proxyFor } from '../../../src/tools/registry/proxy.ts';
import { isLoopback, parseRepository, registryKey } from '../../../src/tools/registry/reference.ts';
import { parseRetryAfter } from '../../../src/tools/registry/retry.ts';

describe('where an image lives', () => {
  test.each([
    ['debian', 'docker.io', 'registry-1.docker.io', 'library/debian'],
    ['acme/app', 'docker.io', 'registry-1.docker.io', 'acme/app'],
    ['docker.io/acme/app', 'docker.io', 'registry-1.docker.io', 'acme/app'],
    ['index.docker.io/acme/app', 'docker.io', 'registry-1.docker.io', 'acme/app'],
    ['ghcr.io/acme/app', 'ghcr.io', 'ghcr.io', 'acme/app'],
    ['localhost/app', 'localhost', 'localhost', 'app'],
    ['localhost:5000/a', 'localhost:5000', 'localhost:5000', 'a'],
    ['registry:5000/acme/app', 'registry:5000', 'registry:5000', 'acme/app'],
    [
      '1.dkr.ecr.eu-west-1.amazonaws.com/team/a_b/c--d',
      '1.dkr.ecr.eu-west-1.amazonaws.com',
      '1.dkr.ecr.eu-west-1.amazonaws.com',
      'team/a_b/c--d',
    ],
  ])('%s', (image, registry, host, name) => {
    expect(parseRepository(image)).toEqual({ image, registry, host, name });
  });

  test.each([
    'ghcr.io/Acme/app',
    'ghcr.io/acme/app:1',
    'ghcr.io/acme/../app',
    'ghcr.io/',
    'ghcr.io/a//b',
    'ghcr.io/acme/app@sha256:1',
    '',
  ])('%s is refused', image => {
    expect(() => parseRepository(image)).toThrow(/is not the name of a repository/);
  });

  test.each([
    ['https://index.docker.io/v1/', 'docker.io'],
    ['registry.hub.docker.com', 'docker.io'],
    ['HTTPS://GHCR.IO', 'ghcr.io'],
    ['localhost:5000', 'localhost:5000'],
  ])('%s is the login of %s', (written, key) => {
    expect(registryKey(written)).toBe(key);
  });

  test.each([
    ['localhost', true],
    ['localhost:5000', true],
    ['registry.localhost:5000', true],
    ['127.0.0.1:5000', true],
    ['127.9.9.9', true],
    ['[::1]:5000', true],
    ['127.0.0.1.example.org', false],
    ['localhost.example.org', false],
    ['10.0.0.1:5000', false],
    ['128.0.0.1', false],
  ])('%s may go without TLS: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected);
  });
});

describe('challenges', () => {
  test.each([
    ['Basic realm="r"', { scheme: 'basic' }],
    ['basic', { scheme: 'basic' }],
    [
      'Bearer realm="https://a/t",service="s",scope="repository:x/y:pull"',
      { scheme: 'bearer', realm: 'https://a/t', service: 's', scopes: ['repository:x/y:pull'] },
    ],
    ['bearer realm=https://a/t', { scheme: 'bearer', realm: 'https://a/t', service: undefined, scopes: [] }],
    [
      'Basic realm="a, b", Bearer realm="https://a/t" , service="s\\"q"',
      { scheme: 'bearer', realm: 'https://a/t', service: 's"q', scopes: [] },
    ],
    [
      'Bearer realm="https://a/t",scope="repository:a:pull aws"',
      { scheme: 'bearer', realm: 'https://a/t', service: undefined, scopes: ['repository:a:pull', 'aws'] },
    ],
    ['Bearer service="no realm", Basic realm="x"', { scheme: 'basic' }],
    ['Negotiate', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (header, expected) => {
    expect(parseChallenge(header)).toEqual(expected);
  });

  test.each([
    [[['repository:a:pull'], ['repository:a:pull,push']], ['repository:a:pull,push']],
    [
      [
        ['repository:b:pull', 'repository:a:push'],
        ['aws', 'repository:a:pull'],
      ],
      ['aws', 'repository:a:pull,push', 'repository:b:pull'],
    ],
    [[['repository:h:5000/a:pull'], []], ['repository:h:5000/a:pull']],
  ])('scopes %j', (lists, expected) => {
    expect(mergeScopes(...lists)).toEqual(expected);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-11-21T12:00:00Z');
  test.each([
    ['5', 5000],
    ['0', 0],
    ['1.5', 1500],
    ['1.889377ms', 1.889377],
    ['2m3s', 123_000],
    ['1h', 3_600_000],
    ['250µs', 0.25],
    ['Sat, 21 Nov 2026 12:01:00 GMT', 60_000],
    ['Sat, 21 Nov 2026 11:00:00 GMT', 0],
    ['-3', undefined],
    ['soon', undefined],
    ['3 apples', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('%s', (value, expected) => {
    expect(parseRetryAfter(value, now)).toBe(expected);
  });
});

describe('where a Location may lead', () => {
  const base = new URL('https://harbor.example.org/');
  const local = new URL('http://127.0.0.1:5000/');
  test.each([
    ['/v2/a/blobs/uploads/1?_state=x%2By', base, 'https://harbor.example.org/v2/a/blobs/uploads/1?_state=x%2By'],
    ['https://storage.example.net/x?sig=1', base, 'https://storage.example.net/x?sig=1'],
    ['http://harbor.example.org/v2/x', base, 'https://harbor.example.org/v2/x'],
    ['http://harbor.example.org:80/v2/x', base, 'https://harbor.example.org/v2/x'],
    ['https://user:secret@storage.example.net/x', base, 'https://storage.example.net/x'],
    ['https://10.1.2.3/minio/x', base, 'https://10.1.2.3/minio/x'],
    ['http://127.0.0.1:6000/x', local, 'http://127.0.0.1:6000/x'],
  ])('%s', (location, from, expected) => {
    expect(follow(location, from, from).href).toBe(expected);
  });

  test.each([
    ['http://storage.example.net/x', /without TLS; refused/],
    ['http://evil.harbor.example.org.net/x', /without TLS; refused/],
    ['https://169.254.169.254/latest/meta-data', /own network; refused/],
    ['https://localhost:8443/x', /own network; refused/],
    ['https://[::1]/x', /own network; refused/],
    ['file:///etc/passwd', /neither http nor https/],
    ['https://', /named an address that is none/],
  ])('%s is refused', (location, message) => {
    expect(() => follow(location, base, base)).toThrow(message);
  });
});

describe('proxies', () => {
  const proxy = { HTTPS_PROXY: 'http://proxy.example.org:3128' };
  test.each([
    [proxy, 'https://ghcr.io/', 'http://proxy.example.org:3128/'],
    [{ https_proxy: 'proxy.example.org:3128' }, 'https://ghcr.io/', 'http://proxy.example.org:3128/'],
    [{ ...proxy, https_proxy: 'http://lower:1' }, 'https://ghcr.io/', 'http://lower:1/'],
    [{ ALL_PROXY: 'http://all:1' }, 'https://ghcr.io/', 'http://all:1/'],
    [{ HTTPS_PROXY: '' }, 'https://ghcr.io/', undefined],
    [proxy, 'http://localhost:5000/', undefined],
    [proxy, 'https://localhost:5000/', undefined],
    [{ ...proxy, NO_PROXY: '*' }, 'https://ghcr.io/', undefined],
    [{ ...proxy, NO_PROXY: 'example.org, ghcr.io' }, 'https://ghcr.io/', undefined],
    [{ ...proxy, NO_PROXY: '.io' }, 'https://ghcr.io/', undefined],
    [{ ...proxy, NO_PROXY: '*.ghcr.io' }, 'https://pkg.ghcr.io/', undefined],
    [{ ...proxy, NO_PROXY: 'cr.io' }, 'https://ghcr.io/', 'http://proxy.example.org:3128/'],
    [{ ...proxy, no_proxy: 'ghcr.io:444' }, 'https://ghcr.io/', 'http://proxy.example.org:3128/'],
    [{ ...proxy, no_proxy: 'ghcr.io:443' }, 'https://ghcr.io/', undefined],
    [{ ...proxy, NO_PROXY: '10.0.0.0/8' }, 'https://10.200.1.1/', undefined],
    [{ ...proxy, NO_PROXY: '10.0.0.0/8' }, 'https://11.0.0.1/', 'http://proxy.example.org:3128/'],
  ])('%j for %s', (env, url, expected) => {
    expect(proxyFor(new URL(url), env)?.href).toBe(expected);
  });

  test('an address that is no proxy is refused without repeating it (it may hold a password)', () => {
    expect(() => proxyFor(new URL('https://ghcr.io/'), { HTTPS_PROXY: 'socks5://me:pw@proxy:1080' })).toThrow(
      /^HTTPS_PROXY is not the address/,
    );
  });
});

describe('what to do about a missing right', () => {
  test.each<[string, 'read' | 'write', RegExp]>([
    ['ghcr.io/acme/app', 'write', /packages: write.*Manage Actions access/],
    ['ghcr.io/acme/app', 'read', /packages: read/],
    ['acme/app', 'write', /access token that has "Read & Write" rights, as a member of the namespace acme/],
    ['quay.io/acme/app', 'write', /Log in to quay.io before this step.*write rights on acme\/app/],
  ])('%s, %s', (image, access, expected) => {
    expect(loginHint(parseRepository(image), access)).toMatch(expected);
  });
});
