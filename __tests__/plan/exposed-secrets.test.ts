// Secrets where everybody could read them: refused, warned of, or left in peace; never shown.

import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import type { KnownSecret } from '../../src/plan/exposed-secrets.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { looksRandom, tokenShape } from '../../src/plan/token-shapes.ts';
import { anEvent, planOf, SHA } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

// Put together here, so that no scanner takes this file for a leak.
const of = (...parts: readonly string[]): string => parts.join('');
const LONG = 'a1B2c3D4e5F6g7H8i9J0a1B2c3D4e5F6g7H8i9J0';
const TOKENS: Readonly<Record<string, string>> = {
  'GitHub, classic': of('gh', 'p_', LONG.slice(0, 36)),
  'GitHub, of an app': of('gh', 's_', LONG.slice(0, 36)),
  'GitHub, fine-grained': of('github', '_pat_', LONG),
  'AWS id': of('AK', 'IA', 'QWERTYUIOP234567'),
  GitLab: of('gl', 'pat-', LONG.slice(0, 20)),
  npm: of('np', 'm_', LONG.slice(0, 36)),
  PyPI: of('py', 'pi-', 'AgEIcHlwaS5vcmc', LONG),
  'Docker Hub': of('dckr', '_pat_', LONG.slice(0, 27)),
  Slack: of('xo', 'xb-', '123456789012-abcdefghijkl'),
  'Slack hook': of('https://hooks.sl', 'ack.com/services/T0000/B0000/XXXXXXXX'),
  Stripe: of('sk', '_live_', LONG.slice(0, 24)),
  Google: of('AI', 'za', LONG.slice(0, 35)),
  'Hugging Face': of('h', 'f_', LONG.slice(0, 34)),
  'private key': of('-----BEGIN OPENSSH ', 'PRIVATE KEY-----\nabc'),
  'encrypted key': of('-----BEGIN ENCRYPTED ', 'PRIVATE KEY-----'),
  JWT: of('ey', 'JhbGciOiJIUzI1NiJ9', '.ey', 'JzdWIiOiIxMjM0NTY3ODkwIn0', '.sig-nature'),
  'address with a password': of('postgres://app:', 'c0rrect-horse@db.example/app'),
  'address with a token': of('https://x-access-token:', 'abcdefghij@github.com/a/b'),
};

describe('shapes of tokens', () => {
  test.each(Object.entries(TOKENS))('%s', (_name, token) => {
    expect(tokenShape(token)).toBeDefined();
    expect(tokenShape(`--option="${token}" more`)).toBeDefined();
  });

  test('the secret half of a pair of AWS, by its name', () => {
    expect(tokenShape(LONG, 'AWS_SECRET_ACCESS_KEY')).toBe('a secret key of AWS');
    expect(tokenShape(LONG, 'BUILD')).toBeUndefined();
    expect(tokenShape(SHA, 'aws_commit')).toBeUndefined();
  });

  test.each([
    ...[
      '1.2.3',
      'v1.2.3-rc.1+build.5',
      'main',
      'true',
      SHA,
      `sha256:${SHA}${SHA.slice(0, 24)}`,
      'ghp_short',
      'npm_config_cache',
      'npm_package',
    ],
    ...[
      'sk_test_abcdef',
      'https://example.com:8080/x',
      'ssh://git@github.com/a/b',
      'http://user@host/',
      'AKIA',
      'xoxo',
      'pypi-server==1.2',
    ],
    ...[
      'postgres://postgres:postgres@db/test',
      'mysql://root:password@db',
      'https://user:${TOKEN}@host',
      'eyJhbGci',
      'glpat-',
      'AIza',
    ],
    ...['-----BEGIN CERTIFICATE-----', '-----BEGIN PUBLIC KEY-----', '[::1]:5000', 'registry:5000/app@sha256:abc'],
  ])('none: %s', text => {
    expect(tokenShape(text, 'SECRET_OR_NOT')).toBeUndefined();
  });
});

describe('what looks random', () => {
  test.each(['x9Kd82mZq0LrT7vBn4Yw', 'Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5', LONG])('%s', text => expect(looksRandom(text)).toBe(true));
  test.each([
    ...[SHA, SHA.slice(0, 7), SHA.toUpperCase(), '5d41402abc4b2a76b9719d911017c592', '123e4567-e89b-12d3-a456-426614174000'],
    ...[
      'sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdBeoGlODJ6+SfaPg==',
      'h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=',
    ],
    ...[
      '1.22.0-alpine3.19',
      'v20.11.1',
      'https://Example.com/Some/Path1234567890',
      'linux/amd64',
      'MyCompany-Service-Name-V2',
      'aaaaaaaaaaaaaaaaaaaaaaaA1',
    ],
    ...['2026-11-21T20:23:12Z', 'short1A', 'no digits but UPPER and lower', 'node:20.11.1-bookworm-slim@sha256:abc'],
  ])('not: %s', text => expect(looksRandom(text)).toBe(false));
});

const VALUE = 'correct horse battery staple';
const SECRETS: readonly KnownSecret[] = [
  { name: 'the secret "npm"', value: VALUE },
  { name: 'the secret "rc"', value: 'first = 1\n  //registry/:_authToken=wxyz-7788\n' },
  { name: 'github-token', value: 'opaque' },
];
const plan = (typed: Typed, environment: Record<string, string> = {}, secrets = SECRETS): Plan =>
  planOf(anEvent(), { images: '', ...typed }, { secrets, environment });
const refusal = (typed: Typed, environment: Record<string, string> = {}): string => {
  try {
    plan(typed, environment);
  } catch (error) {
    if (error instanceof UserError) return `${error.message}\n${error.hint ?? ''}`;
    throw error;
  }
  return '';
};

describe('build arguments', () => {
  test.each<[string, string, Record<string, string>, RegExp]>([
    ['the value of a secret', `TOKEN=${VALUE}`, {}, /build-args: the argument "TOKEN" holds the value of the secret "npm"/],
    ['inside of more', `URL=https://x/?a=${VALUE}&b`, {}, /"URL" holds the value of the secret "npm"/],
    ['as part of an address', `URL=https://x/?a=${encodeURIComponent(VALUE)}`, {}, /the secret "npm"/],
    ['as base64', `AUTH=${Buffer.from(VALUE).toString('base64')}`, {}, /the secret "npm"/],
    ['a line of one', 'RC=//registry/:_authToken=wxyz-7788', {}, /the secret "rc"/],
    ['a short one, as a whole', 'A=opaque', {}, /holds the value of github-token/],
    [
      'from the environment',
      'TOKEN',
      { TOKEN: VALUE },
      /"TOKEN" \(its value is from the environment\) holds the value of the secret "npm"/,
    ],
    ...Object.entries(TOKENS).map(([name, token]): [string, string, Record<string, string>, RegExp] => [
      name,
      JSON.stringify(`X=${token}`),
      {},
      /the argument "X" holds an? /,
    ]),
  ])('%s: refused with provenance of mode max, which is the default in public', (_name, text, environment, message) => {
    const typed = { 'build-args': text.startsWith('"') ? `"${(JSON.parse(text) as string).replaceAll('"', '""')}"` : text };
    for (const more of [{}, { provenance: 'mode=max' }, { provenance: 'true' }]) {
      const said = refusal({ ...typed, ...more }, environment);
      expect(said).toMatch(message);
      expect(said).toContain('--mount=type=secret');
    }
    for (const provenance of ['mode=min', 'false']) {
      const { warnings } = plan({ ...typed, provenance }, environment);
      expect(warnings).toContainEqual(expect.stringMatching(message));
      expect(warnings.join()).toContain('history');
    }
  });

  test('the value is never shown, nor part of the plan', () => {
    const token = TOKENS['npm'] ?? '';
    for (const value of [VALUE, token]) expect(refusal({ 'build-args': `T=${value}` })).not.toContain(value);
    const made = plan({ 'build-args': 'T', provenance: 'mode=min' }, { T: VALUE });
    expect(JSON.stringify(made)).not.toContain(VALUE);
    expect(JSON.stringify(made)).not.toContain('opaque');
  });

  test('a plan says what a step that ships would refuse', () => {
    const { stops, warnings } = plan({ mode: 'plan', 'build-args': `T=${VALUE}` });
    expect(stops).toEqual([expect.stringMatching(/^build-args: the argument "T".*`mode: ship` would stop here/)]);
    expect(warnings).toEqual(expect.arrayContaining([...(stops ?? [])]));
  });

  test('what only looks random is warned of', () => {
    const { warnings } = plan({ 'build-args': 'PASS=x9Kd82mZq0LrT7vBn4Yw' });
    expect(warnings).toEqual([expect.stringMatching(/^build-args: the argument "PASS" looks like a generated secret/)]);
  });

  test.each([
    `COMMIT=${SHA}`,
    'A=opaque2',
    'TOKEN',
    'EMPTY=',
    'VERSION={{meta.version}}',
    'DB=postgres://postgres:postgres@db/test',
    'SUM=sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ])('nothing is said of %s', text => {
    expect(plan({ 'build-args': text }).warnings).toEqual([]);
  });

  test('a secret that everybody knows anyway, or that is a common word, gives nothing away', () => {
    const secrets = ['main', SHA, 'Acme/App', 'true', '1', 'production'].map((value, at) => ({ name: `s${at}`, value }));
    const args = ['BRANCH=main', `SHA=${SHA}`, 'REPO=Acme/App', 'X=true', 'N=1', 'V=1.1.1', 'ENV=production'];
    expect(plan({ 'build-args': args.join('\n') }, {}, secrets).warnings).toEqual([]);
  });
});

test('labels and annotations are read by everybody, whatever the provenance', () => {
  for (const input of ['labels', 'annotations'])
    for (const value of [VALUE, TOKENS['npm'] ?? '']) {
      const said = refusal({ [input]: `note=${value}`, provenance: 'false' });
      expect(said).toMatch(new RegExp(`${input}: the ${input.slice(0, -1)} "note" holds .*everybody who has the image`));
      expect(said).not.toContain(value);
    }
});

describe('where a build reads from', () => {
  test.each<[string, (value: string) => Typed]>([
    ['context', value => ({ context: `https://x.org/a.tgz?t=${encodeURIComponent(value)}` })],
    ['file', value => ({ file: `https://x.org/Dockerfile?t=${encodeURIComponent(value)}` })],
    ['build-contexts', value => ({ 'build-contexts': `x=https://x.org/a.tgz?t=${encodeURIComponent(value)}` })],
    ['add-hosts', value => ({ 'add-hosts': `${value.replaceAll(' ', '%20')}:1.1.1.1` })],
  ])('%s: a secret or a token there is refused, whatever the provenance, and not shown', (input, typed) => {
    for (const value of [VALUE, TOKENS['GitHub, classic'] ?? '']) {
      const said = refusal({ ...typed(value), provenance: 'false' });
      expect(said).toMatch(new RegExp(`^.*${input}: the value .*holds .*list of processes`, 's'));
      expect(said).not.toContain(value);
    }
  });

  test('nothing is said of what holds none', () => {
    const typed = { context: `https://x.org/a.git#${SHA}`, file: 'docker/Dockerfile', 'add-hosts': 'db:10.0.0.1' };
    expect(plan({ ...typed, 'build-contexts': `x=docker-image://y@sha256:${SHA}${SHA.slice(0, 24)}` }).warnings).toEqual([]);
  });
});
