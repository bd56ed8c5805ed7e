// A login in the checkout that is built: told when the build could see it.

import { describe, expect, test } from '@jest/globals';
import { holdsLogin, judgeCheckout, leavesOut } from '../../src/plan/checkout-login.ts';
import { anEvent, planOf } from './plan-builders.ts';

const HEADER = '[http "https://github.com/"]\n\textraheader = AUTHORIZATION: basic eHg6eXk=\n';
const remote = (url: string): string => `[remote "origin"]\n\turl = ${url}\n`;

test.each<[string, string, boolean]>([
  ['a header of actions/checkout', `[core]\n\tbare = false\n${remote('https://github.com/acme/app')}${HEADER}`, true],
  ['a password in an address', remote('https://x-access-token:abc@github.com/acme/app'), true],
  ['a token in an address', remote('https://abc@github.com/acme/app'), true],
  ['a plain address', remote('https://github.com/acme/app'), false],
  ['ssh', remote('git@github.com:acme/app.git'), false],
  ['the account of Azure DevOps', remote('https://acme@dev.azure.com/acme/_git/app'), false],
  ['a header that is no login', '[http]\n\textraheader = X-Trace: 1\n', false],
  ['credentials elsewhere', '[includeIf "gitdir:/w/.git"]\n\tpath = /t/git-credentials.config\n', false],
])('%s', (_name, config, expected) => {
  expect(holdsLogin(config)).toBe(expected);
});

describe('.dockerignore', () => {
  test.each([
    '.git',
    '/.git',
    './.git/',
    '**/.git',
    '.git/**',
    '.git*',
    '.*',
    '*',
    '**',
    '.git/config',
    '**/config',
    '.gi?',
    '.g[ij]t',
    'x\r\n.git\r\n',
  ])('%j leaves it out', ignore => {
    expect(leavesOut(ignore, '.git/config')).toBe(true);
  });

  test.each([
    '',
    '# .git',
    '#.git',
    '.gitignore',
    '.github',
    'git',
    'x/.git',
    '.git\n!.git',
    '*\n!.git/config',
    '.git/con?',
    '.g[a-c]t',
    '.git[',
    '*/.git',
  ])('%j does not', ignore => {
    expect(leavesOut(ignore, '.git/config')).toBe(false);
  });
});

test('is a warning with the way out, and none where nothing can be seen', () => {
  const of = (ignore: string | undefined, config = HEADER): readonly string[] =>
    planOf(anEvent(), {}, { sources: { places: new Map(), unset: [], checkout: { config, ignore } } }).warnings;
  expect(of(undefined)).toEqual([
    expect.stringMatching(/^context: .+ Write \.git into \.dockerignore, or .+persist-credentials: false\.$/),
  ]);
  expect(of('node_modules')).toHaveLength(1);
  expect(of('.git')).toEqual([]);
  expect(of(undefined, '[core]')).toEqual([]);
  expect(JSON.stringify(judgeCheckout({ config: HEADER, ignore: undefined }))).not.toContain('eHg6eXk=');
});
