// Checkouts on disk: the commit of each, and which ones a build reads from.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Checkout } from '../../src/plan/trust.ts';
import { findCheckouts, readWorkspaceFile, workspaceCommit } from '../../src/runner/workspace.ts';
import { aDirectory, aRepository, gitIn, root } from '../builders/checkouts.ts';

const SHA = '90dd6032fac8bda1b6c4436a2e65de27961ed071';

afterAll(() => rmSync(root, { recursive: true }));

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
    [
      'a worktree on a branch',
      {
        '.git': 'gitdir: repo/.git/worktrees/tree\n',
        'repo/.git/worktrees/tree/HEAD': 'ref: refs/heads/side\n',
        'repo/.git/worktrees/tree/commondir': '../..\n',
        'repo/.git/refs/heads/side': `${SHA}\n`,
      },
      SHA,
    ],
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

describe('what a build reads from', () => {
  let base: string;
  let baseSha: string;
  let pullSha: string;

  /** A workspace at the base, a pull request in `pr/`, a submodule in `vendor/lib`, a worktree in `trees/side`. */
  beforeAll(() => {
    const repository = aRepository();
    base = repository.directory;
    baseSha = repository.git('rev-parse', 'HEAD');
    const inside = (name: string): string => {
      mkdirSync(path.join(base, name), { recursive: true });
      return path.join(base, name);
    };
    const pull = gitIn(inside('pr'));
    pull('init', '--quiet', '--initial-branch', 'change');
    mkdirSync(path.join(base, 'pr', 'app'));
    pull('commit', '--quiet', '--allow-empty', '--message', 'change');
    pullSha = pull('rev-parse', 'HEAD');
    inside('app/src');
    inside('vendor/lib/deep');
    inside('.git/modules/lib');
    writeFileSync(path.join(base, 'vendor', 'lib', '.git'), 'gitdir: ../../.git/modules/lib\n');
    symlinkSync(path.join(base, 'pr', 'app'), path.join(base, 'link'));
    symlinkSync(path.join(base, 'pr'), path.join(base, 'pr:1'));
    symlinkSync(path.join(base, 'pr'), path.join(base, '{{x}}'));
    symlinkSync(path.join(base, 'pr'), path.join(base, 'target:pr'));
    writeFileSync(path.join(base, 'pr', 'Dockerfile'), '');
    symlinkSync('../pr/Dockerfile', path.join(base, 'app', 'linked.Dockerfile'));
  });

  const find = async (
    over: Partial<Parameters<typeof findCheckouts>[1]>,
    workspace = base,
  ): Promise<Record<string, string | undefined>> => {
    const found: readonly Checkout[] = await findCheckouts(workspace, {
      context: 'app',
      file: undefined,
      buildContexts: [],
      ...over,
    });
    return Object.fromEntries(found.map(({ directory, commit }) => [directory, commit]));
  };

  test.each<[string, Partial<Parameters<typeof findCheckouts>[1]>, boolean]>([
    ['a context of the workspace', {}, false],
    ['a context deeper down', { context: 'app/src' }, false],
    ['a context in the other checkout', { context: 'pr' }, true],
    ['a context deeper down in the other checkout', { context: './pr/app' }, true],
    ['a context that is not there', { context: 'pr/none/at/all' }, true],
    ['a link into the other checkout', { context: 'link' }, true],
    ['the whole workspace, which holds the other checkout', { context: '.' }, true],
    ['a Dockerfile of the other checkout', { file: 'pr/Dockerfile' }, true],
    ['a Dockerfile that is a link into the other checkout', { file: 'app/linked.Dockerfile' }, true],
    ['a context that looks like a stage', { context: 'target:pr/app' }, true],
    ['a Dockerfile below what looks like a stage', { file: 'target:pr/Dockerfile' }, true],
    ['a Dockerfile at a URL', { file: 'https://example.com/pr/Dockerfile' }, false],
    ['a Dockerfile of the workspace', { file: 'app/Dockerfile' }, false],
    ['a named context in the other checkout', { buildContexts: ['base=docker-image://alpine', 'code=pr/app'] }, true],
    [
      'named contexts that are no directories',
      {
        buildContexts: [
          'a=docker-image://pr',
          'b=https://x/pr',
          'c=target:pr',
          'd=git@host:pr',
          'e=docker-image://a:{{meta.version}}',
        ],
      },
      false,
    ],
    ['a layout in the other checkout', { buildContexts: ['a=oci-layout://pr:tag@sha256:00'] }, true],
    ['a layout by its digest', { buildContexts: ['a=oci-layout://./pr/app@sha256:00'] }, true],
    ['a Git context, whose Dockerfile is there and not here', { context: 'https://x.org/a.git', file: 'pr/Dockerfile' }, false],
    ['the commit from Git, the same', { context: '{{defaultContext}}:x', file: 'pr/Dockerfile' }, false],
    ['an archive on standard input, the same', { context: '-', file: 'pr/Dockerfile' }, false],
    ['a path with a colon', { context: 'pr:1/app' }, true],
    ['a named context with a colon', { buildContexts: ['code=pr:1/app'] }, true],
    ['a path with braces that nothing fills in', { buildContexts: ['code={{x}}/app'] }, true],
    ['a submodule, whose commit the workspace says', { context: 'vendor/lib/deep' }, false],
  ])('%s', async (_name, over, other) => {
    expect(await find(over)).toEqual({ 'the workspace': baseSha, ...(other && { pr: pullSha }) });
  });

  test('a Dockerfile of this machine beside a Git context, and a directory that is named as one, are looked at', async () => {
    const both = { 'the workspace': baseSha, pr: pullSha };
    expect(await find({ context: 'https://x.org/a.git', file: path.join(base, 'pr', 'Dockerfile') })).toEqual(both);
    mkdirSync(path.join(base, 'github.com'));
    symlinkSync(path.join(base, 'pr'), path.join(base, 'github.com', 'x'));
    expect(await find({ context: 'github.com/x' })).toEqual(both);
  });

  test('a worktree beside the workspace is named by its path', async () => {
    const side = path.join(aDirectory(), 'side');
    gitIn(base)('worktree', 'add', '--quiet', '--detach', side);
    expect(await find({ context: side })).toEqual({ 'the workspace': baseSha, [side]: baseSha });
  });

  test('a checkout whose HEAD cannot be read is one all the same', async () => {
    const workspace = aDirectory();
    mkdirSync(path.join(workspace, '.git'));
    expect(await find({ context: '.' }, workspace)).toEqual({ 'the workspace': undefined });
  });

  test('a worktree and a separate repository below a directory that is called modules are checkouts', async () => {
    const repository = path.join(aDirectory(), 'modules');
    mkdirSync(repository);
    const git = gitIn(repository);
    git('init', '--quiet');
    git('commit', '--quiet', '--allow-empty', '--message', 'one');
    git('worktree', 'add', '--quiet', '--detach', 'pr');
    gitIn(path.join(repository, 'pr'))('commit', '--quiet', '--allow-empty', '--message', 'two');
    const commit = gitIn(path.join(repository, 'pr'))('rev-parse', 'HEAD');
    expect(await find({ context: 'pr' }, repository)).toEqual({ 'the workspace': git('rev-parse', 'HEAD'), pr: commit });
  });

  test('a submodule is none, a worktree of it is one', async () => {
    const [{ directory, git }, lib] = [aRepository(), aRepository()];
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', lib.directory, 'vendor/lib');
    git('commit', '--quiet', '--message', 'two');
    const head = git('rev-parse', 'HEAD');
    expect(await find({ context: '.' }, directory)).toEqual({ 'the workspace': head });
    const inner = gitIn(path.join(directory, 'vendor/lib'));
    inner('worktree', 'add', '--quiet', '--detach', path.join(directory, 'side'));
    expect(await find({ context: 'side' }, directory)).toEqual({ 'the workspace': head, side: inner('rev-parse', 'HEAD') });
  });

  test('a place that is only known when all is planned is no known commit', async () => {
    const entry = 'code={{ meta.version }}/app';
    expect(await find({ buildContexts: [entry] })).toEqual({
      'the workspace': baseSha,
      [`build-contexts "${entry}"`]: undefined,
    });
  });

  describe('without a checkout', () => {
    /** A workspace with these files; names that end with a slash are directories, `clone/` is a repository. */
    function aWorkspace(names: readonly string[]): string {
      const workspace = aDirectory();
      for (const name of names) {
        mkdirSync(path.join(workspace, name.endsWith('/') ? name : path.dirname(name)), { recursive: true });
        if (!name.endsWith('/')) writeFileSync(path.join(workspace, name), '');
      }
      for (const clone of names.filter(name => name.endsWith('clone/'))) {
        const git = gitIn(path.join(workspace, clone));
        git('init', '--quiet');
        git('commit', '--quiet', '--allow-empty', '--message', 'one');
      }
      return workspace;
    }

    test.each<[string, readonly string[], Partial<Parameters<typeof findCheckouts>[1]>, readonly string[]]>([
      ['an empty workspace', [], { context: '.' }, []],
      ['empty directories', ['a/b/', 'c/'], { context: '.' }, []],
      ['a missing context', ['README.md'], { context: 'app' }, []],
      ['a Dockerfile, as the archive of the REST API brings it', ['Dockerfile'], { context: '.' }, ['the workspace']],
      ['a file deeper down', ['pr/a/b/c/d/e/Dockerfile'], { context: '.' }, ['the workspace']],
      ['a context with files', ['pr/Dockerfile'], { context: 'pr' }, ['pr']],
      ['a named context with files', ['pr/x'], { context: 'app', buildContexts: ['x=./pr'] }, ['pr']],
      ['a layout', ['pr/index.json'], { context: 'app', buildContexts: ['x=oci-layout://pr:v1'] }, ['pr']],
      ['a Dockerfile elsewhere', ['pr/Dockerfile'], { context: 'app', file: 'pr/Dockerfile' }, ['pr/Dockerfile']],
      ['a Dockerfile that is not there', ['pr/x'], { context: 'app', file: 'pr/Dockerfile' }, []],
      ['checkouts below and nothing beside', ['clone/', 'other/clone/'], { context: '.' }, ['clone', 'other/clone']],
      ['files beside a checkout', ['clone/', 'pr/x'], { context: '.' }, ['clone', 'the workspace']],
      ['files beside a context that is a checkout', ['clone/', 'pr/x'], { context: 'clone' }, ['clone']],
    ])('%s', async (_name, names, over, expected) => {
      const found = await find(over, aWorkspace(names));
      expect(Object.keys(found).sort()).toEqual([...expected].sort());
      for (const [name, commit] of Object.entries(found)) expect(commit !== undefined).toBe(name.endsWith('clone'));
    });
  });
});
