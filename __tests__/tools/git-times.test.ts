// The second reading of a Git subdirectory, and standard input for the builds that read it; commands are recorded, not started.

import { describe, expect, test } from '@jest/globals';
import type { CommandOptions, CommandResult, Run } from '../../src/tools/command.ts';
import { withoutGitTimes } from '../../src/tools/git-times.ts';
import { pipeInput } from '../../src/tools/piped-run.ts';

const WELL: CommandResult = { exitCode: 0, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 0 };
/** As BuildKit v0.33.1 said it, with SOURCE_DATE_EPOCH and a subdirectory. */
const DATELESS =
  'ERROR: failed to build: failed to solve: failed to read dockerfile: failed to get commit time for https://x.org/a.git: git stderr:';

/** Answers one after the other, the last for ever, and what it was asked. */
function recorded(...answers: readonly Partial<CommandResult>[]): {
  run: Run;
  asked: string[][];
  inputs: CommandOptions['input'][];
} {
  const asked: string[][] = [];
  const inputs: CommandOptions['input'][] = [];
  const run: Run = (command, args, options) => {
    asked.push([command, ...args]);
    inputs.push(options.input);
    return Promise.resolve({ ...WELL, ...(answers[asked.length - 1] ?? answers.at(-1)) });
  };
  return { run, asked, inputs };
}

describe('a commit without a time', () => {
  const failed = { exitCode: 1, stderr: `#1 x\n${DATELESS}` };

  test.each<[string, string]>([
    ['https://x.org/a.git#main:sub', 'https://x.org/a.git?mtime=checkout#main:sub'],
    ['https://x.org/a.git?ref=main&subdir=sub', 'https://x.org/a.git?ref=main&subdir=sub&mtime=checkout'],
    ['git@x.org:a.git#main:sub', 'git@x.org:a.git?mtime=checkout#main:sub'],
  ])('%s is read once more', async (context, again) => {
    const lines: string[] = [];
    const { run, asked } = recorded(failed, {});
    const result = await withoutGitTimes(run)('docker', ['buildx', 'build', '--', context], {
      env: {},
      onStderr: line => lines.push(line),
    });
    expect(result.exitCode).toBe(0);
    expect(asked.map(args => args.at(-1))).toEqual([context, again]);
    expect(lines.join('\n')).toContain('time of the commit of a subdirectory');
  });

  test.each<[string, string[], Partial<CommandResult>]>([
    ['a build that ended well', ['buildx', 'build', '--', 'https://x.org/a.git#m:s'], { stderr: DATELESS }],
    ['another failure', ['buildx', 'build', '--', 'https://x.org/a.git#m:s'], { exitCode: 1, stderr: 'no' }],
    ['a whole repository', ['buildx', 'build', '--', 'https://x.org/a.git#m'], failed],
    ['one that says its times', ['buildx', 'build', '--', 'https://x.org/a.git?mtime=commit#m:s'], failed],
    ['a path', ['buildx', 'build', '--', '.'], failed],
    ['another command', ['buildx', 'inspect', 'https://x.org/a.git#m:s'], failed],
  ])('%s is left alone', async (_name, args, answer) => {
    const { run, asked } = recorded(answer);
    await withoutGitTimes(run)('docker', args, { env: {} });
    expect(asked).toHaveLength(1);
  });

  test('a second failure is told, and there is no third try; a cancelled run has none', async () => {
    const twice = recorded(failed);
    expect(
      (await withoutGitTimes(twice.run)('docker', ['buildx', 'build', 'https://x.org/a.git#m:s'], { env: {} })).exitCode,
    ).toBe(1);
    expect(twice.asked).toHaveLength(2);
    const cancelled = recorded(failed);
    const signal = AbortSignal.abort();
    await withoutGitTimes(cancelled.run)('docker', ['buildx', 'build', 'https://x.org/a.git#m:s'], { env: {}, signal });
    expect(cancelled.asked).toHaveLength(1);
  });
});

describe('standard input', () => {
  const bytes = new Uint8Array([0, 255, 10, 13]);

  test.each<[string[], boolean]>([
    [['buildx', 'build', '--file', 'x', '--', '-'], true],
    [['buildx', 'build', '--file', '-', '--', '.'], true],
    [['buildx', 'build', '--file=-', '.'], true],
    [['buildx', 'build', '--file', 'x', '--', '.'], false],
    [['buildx', 'build', '--target', '-', '--', '.'], false],
    [['buildx', 'inspect', '-'], false],
    [['info'], false],
  ])('docker %j', async (args, reads) => {
    const { run, inputs } = recorded({});
    const piped = pipeInput(run, () => Promise.resolve(bytes));
    await piped('docker', args, { env: {} });
    await piped('docker', args, { env: {} });
    expect(inputs).toEqual(reads ? [bytes, bytes] : [undefined, undefined]);
  });
});
