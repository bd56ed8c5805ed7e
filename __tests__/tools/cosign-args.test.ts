// The argument arrays of cosign, as a table; and the line that consumers copy.

import { describe, expect, test } from '@jest/globals';
import { consumerLine, referenceOf, signArgs, verifyArgs } from '../../src/tools/cosign-args.ts';
import type { Verifier } from '../../src/tools/cosign-args.ts';
import type { Trust } from '../../src/tools/cosign-trust.ts';

const DIGEST = `sha256:${'1f'.repeat(32)}`;
const IMAGE = 'ghcr.io/acme/app';
const SUBJECT = { image: IMAGE, digest: DIGEST };
const OFFLINE: Trust = { signingConfig: '/run/sc.json', trustedRoot: '/run/tr.json', log: false, timestamps: false };
const PUBLIC: Trust = { log: true, timestamps: false };
const STAMPED: Trust = { signingConfig: '/run/sc.json', log: false, timestamps: true };
const OWN: Trust = { ...OFFLINE, log: true, shownTrustedRoot: 'ci/trusted root.json' };
const KEY: Verifier = { method: 'key', publicKey: '/run/cosign.pub' };
const EXACT: Verifier = {
  method: 'keyless',
  trigger: 'push',
  rule: {
    issuer: 'https://issuer.example',
    subject: { exact: 'https://github.com/acme/app/.github/workflows/x.yml@refs/heads/main' },
    repository: 'acme/app',
    commit: 'c0ffee',
  },
};
const LASTING: Verifier = {
  method: 'keyless',
  rule: {
    issuer: 'https://issuer.example',
    subject: { pattern: String.raw`^https://github\.com/acme/app/\.github/workflows/x\.yml@.+$` },
    repository: 'acme/app',
  },
};
const REFERENCE = `${IMAGE}@${DIGEST}`;
const CALL = ['--verbose', '--timeout=150s'];

describe('cosign sign', () => {
  test.each([
    [
      'key, offline',
      'env://SEAWORTHY_COSIGN_KEY',
      OFFLINE,
      ['--key=env://SEAWORTHY_COSIGN_KEY', '--signing-config=/run/sc.json', '--trusted-root=/run/tr.json'],
    ],
    ['keyless, public instance', undefined, PUBLIC, ['--oidc-provider=github-actions']],
    ['keyless, private repository', undefined, STAMPED, ['--oidc-provider=github-actions', '--signing-config=/run/sc.json']],
  ])('%s', (_, key, trust, expected) => {
    expect(signArgs(SUBJECT, key, trust, { 'dev.seaworthy.run': '7/1' })).toEqual([
      'sign',
      ...CALL,
      '--yes',
      ...expected,
      '--annotations=dev.seaworthy.run=7/1',
      REFERENCE,
    ]);
  });

  test.each([
    ['a,b', '--annotations="k=a,b"'],
    ['say "hi"', '--annotations="k=say ""hi"""'],
  ])('an annotation of the value %s survives the CSV that cosign reads', (value, expected) => {
    expect(signArgs(SUBJECT, undefined, PUBLIC, { k: value })).toContain(expected);
  });

  test.each([{ '': 'x' }, { 'a=b': 'x' }, { 'a b': 'x' }, { a: 'x\ny' }, { a: 'x=y' }])(
    'an annotation that cosign would misread is refused: %j',
    annotations => {
      expect(() => signArgs(SUBJECT, undefined, PUBLIC, annotations as unknown as Record<string, string>)).toThrow(
        'not an annotation',
      );
    },
  );

  test.each(['localhost:5000/app', '127.0.0.1:5000/app', 'registry.localhost:5000/app', '[::1]:5000/app'])(
    'plain http only to this machine: %s',
    image => {
      expect(signArgs({ image, digest: DIGEST }, undefined, PUBLIC, {})).toContain('--allow-http-registry');
    },
  );

  test.each(['registry.example:5000/app', '10.0.0.7:5000/app', 'acme/app'])('never plain http to %s', image => {
    expect(signArgs({ image, digest: DIGEST }, undefined, PUBLIC, {})).not.toContain('--allow-http-registry');
  });
});

describe('only digests', () => {
  test.each([
    'latest',
    '',
    'sha256:',
    `sha256:${'A'.repeat(64)}`,
    `sha256:${'a'.repeat(63)}`,
    `sha512:${'a'.repeat(64)}`,
    `${DIGEST} `,
  ])('%p is not signed', digest => {
    expect(() => referenceOf({ image: IMAGE, digest })).toThrow('only digests are signed');
  });

  test.each([`${IMAGE}:latest`, `${IMAGE}@${DIGEST}`, '--key=/etc/passwd', 'https://ghcr.io/acme/app', 'ghcr.io/Acme/app'])(
    'image %s is not a repository',
    image => {
      expect(() => referenceOf({ image, digest: DIGEST })).toThrow('not the name of a repository');
    },
  );
});

describe('cosign verify', () => {
  test.each([
    ['key, offline', KEY, OFFLINE, ['--key=/run/cosign.pub', '--trusted-root=/run/tr.json', '--insecure-ignore-tlog']],
    [
      'keyless, this run, public instance',
      EXACT,
      PUBLIC,
      [
        '--certificate-identity=https://github.com/acme/app/.github/workflows/x.yml@refs/heads/main',
        '--certificate-oidc-issuer=https://issuer.example',
        '--certificate-github-workflow-repository=acme/app',
        '--certificate-github-workflow-sha=c0ffee',
        '--certificate-github-workflow-trigger=push',
      ],
    ],
    [
      'keyless, any ref, private repository',
      LASTING,
      STAMPED,
      [
        String.raw`--certificate-identity-regexp=^https://github\.com/acme/app/\.github/workflows/x\.yml@.+$`,
        '--certificate-oidc-issuer=https://issuer.example',
        '--certificate-github-workflow-repository=acme/app',
        '--use-signed-timestamps',
        '--insecure-ignore-tlog',
      ],
    ],
  ])('%s', (_, verifier, trust, expected) => {
    expect(verifyArgs(SUBJECT, verifier, trust, {})).toEqual(['verify', ...CALL, '--output=json', ...expected, REFERENCE]);
  });

  test('a log entry is only renounced where there is no log', () => {
    expect(verifyArgs(SUBJECT, EXACT, OWN, {})).not.toContain('--insecure-ignore-tlog');
  });
});

describe('the line for consumers', () => {
  test.each([
    [
      'key',
      { method: 'key', publicKey: 'cosign.pub' } as const,
      OFFLINE,
      `cosign verify --key cosign.pub --insecure-ignore-tlog ${REFERENCE}`,
    ],
    [
      'key service',
      { method: 'key', publicKey: 'awskms:///alias/release' } as const,
      OFFLINE,
      `cosign verify --key awskms:///alias/release --insecure-ignore-tlog ${REFERENCE}`,
    ],
    [
      'keyless',
      LASTING,
      PUBLIC,
      String.raw`cosign verify --certificate-identity-regexp '^https://github\.com/acme/app/\.github/workflows/x\.yml@.+$' ` +
        `--certificate-oidc-issuer https://issuer.example --certificate-github-workflow-repository acme/app ${REFERENCE}`,
    ],
    [
      'own Sigstore',
      { method: 'key', publicKey: 'cosign.pub' } as const,
      OWN,
      `cosign verify --key cosign.pub --trusted-root 'ci/trusted root.json' ${REFERENCE}`,
    ],
  ])('%s', (_, verifier, trust, line) => {
    expect(consumerLine(SUBJECT, verifier, trust)).toBe(line);
  });

  test('nothing in it can break out of its quotes', () => {
    const trust = { ...OWN, shownTrustedRoot: "x'; rm -rf $HOME; '" };
    expect(consumerLine(SUBJECT, KEY, trust)).toContain(String.raw`'x'\''; rm -rf $HOME; '\'''`);
  });
});
