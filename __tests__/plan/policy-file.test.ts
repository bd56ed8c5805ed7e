import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormatsModule from 'ajv-formats';
import { load } from 'js-yaml';
import { POLICY_INPUTS } from '../../src/plan/inputs.ts';
import { POLICY_KEYS, parsePolicy } from '../../src/plan/policy-file.ts';
import { SEVERITIES } from '../../src/plan/severity.ts';
import { messageOf } from './plan-builders.ts';

const where = { path: '.github/seaworthy.yml', commit: 'c0ffee' };
const schema = JSON.parse(readFileSync(new URL('../../schema/policy.schema.json', import.meta.url), 'utf8')) as {
  readonly properties: Readonly<Record<string, { readonly items?: { readonly enum?: readonly string[] } }>>;
};
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true });
// The package is CommonJS: under ESM its function is the default of the default.
(addFormatsModule as unknown as { readonly default: (ajv: Ajv2020) => void }).default(ajv);
const validate = ajv.compile(schema);

const FULL = `# reviewed by the platform team
version: 1
block: {vuln: [HIGH, CRITICAL], secret: all}
ignore-unfixed: false
exceptions:
  - {id: CVE-2023-45853, package: zlib1g, reason: "not reachable", expires: 2027-01-31}
  - id: aws-access-key-id
    path: app/testdata/key.txt
    platform: linux/arm64/v8
    reason: a test key
    expires: "2027-02-28"
gate: enforce
on-scan-error: fail
images:
  ghcr.io/Acme/Tiny: {allow-unrecognised: "scratch, static Go"}
inputs-may-loosen: [severity]
`;

test('every key', () => {
  const file = parsePolicy(FULL, where);
  expect(file).toMatchObject({
    ...where,
    blockVuln: ['HIGH', 'CRITICAL'],
    blockSecret: SEVERITIES,
    ignoreUnfixed: false,
    gate: 'enforce',
    onScanError: 'fail',
    inputsMayLoosen: ['severity'],
  });
  expect(file.exceptions).toEqual([
    {
      id: 'CVE-2023-45853',
      package: 'zlib1g',
      reason: 'not reachable',
      expires: '2027-01-31',
      source: '.github/seaworthy.yml:6',
    },
    {
      id: 'aws-access-key-id',
      path: 'app/testdata/key.txt',
      platform: 'linux/arm64',
      reason: 'a test key',
      expires: '2027-02-28',
      source: '.github/seaworthy.yml:7',
    },
  ]);
  expect([...file.unrecognised]).toEqual([['ghcr.io/acme/tiny', 'scratch, static Go']]);
  expect(file.lines.get('block.vuln')).toBe(3);
});

test.each(['', '# nothing yet\n', '{}', 'version: 1\nexceptions:\nimages:\n'])('every key may be missing: %p', text => {
  expect(parsePolicy(text, where)).toMatchObject({ blockVuln: undefined, gate: undefined, exceptions: [], inputsMayLoosen: [] });
});

describe('mistakes have their line', () => {
  test.each([
    ['version: 2', '1: "version": 2 is not a version'],
    ['version: 1\nblok: {}', '2: "blok" is not a key here'],
    ['version: 1\nblok: {}', 'did you mean "block"'],
    ['block:\n  vuln: [HIGH]\n  secrets: all', '3: "block.secrets" is not a key here: vuln, secret'],
    ['block:\n  vuln:\n    - HIGH\n    - CRITCAL', '4: "block.vuln[1]": "CRITCAL"'],
    ['block: {vuln: HIGH}', '1: "block.vuln": "HIGH" is not "all" or a list'],
    ['block: [HIGH]', '1: "block" must be a mapping'],
    ['ignore-unfixed: yes', '1: "ignore-unfixed": "yes" is not true or false (did you mean "true"?)'],
    ['gate: of', 'did you mean "off"'],
    ['on-scan-error: ignore', 'fail, warn'],
    ['inputs-may-loosen: [servity]', 'did you mean "severity"'],
    ['inputs-may-loosen: severity', 'is not a list'],
    ['exceptions:\n  - {id: CVE-1, expires: 2027-01-01}', '2: "exceptions[0]" has no "reason"'],
    ['exceptions:\n  - {id: CVE-1, reason: x}', '2: "exceptions[0]" has no "expires"'],
    ['exceptions:\n  - {reason: x, expires: 2027-01-01}', '2: "exceptions[0]" has no "id"'],
    ['exceptions:\n  - {id: CVE-1, reason: " ", expires: 2027-01-01}', '"exceptions[0].reason": " " is not a text'],
    [
      'exceptions:\n  - id: CVE-1\n    reason: x\n    expires: 2027-02-30',
      '4: "exceptions[0].expires": "2027-02-30" is not a date YYYY-MM-DD: 2027-02 has 28 days',
    ],
    ['exceptions:\n  - {id: CVE-1, reason: x, expires: soon}', 'is not a date YYYY-MM-DD'],
    ['exceptions:\n  - {id: 5, reason: x, expires: 2027-01-01}', 'is not a text'],
    ['exceptions:\n  - {id: A, reason: x, expires: 2027-01-01, platform: linux/adm64}', 'did you mean "linux/amd64"'],
    ['exceptions:\n  - {id: A, reason: x, expires: 2027-01-01, reasn: y}', 'did you mean "reason"'],
    ['exceptions: [CVE-1]', '"exceptions[0]" must be a mapping'],
    ['grace: {HIGH: 7d}', '1: "grace" is not supported yet'],
    ['images: {"a:1": {allow-unrecognised: x}}', 'is not an image name'],
    ['images: {a: {allow-unrecognised: true}}', 'is not a text'],
    ['- 1', '1: the file must be a mapping'],
    ['a: [', '1: this is not YAML'],
    ['gate: off\ngate: warn', '2: this is not YAML: duplicated mapping key'],
    ['gate: &x off\non-scan-error: *x', 'this is not YAML'],
    ['gate: off\n---\ngate: warn', 'this is not YAML'],
    ['__proto__: {gate: off}', '"__proto__" is not a key here'],
    ['constructor: x', '"constructor" is not a key here'],
  ])('%j', (text, says) => {
    expect(messageOf(() => parsePolicy(text, where))).toContain(says);
  });

  test('all at once, in the order of the lines', () => {
    const message = messageOf(() => parsePolicy('gate: of\nexceptions:\n  - {id: A}\nblok: 1\n', where));
    expect([...message.matchAll(/seaworthy\.yml:(\d+)/g)].map(match => match[1])).toEqual(
      ['.github', '1', '3', '3', '4'].slice(1),
    );
    expect(message).toMatch(/^4 mistakes in \.github\/seaworthy\.yml/);
  });
});

describe('the JSON schema says the same', () => {
  test.each([FULL, '{}', 'block: {vuln: [], secret: []}', 'images: {a/b: }'])('accepts %#', text => {
    expect(validate(load(text))).toBe(true);
    expect(() => parsePolicy(text, where)).not.toThrow();
  });

  test.each([
    'blok: {}',
    'version: 2',
    'gate: of',
    'block: {vuln: HIGH}',
    'exceptions: [{id: A, reason: x}]',
    'exceptions: [{id: A, reason: x, expires: 2027-02-30}]',
    'exceptions: [{id: A, reason: "", expires: 2027-02-03}]',
    'inputs-may-loosen: [push]',
    'images: {a: {allow-unrecognised: true}}',
  ])('refuses %s', text => {
    expect(validate(load(text))).toBe(false);
    expect(() => parsePolicy(text, where)).toThrow();
  });

  test('its keys are those of the code', () => {
    expect(Object.keys(schema.properties)).toEqual([...POLICY_KEYS]);
    expect(schema.properties['inputs-may-loosen']?.items?.enum).toEqual([...POLICY_INPUTS]);
  });
});
