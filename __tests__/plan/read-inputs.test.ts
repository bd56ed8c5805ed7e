import { describe, expect, test } from '@jest/globals';
import { SECRET_INPUTS } from '../../src/plan/inputs.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import { inputsOf, messageOf } from './plan-builders.ts';

test('nothing typed gives the defaults', () => {
  const inputs = readInputs(() => '');
  expect(inputs).toMatchObject({
    images: [],
    references: [],
    context: undefined,
    platforms: [],
    push: 'auto',
    sign: 'auto',
    comment: 'auto',
    status: true,
    scanTimeout: 900,
    maxDbAge: 172_800,
    severity: undefined,
    gate: undefined,
    ignoreUnfixed: undefined,
    scanners: undefined,
  });
  expect(inputs.tags.map(rule => rule.text)).toEqual([
    'type=schedule',
    'type=ref,event=branch',
    'type=ref,event=tag',
    'type=ref,event=pr',
  ]);
});

describe('values', () => {
  test.each([
    ['true', true],
    ['True', true],
    ['TRUE', true],
    ['false', false],
    [' FALSE\n', false],
  ])('the boolean %p', (text, expected) => {
    expect(inputsOf({ 'no-cache': text }).noCache).toBe(expected);
  });

  test.each([
    ['48h', 172_800],
    ['15m', 900],
    ['1h30m', 5400],
    ['2d', 172_800],
    ['90s', 90],
  ])('the duration %s', (text, seconds) => {
    expect(inputsOf({ 'max-db-age': text }).maxDbAge).toBe(seconds);
  });

  test('platforms are normalised, each once, in the typed order', () => {
    const { platforms } = inputsOf({ platforms: 'linux/aarch64,linux/x86_64\nlinux/arm64/v8,linux/arm\nlinux/amd64/v3' });
    expect(platforms).toEqual([
      { os: 'linux', architecture: 'arm64' },
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm', variant: 'v7' },
      { os: 'linux', architecture: 'amd64', variant: 'v3' },
    ]);
  });

  test('images: lines, commas, attributes, lower case', () => {
    expect(inputsOf({ images: 'ghcr.io/Acme/App,acme/app' }).images.map(image => image.name)).toEqual([
      'ghcr.io/acme/app',
      'acme/app',
    ]);
    expect(inputsOf({ images: 'name=acme/app,enable=false\n# no\nacme/tools' }).images).toEqual([
      { name: 'acme/app', enable: false },
      { name: 'acme/tools', enable: true },
    ]);
  });

  test('severities and scanners in any case', () => {
    expect(inputsOf({ severity: 'high, Critical' }).severity).toEqual(['HIGH', 'CRITICAL']);
    expect(inputsOf({ scanners: 'VULN' }).scanners).toEqual(['vuln']);
  });

  test('build-args keep commas, quotes and #', () => {
    expect(inputsOf({ 'build-args': 'A=1,2\nB="x"\n#C=3\n"D=4,5"' }).buildArgs).toEqual(['A=1,2', 'B="x"', '#C=3', 'D=4,5']);
  });

  test('an empty password only means that nobody logs in: so it is on runs of forks', () => {
    const inputs = inputsOf({ registry: 'ghcr.io', username: 'octocat', password: '' });
    expect(inputs).toMatchObject({ username: undefined, password: undefined });
    expect(inputs.warnings.join()).toContain('does not log in');
  });

  test.each([
    ['true', 'true'],
    ['max', 'mode=max'],
    ['mode=min', 'mode=min'],
    ['mode=max,builder-id=https://x/y', 'mode=max,builder-id=https://x/y'],
  ])('provenance %s', (text, expected) => {
    expect(inputsOf({ provenance: text }).provenance).toBe(expected);
  });
});

describe('references in tags', () => {
  test('without images, plain entries with a slash or colon are references', () => {
    const inputs = inputsOf({ tags: 'Acme/App:1.0,acme/app:latest\nghcr.io/acme/app' });
    expect(inputs.references).toEqual([
      { image: 'acme/app', tag: '1.0' },
      { image: 'acme/app', tag: 'latest' },
      { image: 'ghcr.io/acme/app', tag: 'latest' },
    ]);
    expect(inputs.tags).toEqual([]);
  });

  test('with images they are raw rules, as in metadata-action', () => {
    const inputs = inputsOf({ images: 'acme/app', tags: 'feature/x' });
    expect(inputs.references).toEqual([]);
    expect(inputs.tags).toMatchObject([{ type: 'raw', attributes: { value: 'feature/x' } }]);
  });

  test('rules and references cannot be mixed', () => {
    expect(messageOf(() => inputsOf({ tags: 'acme/app:1\ntype=sha' }))).toContain('cannot be mixed');
  });
});

describe('mistakes', () => {
  test.each([
    ['platforms', 'linux/adm64', 'did you mean "linux/amd64"'],
    ['platforms', 'linux', 'names no architecture'],
    ['severity', 'HIHG', 'did you mean "HIGH"'],
    ['severity', 'HIHG', 'UNKNOWN, LOW, MEDIUM, HIGH, CRITICAL'],
    ['gate', 'enforced', 'did you mean "enforce"'],
    ['push', 'yes', 'auto, true, false'],
    ['sign', 'keyles', 'did you mean "keyless"'],
    ['on-scan-error', 'ignore', 'fail, warn'],
    ['ignore-unfixed', 'yes', 'true or false'],
    ['scanners', 'misconfig', 'not supported yet'],
    ['scan-timeout', '2 days', 'did you mean "2d"'],
    ['scan-timeout', '15', 'has no unit: write 15s, 15m'],
    ['scan-timeout', '0s', 'from 1s to 24h'],
    ['scan-timeout', '25d', 'from 1s to 24h'],
    ['max-db-age', '30s', 'from 1m to 3650d'],
    ['status', 'yes', 'did you mean "true"'],
    ['gate', 'false', 'did you mean "off"'],
    ['severity', 'MODERATE', 'did you mean "MEDIUM"'],
    ['mode', 'publish', 'did you mean "ship"'],
    ['registry', 'ghcr', 'did you mean "ghcr.io"'],
    ['registry', 'ghcr.io:https', 'is not a port'],
    ['registry', 'me:S3CR3T@ghcr.io', 'username and password'],
    ['db-repository', 'ghcr.io/Acme/trivy-db:2', '"Acme" must be in lower case'],
    ['db-repository', 'ghcr.io/acme/trivy-db@sha256:12', '64 hexadecimal digits'],
    ['db-repository', 'https://ghcr.io/acme/db', 'leave the scheme out'],
    ['images', 'acme/app:1.0', 'typed into "tags"'],
    ['images', 'name=acme/app,enabled=true', 'did you mean "enable"'],
    ['images', 'name=acme/app,enable=yes', 'true or false'],
    ['tags', 'type=smver', 'did you mean "semver"'],
    ['tags', 'type=ref,event=brunch', 'did you mean "branch"'],
    ['tags', 'type=semver', 'needs a pattern'],
    ['tags', 'type=raw', 'needs a value'],
    ['tags', 'type=sha,format=tiny', 'format=short'],
    ['tags', 'value="a"', 'quote'],
    ['flavor', 'latst=true', 'did you mean "latest"'],
    ['flavor', 'latest=maybe', 'latest=auto|true|false'],
    ['context', 'https://github.com/a/b#main', 'https://github.com/a/b.git#main'],
    ['context', '{{defaultContext}}/dir', '{{defaultContext}}:subdirectory'],
    ['trivy-version', 'latest', 'exact version'],
    ['provenance', 'mode=full', 'mode=max'],
    ['build-args', '=x', 'no name'],
  ])('%s: %s', (name, value, says) => {
    const message = messageOf(() => inputsOf({ [name]: value }));
    expect(message).toContain(says);
    expect(message.startsWith(`${name}: `)).toBe(true);
  });

  test('all at once, in one error', () => {
    const message = messageOf(() => inputsOf({ platforms: 'linux/adm64', severity: 'HIHG', push: 'yes', images: 'a:1' }));
    expect(message.split('\n')).toHaveLength(5);
    expect(message).toMatch(/^4 mistakes in the inputs:/);
  });

  test('control characters and long values cannot flood the message', () => {
    const message = messageOf(() => inputsOf({ gate: `\u001b[31m${'x'.repeat(10_000)}` }));
    expect(message.length).toBeLessThan(300);
    expect(message).not.toContain('\u001b');
  });

  test('secrets are in no message and no warning, whatever else is wrong', () => {
    const secret = 'S3CR3T\n"unbalanced';
    const typed = { platforms: 'x', registry: 'r', ...Object.fromEntries(SECRET_INPUTS.map(name => [name, secret])) };
    expect(messageOf(() => inputsOf(typed))).not.toContain('S3CR3T');
    expect(inputsOf({ password: secret }).warnings.join()).not.toContain('S3CR3T');
  });

  test('build arguments may be secret: a mistake does not show them', () => {
    expect(messageOf(() => inputsOf({ 'build-args': '=S3CR3T\n"S3CR3T' }))).not.toContain('S3CR3T');
  });
});
