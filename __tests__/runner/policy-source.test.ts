import { describe, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { policyOrigin, readPolicy } from '../../src/runner/policy-source.ts';
import type { PolicyReaders } from '../../src/runner/policy-source.ts';
import { readWorkspaceFile, workspaceCommit } from '../../src/runner/workspace.ts';
import type { Event } from '../../src/plan/event.ts';
import { SHA, aPullRequest, aTag, anEvent } from '../plan/plan-builders.ts';

const dependabot = { actor: 'dependabot[bot]' };

describe('where the policy is read (rules 3)', () => {
  test.each<[string, Event, string, string]>([
    ['push', anEvent(), 'commit', SHA],
    ['tag', aTag('v1'), 'commit', SHA],
    ['release', aTag('v1', { name: 'release' }), 'commit', SHA],
    ['schedule', anEvent({ name: 'schedule' }), 'commit', SHA],
    ['workflow_dispatch', anEvent({ name: 'workflow_dispatch' }), 'commit', SHA],
    ['pull request of the same repository', aPullRequest(), 'commit', SHA],
    ['pull request of a fork', aPullRequest({}, true), 'branch', 'main'],
    ['pull request by Dependabot', aPullRequest(dependabot), 'branch', 'main'],
    ['push by Dependabot', anEvent(dependabot), 'branch', 'main'],
    ['merge_group', anEvent({ name: 'merge_group', baseRef: 'release' }), 'branch', 'release'],
    ['pull_request_target', aPullRequest({ name: 'pull_request_target' }), 'branch', 'main'],
    ['workflow_run', anEvent({ name: 'workflow_run' }), 'branch', 'main'],
    ['issue_comment', anEvent({ name: 'issue_comment' }), 'branch', 'main'],
  ])('%s', (_name, event, kind, ref) => {
    expect(policyOrigin(event)).toMatchObject({ kind, ref });
  });

  test('no base branch known: no guess', () => {
    expect(() => policyOrigin(anEvent({ name: 'workflow_run', defaultBranch: undefined }))).toThrow('base branch');
  });
});

/** Readers over two small trees; `asked` tells what went to the API. */
function readers(
  over: { workspace?: string | undefined; files?: Record<string, string>; remote?: Record<string, string>; failure?: Error } = {},
): PolicyReaders & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    workspaceCommit: () => Promise.resolve(over.workspace),
    readWorkspace: file => Promise.resolve(over.files?.[file]),
    fetchFile: (file, ref) => {
      asked.push(`${file}@${ref}`);
      if (over.failure !== undefined) return Promise.reject(over.failure);
      const text = over.remote?.[file];
      return Promise.resolve(text === undefined ? undefined : { text, commit: 'tip' });
    },
  };
}

const FILE = '.github/seaworthy.yml';

describe('reading', () => {
  test('from the workspace when it is a checkout of the commit', async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: warn' }, remote: { [FILE]: 'gate: off' } });
    expect(await readPolicy(anEvent(), undefined, from)).toEqual({ text: 'gate: warn', path: FILE, commit: SHA });
    expect(from.asked).toEqual([]);
  });

  test.each([undefined, 'a'.repeat(40)])('through the API when the workspace is at %p', async workspace => {
    const from = readers({ workspace, files: { [FILE]: 'gate: off' }, remote: { [FILE]: 'gate: warn' } });
    expect(await readPolicy(anEvent(), undefined, from)).toEqual({ text: 'gate: warn', path: FILE, commit: 'tip' });
    expect(from.asked).toEqual([`${FILE}@${SHA}`]);
  });

  test("a fork's workspace is never asked, even when it is there", async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: off' }, remote: { [FILE]: 'gate: enforce' } });
    expect(await readPolicy(aPullRequest({}, true), undefined, from)).toMatchObject({ text: 'gate: enforce' });
    expect(from.asked).toEqual([`${FILE}@main`]);
  });

  test('the default file may be absent', async () => {
    expect(await readPolicy(anEvent(), undefined, readers({ workspace: SHA }))).toBeUndefined();
    expect(await readPolicy(anEvent(), undefined, readers())).toBeUndefined();
  });

  test('a named one may not', async () => {
    await expect(readPolicy(anEvent(), 'ship/policy.yml', readers())).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('ship/policy.yml'),
    });
    const from = readers({ workspace: SHA, files: { 'ship/policy.yml': '' } });
    expect(await readPolicy(anEvent(), './ship/policy.yml', from)).toMatchObject({ text: '', path: 'ship/policy.yml' });
  });

  test('any other failure ends the run and names the permission', async () => {
    const failure = new Error('403 Resource not accessible by integration');
    await expect(readPolicy(aPullRequest({}, true), undefined, readers({ failure }))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('403'),
      hint: expect.stringContaining('contents: read'),
      cause: failure,
    });
  });

  test.each(['../x.yml', '/etc/passwd', 'a/../../b', 'a//b', 'acme/policies/p.yml@main', 'a\\b'])(
    'the path %s is refused',
    async named => {
      await expect(readPolicy(anEvent(), named, readers({ workspace: SHA, files: { [named]: 'x' } }))).rejects.toMatchObject({
        name: 'UserError',
      });
    },
  );
});

describe('the commit of a checkout, without starting git', () => {
  async function inCheckout(files: Record<string, string>, check: (directory: string) => Promise<void>): Promise<void> {
    const directory = await mkdtemp(path.join(tmpdir(), 'checkout-'));
    try {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(path.dirname(path.join(directory, name)), { recursive: true });
        await writeFile(path.join(directory, name), text);
      }
      await check(directory);
    } finally {
      await rm(directory, { recursive: true });
    }
  }

  test.each<[string, Record<string, string>, string | undefined]>([
    ['detached, as actions/checkout leaves it', { '.git/HEAD': `${SHA}\n` }, SHA],
    ['on a branch', { '.git/HEAD': 'ref: refs/heads/a/b\n', '.git/refs/heads/a/b': `${SHA}\n` }, SHA],
    [
      'on a packed branch',
      {
        '.git/HEAD': 'ref: refs/heads/main\n',
        '.git/packed-refs': `# pack-refs\n${'c'.repeat(40)} refs/heads/xmain\n${SHA} refs/heads/main\n`,
      },
      SHA,
    ],
    ['a worktree', { '.git': 'gitdir: real/git\n', 'real/git/HEAD': `${SHA}\n` }, SHA],
    ['an unborn branch', { '.git/HEAD': 'ref: refs/heads/main\n' }, undefined],
    ['no checkout', { 'x.txt': '' }, undefined],
    ['a broken HEAD', { '.git/HEAD': 'nonsense' }, undefined],
    ['a HEAD that points outside', { '.git/HEAD': 'ref: refs/../../secret', secret: SHA }, undefined],
  ])('%s', async (_name, files, commit) => {
    await inCheckout(files, async directory => {
      expect(await workspaceCommit(directory)).toBe(commit);
    });
  });

  test('a file that is not there is undefined, a directory too', async () => {
    await inCheckout({ 'a/b': 'text' }, async directory => {
      expect(await readWorkspaceFile(directory, 'a/b')).toBe('text');
      expect(await readWorkspaceFile(directory, 'a/c')).toBeUndefined();
      expect(await readWorkspaceFile(directory, 'a')).toBeUndefined();
      expect(await readWorkspaceFile(directory, 'a/b/c')).toBeUndefined();
    });
  });
});
