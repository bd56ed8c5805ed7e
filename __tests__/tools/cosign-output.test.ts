// What recorded runs of cosign are taken for. The recording says how it was made: fixtures/cosign/recorded.json.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { cosignMessage, redact } from '../../src/tools/cosign-log.ts';
import { readFailure, readVerification } from '../../src/tools/cosign-output.ts';
import type { CommandResult } from '../../src/tools/command.ts';

interface Recorded {
  readonly name: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: readonly string[];
}

const { runs } = JSON.parse(readFileSync(new URL('../fixtures/cosign/recorded.json', import.meta.url), 'utf8')) as {
  readonly runs: readonly Recorded[];
};

function recorded(name: string): CommandResult {
  const found = runs.find(run => run.name === name);
  if (found === undefined) throw new Error(`nothing recorded under "${name}"`);
  return {
    exitCode: found.exitCode,
    signal: null,
    timedOut: false,
    stdout: found.stdout,
    stderr: found.stderr.join('\n'),
    seconds: 0.3,
  };
}

function digestIn(result: CommandResult): string {
  return /"docker-manifest-digest":"([^"]+)"/.exec(result.stdout)?.[1] ?? `sha256:${'0'.repeat(64)}`;
}

const NO_SECRETS = { secrets: [] };

describe('verify: yes', () => {
  test('the right digest, type and annotation', () => {
    const result = recorded('verify ok');
    const expected = { digest: digestIn(result), annotations: { 'dev.seaworthy.run': '7/1' } };
    expect(readVerification(result, expected, NO_SECRETS)).toEqual({ kind: 'verified' });
  });

  test('keyless', () => {
    const result = recorded('verify keyless ok');
    expect(readVerification(result, { digest: digestIn(result), annotations: {} }, NO_SECRETS)).toEqual({ kind: 'verified' });
  });
});

describe('verify: no', () => {
  test.each([
    ['verify unsigned', 'no signatures found'],
    ['verify not there', 'no signatures found'],
    ['verify other run', 'missing or incorrect annotation'],
    ['verify other key', 'accepted signatures do not match threshold'],
    ['verify keyless other identity', 'expected SAN value'],
    ['verify keyless other trigger', 'expected GithubWorkflowTrigger'],
  ])('%s', (name, reason) => {
    const answer = readVerification(recorded(name), { digest: `sha256:${'0'.repeat(64)}`, annotations: {} }, NO_SECRETS);
    expect(answer).toEqual({ kind: 'none', reason: expect.stringContaining(reason) });
  });

  test('cosign exits 0 for an image that only has an attestation: no signature', () => {
    const result = recorded('verify attested only');
    expect(result.exitCode).toBe(0);
    expect(readVerification(result, { digest: digestIn(result), annotations: {} }, NO_SECRETS)).toEqual({
      kind: 'none',
      reason: expect.stringContaining('no signature'),
    });
  });

  test.each([
    ['another digest', { digest: `sha256:${'f'.repeat(64)}`, annotations: {} }],
    ['another run', { digest: digestIn(recorded('verify ok')), annotations: { 'dev.seaworthy.run': '8/1' } }],
    ['a name that every object has', { digest: digestIn(recorded('verify ok')), annotations: { constructor: 'x' } }],
  ])('the JSON speaks of %s although cosign ended well', (_, expected) => {
    expect(readVerification(recorded('verify ok'), expected, NO_SECRETS).kind).toBe('none');
  });
});

describe('verify: could not be found out', () => {
  test.each([
    ['verify referrers 500', 10, true],
    ['verify referrers 429', 10, true],
    ['verify bundle blob reset', 10, true],
    ['verify referrers 401', 10, false],
    ['verify tag 403', 10, false],
    ['verify everything 401', 1, false],
    ['verify everything 503', 1, true],
    ['verify no TUF', 1, true],
  ])('%s (exit code %d; cosign itself says "no signatures found" for 10), another try: %p', (name, exitCode, retriable) => {
    const result = recorded(name);
    expect(result.exitCode).toBe(exitCode);
    expect(readVerification(result, { digest: `sha256:${'0'.repeat(64)}`, annotations: {} }, NO_SECRETS)).toMatchObject({
      kind: 'unknown',
      retriable,
    });
  });

  test.each(['', 'null', '{}', '"text"', '[{"critical"', 'Verification for ...'])(
    'exit code 0 with %p on stdout is never a yes',
    stdout => {
      const answer = readVerification({ ...recorded('verify ok'), stdout }, { digest: 'x', annotations: {} }, NO_SECRETS);
      expect(answer.kind).toBe('unknown');
    },
  );

  test.each(['[]', '[null]', '[{}]', '[{"critical":null}]', '[{"critical":{"type":"https://cyclonedx.org/bom"}}]'])(
    'exit code 0 with %s is a no',
    stdout => {
      const answer = readVerification({ ...recorded('verify ok'), stdout }, { digest: 'x', annotations: {} }, NO_SECRETS);
      expect(answer.kind).toBe('none');
    },
  );

  test('an answer that was made good later is no doubt', () => {
    const log = (status: string): string => `2026/11/21 14:18:52 <-- ${status} http://r/v2/a/referrers/sha256:00 (1ms)`;
    const stderr = [log('503'), log('EOF GET'), log('404'), 'error during command execution: no signatures found'].join('\n');
    const result = { ...recorded('verify unsigned'), stderr };
    expect(readVerification(result, { digest: 'x', annotations: {} }, NO_SECRETS).kind).toBe('none');
  });

  test('killed after its time: another try', () => {
    const result: CommandResult = {
      ...recorded('verify unsigned'),
      exitCode: null,
      signal: 'SIGTERM',
      timedOut: true,
      stderr: '',
    };
    const answer = readVerification(result, { digest: 'x', annotations: {} }, { secrets: [], timeout: 165_000 });
    expect(answer).toMatchObject({
      kind: 'unknown',
      retriable: true,
      failure: { message: 'cosign verify failed: no answer after 165 s' },
    });
  });
});

describe('sign: outage or refusal, in one line', () => {
  test.each([
    ['sign everything 401', false, 'ToolError', /UNAUTHORIZED/, /write to this repository/],
    ['sign upload 403', false, 'ToolError', /DENIED/, /packages: write/],
    ['sign everything 429', true, 'ToolError', /TOOMANYREQUESTS/, /outage/],
    ['sign manifest 503', true, 'ToolError', /UNKNOWN: made to fail/, /outage/],
    ['sign manifest reset', true, 'ToolError', /EOF/, /outage/],
    ['sign registry down', true, 'ToolError', /connection refused/, /outage/],
    ['sign keyless Fulcio down', true, 'ToolError', /signingCert.*connection refused/, /outage/],
    ['sign keyless token refused', true, 'ToolError', /gave cosign no OIDC token/, /id-token: write/],
    ['sign not there', false, 'ToolError', /404/, /not in the registry/],
    ['sign wrong password', false, 'UserError', /cannot be opened with this password/, /cosign-password/],
    ['public-key of PKCS8', false, 'UserError', /plain private key/, /import-key-pair/],
    ['public-key of a public key', false, 'UserError', /public half/, /private one/],
    ['public-key of garbage', false, 'UserError', /not a key that cosign can read/, /BEGIN and END/],
    ['public-key gcpkms', false, 'UserError', /does not know the key service/, /pinned release/],
    ['public-key awskms', false, 'ToolError', /IMDS/, /configure-aws-credentials/],
  ])('%s', (name, retriable, kind, message, hint) => {
    const { failure, retriable: again } = readFailure('sign', recorded(name), NO_SECRETS);
    expect(failure.name).toBe(kind);
    expect(failure.message).toMatch(message);
    expect(failure.message).not.toContain('\n');
    expect(failure.message.length).toBeLessThan(480);
    expect(failure.hint).toMatch(hint);
    expect(again).toBe(retriable);
  });

  test('a failed look needs the right to read, not to write', () => {
    expect(readFailure('verify', recorded('verify everything 401'), NO_SECRETS).failure.hint).toContain('right to read');
  });

  test('the log of HTTP traffic is never shown', () => {
    const { failure } = readFailure('sign', recorded('sign manifest 503'), NO_SECRETS);
    expect(failure).toMatchObject({ tail: expect.not.arrayContaining([expect.stringMatching(/<--|-->|HTTP\/1\.1/)]) });
  });
});

test('a token service that answers nonsense', () => {
  const stderr = 'error during command execution: retrieving ID token: fetching ambient OIDC credentials: invalid character';
  const { failure, retriable } = readFailure('sign', { ...recorded('sign wrong password'), stderr }, NO_SECRETS);
  expect(failure.hint).toContain('githubstatus');
  expect(retriable).toBe(true);
});

test('the last words of cosign, without the reference, on one line', () => {
  expect(cosignMessage(recorded('sign wrong password').stderr)).toMatch(/^signing digest: getting keypair .*decryption failed$/);
  expect(cosignMessage('')).toBe('');
});

test('secrets and tokens are cut out of messages', () => {
  const token = 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln';
  expect(redact(`open ${token}: no such file; password hunter22`, ['hunter22', ''])).toBe('open ***: no such file; password ***');
});
