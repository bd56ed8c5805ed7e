// HEAD and files of real checkouts. The refs were compared with those that docker/metadata-action 6 finds in the same directories.

import { afterAll, describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from '../../src/tools/command.ts';
import type { Run } from '../../src/tools/command.ts';
import { readCommittedFile, readGitHead } from '../../src/tools/git.ts';
import type { CommittedFile, GitHead } from '../../src/tools/git.ts';
import { DATE, SHAPES, aDirectory, aRepository, gitIn, root } from '../builders/checkouts.ts';
import type { Git } from '../builders/checkouts.ts';

afterAll(() => rmSync(root, { recursive: true }));

const head = (directory: string, over: { run?: Run; env?: Record<string, string> } = {}): Promise<GitHead> =>
  readGitHead({ run: over.run ?? run, env: over.env ?? { PATH: process.env['PATH'] ?? '' }, directory });

describe('the ref and the commit of a checkout', () => {
  test.each(SHAPES)('%s', async (_name, make, ref) => {
    const directory = make();
    const sha = gitIn(directory)('rev-parse', 'HEAD');
    await expect(head(directory)).resolves.toEqual({ ref, sha, commitDate: new Date(DATE), warnings: [] });
  });
});

describe('a detached HEAD with several names: the ref of docker/metadata-action, and a warning', () => {
  test.each<[string, (git: Git) => void, string]>([
    ['a tag and a branch', git => git('tag', 'v1'), 'refs/tags/v1, main'],
    ['two tags', git => (git('tag', 'v1'), git('tag', 'v1.0'), git('branch', '-D', 'main')), 'refs/tags/v1.0, tag'],
  ])('%s', async (_name, change, ref) => {
    const { directory, git } = aRepository();
    git('checkout', '--quiet', '--detach');
    change(git);
    const { ref: found, warnings } = await head(directory);
    expect(found).toBe(ref);
    expect(warnings).toEqual([expect.stringContaining('several names')]);
  });
});

describe('what cannot be read is one line', () => {
  const refusal = async (reading: Promise<unknown>): Promise<{ name: string; message: string }> =>
    reading.then(
      () => {
        throw new Error('it was read');
      },
      (error: unknown) => error as { name: string; message: string },
    );

  test.each<[string, () => string, RegExp]>([
    ['no checkout', aDirectory, /is not a checkout$/],
    [
      'no commit',
      (): string => {
        const directory = aDirectory();
        gitIn(directory)('init', '--quiet');
        return directory;
      },
      /has no commit yet/,
    ],
    [
      'a detached HEAD with the name of a local branch only',
      (): string => {
        const { directory, git } = aRepository();
        git('checkout', '--quiet', '--detach');
        return directory;
      },
      /no branch, tag or pull request for the detached HEAD \(git shows "HEAD, main"\)/,
    ],
    [
      'a detached HEAD that nothing contains',
      (): string => {
        const { directory, git } = aRepository();
        git('checkout', '--quiet', '--detach');
        git('commit', '--quiet', '--allow-empty', '--message', 'lost');
        return directory;
      },
      /no branch or tag that contains the detached HEAD/,
    ],
    [
      'a broken repository',
      (): string => {
        const { directory } = aRepository();
        writeFileSync(path.join(directory, '.git', 'config'), '[core');
        return directory;
      },
      /cannot read the checkout: fatal: bad config/,
    ],
  ])('%s', async (_name, make, message) => {
    const error = await refusal(head(make()));
    expect(error).toMatchObject({ name: 'UserError', message: expect.stringMatching(message) });
    expect(error.message).not.toContain('\n');
  });

  test('no git', async () => {
    const error = await refusal(head(aRepository().directory, { env: { PATH: '/nowhere' } }));
    expect(error).toMatchObject({ name: 'UserError', message: expect.stringContaining('git is not installed') });
  });
});

test.each([
  ['a workspace that is not there', path.join(root, 'none')],
  ['a workspace that is a file', fileURLToPath(import.meta.url)],
])('%s is named, not git', async (_name, directory) => {
  await expect(head(directory)).rejects.toMatchObject({
    name: 'UserError',
    message: expect.stringContaining(`the workspace ${directory} is not there`),
    hint: expect.stringContaining('actions/checkout'),
  });
});

describe('a file as the commit holds it', () => {
  const FILE = '.github/seaworthy.yml';
  const TEXT = 'gate: enforce\n# „naïve“\n\n';

  /** A commit with the file and what may stand beside it. */
  function aCommit(): { readonly directory: string; readonly commit: string } {
    const { directory, git } = aRepository();
    mkdirSync(path.join(directory, '.github'));
    writeFileSync(path.join(directory, FILE), TEXT);
    writeFileSync(path.join(directory, 'no end: [x].yml'), 'version: 1');
    writeFileSync(path.join(directory, 'empty.yml'), '');
    symlinkSync(FILE, path.join(directory, 'link.yml'));
    symlinkSync('.github', path.join(directory, 'folder'));
    symlinkSync('/etc/hostname', path.join(directory, 'outside.yml'));
    symlinkSync('nothing', path.join(directory, 'dangling.yml'));
    git('add', '--all');
    git('commit', '--quiet', '--message', 'policy');
    return { directory, commit: git('rev-parse', 'HEAD') };
  }

  const file = (
    directory: string,
    commit: string,
    name = FILE,
    PATH = process.env['PATH'] ?? '',
  ): Promise<CommittedFile | undefined> => readCommittedFile({ run, env: { PATH }, directory }, commit, name);

  test.each<[string, CommittedFile | undefined]>([
    [FILE, { text: TEXT }],
    ['no end: [x].yml', { text: 'version: 1' }],
    ['empty.yml', { text: '' }],
    ['link.yml', { text: TEXT }],
    ['folder/seaworthy.yml', { text: TEXT }],
    ['none.yml', {}],
    ['none/at/all.yml', {}],
    ['.github', {}],
    ['empty.yml/x', {}],
    ['outside.yml', undefined],
    ['dangling.yml', undefined],
  ])('%s', async (name, found) => {
    const { directory, commit } = aCommit();
    await expect(file(directory, commit, name)).resolves.toEqual(found);
  });

  test.each<[string, (directory: string, git: Git) => void]>([
    ['changed', directory => writeFileSync(path.join(directory, FILE), 'gate: off\n')],
    ['deleted', directory => rmSync(path.join(directory, FILE))],
    ['removed from the index', (_directory, git) => git('rm', '--quiet', '-r', '.github')],
    [
      'replaced in git',
      (directory, git): void => {
        writeFileSync(path.join(directory, 'other'), 'gate: off\n');
        git('replace', git('rev-parse', `HEAD:${FILE}`), git('hash-object', '-w', 'other'));
      },
    ],
  ])('a working file that was %s changes nothing', async (_name, change) => {
    const { directory, commit } = aCommit();
    change(directory, gitIn(directory));
    await expect(file(directory, commit)).resolves.toEqual({ text: TEXT });
  });

  test('a shallow clone has it', async () => {
    const { directory, commit } = aCommit();
    const shallow = path.join(aDirectory(), 'clone');
    gitIn(directory)('clone', '--quiet', '--depth=1', `file://${directory}`, shallow);
    await expect(file(shallow, commit)).resolves.toEqual({ text: TEXT });
    await expect(file(shallow, commit, 'none.yml')).resolves.toEqual({});
  });

  test('a partial clone without the content cannot tell, and fetches nothing', async () => {
    const { directory, commit } = aCommit();
    const partial = path.join(aDirectory(), 'clone');
    gitIn(directory)('config', 'uploadpack.allowFilter', 'true');
    gitIn(directory)('clone', '--quiet', '--no-checkout', '--filter=blob:none', `file://${directory}`, partial);
    await expect(file(partial, commit)).resolves.toBeUndefined();
    await expect(file(partial, commit, 'none.yml')).resolves.toEqual({});
    await expect(file(partial, commit)).resolves.toBeUndefined();
  });

  test('no such commit, no checkout, no directory, no git: cannot tell', async () => {
    const { directory, commit } = aCommit();
    await expect(file(directory, 'a'.repeat(40))).resolves.toBeUndefined();
    await expect(file(aDirectory(), commit)).resolves.toBeUndefined();
    await expect(file(path.join(root, 'none'), commit)).resolves.toBeUndefined();
    await expect(file(directory, commit, FILE, '/nowhere')).resolves.toBeUndefined();
  });
});

describe('what git gets', () => {
  test('no token, no prompt, nothing of the environment but PATH and HOME', async () => {
    const seen: Readonly<Record<string, string>>[] = [];
    const watched: Run = (command, args, options) => {
      seen.push(options.env);
      return run(command, args, options);
    };
    const env = {
      PATH: process.env['PATH'] ?? '',
      HOME: root,
      GITHUB_TOKEN: 'ghs_x',
      GIT_DIR: '/elsewhere',
      INPUT_PASSWORD: 'x',
    };
    await head(aRepository().directory, { run: watched, env });
    expect(seen.length).toBeGreaterThan(0);
    for (const given of seen) {
      expect(given).toMatchObject({ HOME: root, GIT_TERMINAL_PROMPT: '0' });
      expect(Object.keys(given)).not.toEqual(expect.arrayContaining(['GITHUB_TOKEN']));
      expect(Object.values(given)).not.toEqual(expect.arrayContaining(['/elsewhere']));
      expect(given).not.toHaveProperty('INPUT_PASSWORD');
    }
  });

  test('no program that the repository names is started', async () => {
    const { directory, git } = aRepository();
    const trap = path.join(root, 'trap.sh');
    const sprung = path.join(root, 'sprung');
    writeFileSync(trap, `#!/bin/sh\ntouch ${sprung}\n`);
    chmodSync(trap, 0o755);
    for (const key of ['core.fsmonitor', 'core.pager', 'gpg.program', 'core.sshCommand', 'diff.external', 'core.editor'])
      git('config', key, trap);
    git('config', 'log.showSignature', 'true');
    await head(directory);
    expect(existsSync(sprung)).toBe(false);
  });

  test('a checkout of another user is read all the same', async () => {
    const { directory, git } = aRepository();
    // The switch with which git's own tests make every owner a stranger; it is handed over by a run in between.
    const strangers: Run = (command, args, options) =>
      run(command, args, { ...options, env: { ...options.env, GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' } });
    await expect(head(directory, { run: strangers })).resolves.toMatchObject({ sha: git('rev-parse', 'HEAD') });
  });
});
