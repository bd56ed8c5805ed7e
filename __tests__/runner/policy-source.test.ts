// Reading the policy: from the workspace, the API, another repository; what ends the run and what does not.

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { Event } from '../../src/plan/event.ts';
import { createGitHub } from '../../src/runner/github.ts';
import { readPolicy } from '../../src/runner/policy-source.ts';
import type { PolicyReaders, PolicyReading } from '../../src/runner/policy-source.ts';
import { startGitHub, type GitHub as StandIn } from '../../testbed/github/server.ts';
import { SHA, aPullRequest, anEvent, inputsOf, type Typed } from '../plan/plan-builders.ts';

/** Readers over two small trees; `asked` tells what went to the API. */
function readers(
  over: {
    workspace?: string | undefined;
    files?: Record<string, string>;
    /** What git says that the commit holds; `null`: git cannot tell; left out: the same as `files`. */
    committed?: Record<string, string> | null;
    remote?: Record<string, string>;
    failure?: Error;
  } = {},
): PolicyReaders & {
  readonly asked: string[];
} {
  const asked: string[] = [];
  return {
    asked,
    workspaceCommit: () => Promise.resolve(over.workspace),
    readWorkspace: file => Promise.resolve(over.files?.[file]),
    readCommitted: (commit, file) => {
      expect(commit).toBe(over.workspace);
      const text = (over.committed ?? over.files ?? {})[file];
      return Promise.resolve(over.committed === null ? undefined : text === undefined ? {} : { text });
    },
    fetchFile: (file, ref, repository) => {
      asked.push(`${repository === undefined ? '' : `${repository}/`}${file}@${ref}`);
      if (over.failure !== undefined) return Promise.reject(over.failure);
      const text = over.remote?.[file];
      return Promise.resolve(text === undefined ? undefined : { text, commit: 'tip' });
    },
  };
}

const read = (event: Event, typed: Typed, from: PolicyReaders): Promise<PolicyReading> =>
  readPolicy({ event, inputs: inputsOf(typed), readers: from });

const FILE = '.github/seaworthy.yml';

describe('a build', () => {
  test('from the workspace when it is a checkout of the commit', async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: warn' }, remote: { [FILE]: 'gate: off' } });
    const { file, origin, warnings, unread } = await read(anEvent(), {}, from);
    expect(file).toEqual({ text: 'gate: warn', path: FILE, commit: SHA });
    expect(origin).toEqual({ kind: 'commit', ref: SHA, reason: "the event's commit" });
    expect({ warnings, unread, asked: from.asked }).toEqual({ warnings: [], unread: undefined, asked: [] });
  });

  test.each([undefined, 'a'.repeat(40)])('through the API when the workspace is at %p', async workspace => {
    const from = readers({ workspace, files: { [FILE]: 'gate: off' }, remote: { [FILE]: 'gate: warn' } });
    expect((await read(anEvent(), {}, from)).file).toEqual({ text: 'gate: warn', path: FILE, commit: 'tip' });
    expect(from.asked).toEqual([`${FILE}@${SHA}`]);
  });

  test("a fork's workspace is never asked, even when it is there", async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: off' }, remote: { [FILE]: 'gate: enforce' } });
    expect((await read(aPullRequest({}, true), {}, from)).file).toMatchObject({ text: 'gate: enforce' });
    expect(from.asked).toEqual([`${FILE}@main`]);
  });

  test('policy-ref: base reads the tip of the base branch on a push too; head the commit of a merge group', async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: off' }, remote: { [FILE]: 'gate: enforce' } });
    expect((await read(anEvent({ ref: 'refs/heads/x' }), { 'policy-ref': 'base' }, from)).file).toMatchObject({
      text: 'gate: enforce',
    });
    const group = anEvent({ name: 'merge_group', baseRef: 'main' });
    expect((await read(group, { 'policy-ref': 'head' }, from)).file).toMatchObject({ text: 'gate: off' });
    await expect(read(aPullRequest({}, true), { 'policy-ref': 'head' }, from)).rejects.toThrow('refused');
  });

  test('the default file may be absent', async () => {
    for (const from of [readers({ workspace: SHA }), readers()])
      expect(await read(anEvent(), {}, from)).toMatchObject({ origin: { ref: SHA }, warnings: [] });
    expect((await read(anEvent(), {}, readers())).file).toBeUndefined();
  });

  test('a named one may not', async () => {
    await expect(read(anEvent(), { policy: 'ship/policy.yml' }, readers())).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('ship/policy.yml'),
    });
    const from = readers({ workspace: SHA, files: { 'ship/policy.yml': '' } });
    expect((await read(anEvent(), { policy: './ship/policy.yml' }, from)).file).toMatchObject({
      text: '',
      path: 'ship/policy.yml',
    });
  });

  test('any other failure ends the run and names the permission', async () => {
    const failure = new Error('403 Resource not accessible by integration');
    await expect(read(aPullRequest({}, true), {}, readers({ failure }))).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringContaining('403'),
      hint: expect.stringContaining('contents: read'),
      cause: failure,
    });
  });

  test('a deleted ref needs none', async () => {
    const from = readers();
    expect(await read(anEvent({ deleted: true, sha: '0'.repeat(40) }), {}, from)).toEqual({
      unread: 'nothing is built',
      warnings: [],
    });
    expect(from.asked).toEqual([]);
  });
});

describe('a workspace at the commit whose file is another one', () => {
  const short = SHA.slice(0, 7);

  test.each<[string, Record<string, string>, Record<string, string>, string | undefined, RegExp | undefined]>([
    ['changed', { [FILE]: 'gate: off' }, { [FILE]: 'gate: enforce' }, 'gate: enforce', /is not the one of commit .*counts/],
    ['deleted, or left out by a sparse checkout', {}, { [FILE]: 'gate: enforce' }, 'gate: enforce', undefined],
    ['written by a step', { [FILE]: 'gate: off' }, {}, undefined, /is not in commit .*does not count/],
    ['emptied', { [FILE]: '' }, { [FILE]: 'gate: enforce' }, 'gate: enforce', /is not the one of commit/],
    ['checked out with other line ends', { [FILE]: 'a\r\nb\r\n' }, { [FILE]: 'a\nb\n' }, 'a\nb\n', undefined],
  ])('%s: the commit counts', async (_name, files, committed, text, warning) => {
    for (const mode of ['ship', 'plan']) {
      const from = readers({ workspace: SHA, files, committed, remote: { [FILE]: 'of the API' } });
      const found = await read(anEvent(), { mode }, from);
      expect(found.file).toEqual(text === undefined ? undefined : { text, path: FILE, commit: SHA });
      expect(found.warnings).toEqual(warning === undefined ? [] : [expect.stringMatching(warning)]);
      expect(found.warnings.every(line => line.includes(short) && line.includes(FILE))).toBe(true);
      expect(from.asked).toEqual([]);
    }
  });

  test('a named file that only the workspace has does not exist', async () => {
    const from = readers({ workspace: SHA, files: { 'p.yml': '' }, committed: {} });
    await expect(read(anEvent(), { policy: 'p.yml' }, from)).rejects.toThrow('"p.yml" does not exist at');
  });

  test('where git cannot tell a build asks the API, a plan says that nothing was compared', async () => {
    const over = { workspace: SHA, files: { [FILE]: 'gate: off' }, committed: null, remote: { [FILE]: 'gate: enforce' } };
    const builds = readers(over);
    expect((await read(anEvent(), {}, builds)).file).toEqual({ text: 'gate: enforce', path: FILE, commit: 'tip' });
    expect(builds.asked).toEqual([`${FILE}@${SHA}`]);
    const plans = readers(over);
    const { file, warnings } = await read(anEvent(), { mode: 'plan' }, plans);
    expect(file).toEqual({ text: 'gate: off', path: FILE, commit: SHA, uncompared: true });
    expect(warnings).toEqual([expect.stringContaining(`from the workspace, not compared with commit ${short}`)]);
    expect(plans.asked).toEqual([]);
    const sparse = await read(anEvent(), { mode: 'plan' }, readers({ ...over, files: {} }));
    expect(sparse).toMatchObject({ unread: expect.stringContaining('not read'), warnings: [] });
  });
});

describe('mode: plan', () => {
  const plan = { mode: 'plan' };

  test('reads the workspace when it is a checkout of the commit', async () => {
    const from = readers({ workspace: SHA, files: { [FILE]: 'gate: warn' } });
    expect((await read(anEvent(), plan, from)).file).toMatchObject({ text: 'gate: warn' });
  });

  test.each([anEvent(), aPullRequest({}, true), anEvent({ name: 'workflow_run', defaultBranch: undefined })])(
    'asks nobody for a file that was not named (%#)',
    async event => {
      const from = readers({ failure: new Error('asked') });
      const { file, unread, warnings } = await read(event, plan, from);
      expect({ file, warnings, asked: from.asked }).toEqual({ file: undefined, warnings: [], asked: [] });
      expect(unread).toMatch(/^not read: /);
    },
  );

  test.each<[string, Typed, string]>([
    ['a named file', { policy: 'p.yml' }, `p.yml@${SHA}`],
    ['a named ref', { 'policy-ref': 'base' }, `${FILE}@main`],
    ['a central one', { policy: 'acme/policies/p.yml@v1' }, 'acme/policies/p.yml@v1'],
  ])('%s is asked for; no answer is one warning', async (_name, typed, asked) => {
    const from = readers({ failure: Object.assign(new Error('Bad gateway'), { status: 502, response: {} }) });
    const { file, unread, warnings } = await read(anEvent(), { ...plan, ...typed }, from);
    expect(from.asked).toEqual([asked]);
    expect(file).toBeUndefined();
    expect(unread).toBe('could not be read, see the warnings');
    expect(warnings).toEqual([expect.stringMatching(/could not be read from .*GitHub answered 502/)]);
  });

  test('what is refused or not there stays an error', async () => {
    const failure = Object.assign(new Error('Not Found'), { status: 404, response: {} });
    await expect(read(anEvent(), { ...plan, policy: 'acme/policies/p.yml@v1' }, readers({ failure }))).rejects.toThrow(
      'does not exist',
    );
    await expect(read(anEvent(), { ...plan, policy: 'p.yml' }, readers())).rejects.toThrow('does not exist');
  });
});

describe("another repository's policy, at GitHub's stand-in", () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startGitHub();
    standIn.addRepository('acme/policies');
    standIn.addRepository('acme/hidden', { private: true });
  });
  afterEach(() => standIn.clearFaults());
  afterAll(async () => {
    expect(standIn.violations).toEqual([]);
    await standIn.close();
  });

  const central = (policy: string, token = standIn.token('read')): Promise<PolicyReading> => {
    const github = createGitHub({
      token,
      event: { repository: standIn.repository, apiUrl: standIn.url },
      wait: () => Promise.resolve(),
    });
    const none = (): Promise<undefined> => Promise.resolve(undefined);
    // The workspace must not be asked: it is another repository.
    const workspace = (): Promise<never> => Promise.reject(new Error('the workspace was read'));
    const { fetchFile } = github;
    return read(anEvent(), { policy }, { workspaceCommit: none, readWorkspace: workspace, readCommitted: workspace, fetchFile });
  };

  test.each([
    ['a branch', { branch: 'strict' }, 'strict'],
    ['a branch with a slash', { branch: 'release/2' }, 'release/2'],
    ['a tag', { tag: 'v3' }, 'v3'],
  ])('at %s, with the commit that it stands for', async (_name, where, ref) => {
    const commit = standIn.addCommit({ repository: 'acme/policies', ...where, files: { 'images/a/policy.yml': `# ${ref}\n` } });
    expect(await central(`acme/policies/images/a/policy.yml@${ref}`)).toEqual({
      origin: { kind: 'named', repository: 'acme/policies', ref, reason: 'a central policy names its own ref' },
      file: { text: `# ${ref}\n`, path: 'acme/policies/images/a/policy.yml', commit },
      warnings: [],
    });
    expect((await central(`acme/policies/images/a/policy.yml@${commit}`)).file?.commit).toBe(commit);
  });

  test.each([
    [
      'no such file',
      'acme/policies/none.yml@main',
      /"none\.yml" does not exist in acme\/policies at main/,
      /relative to the root of acme\/policies/,
    ],
    ['no such ref', 'acme/policies/x.yml@v99', /acme\/policies has no branch, tag or commit "v99"/, /after|follows/],
    [
      'no such repository',
      'acme/nowhere/x.yml@v1',
      /acme\/nowhere does not exist, or "github-token" may not read it/,
      /"contents: read" on acme\/nowhere/,
    ],
    [
      "a private repository with the job's token",
      'acme/hidden/x.yml@main',
      /acme\/hidden does not exist, or/,
      /"contents: read" on acme\/hidden/,
    ],
  ])('%s', async (_name, policy, message, hint) => {
    await expect(central(policy)).rejects.toMatchObject({
      name: 'UserError',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  test('a private repository with a token that may read it', async () => {
    standIn.addFile('acme/hidden', 'main', 'x.yml', 'version: 1\n');
    const token = standIn.token('read', { repositories: [standIn.repository, 'acme/hidden'] });
    expect((await central('acme/hidden/x.yml@main', token)).file).toMatchObject({
      text: 'version: 1\n',
      path: 'acme/hidden/x.yml',
    });
  });

  test('a server that fails ends a build, after the usual tries', async () => {
    standIn.fault({ path: /commits/ }, { kind: 'status', status: 502 });
    await expect(central('acme/policies/x.yml@main')).rejects.toThrow(/acme\/policies could not be read: GitHub answered 502/);
  });
});
