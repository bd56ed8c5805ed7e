// Recorded rawjson output -> lines, steps, failures.

import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ToolError } from '../../src/errors.ts';
import { buildFailure } from '../../src/tools/buildx-errors.ts';
import { readProgress } from '../../src/tools/buildx-progress.ts';
import type { Progress } from '../../src/tools/buildx-progress.ts';
import type { CommandResult } from '../../src/tools/command.ts';
import { anOrder } from '../build/orders.ts';
import { ARM64 } from '../fakes/layouts.ts';

const recorded = (name: string): string[] =>
  readFileSync(new URL(`buildx-output/${name}.txt`, import.meta.url), 'utf8')
    .trimEnd()
    .split('\n');
const FAILED: CommandResult = { exitCode: 1, signal: null, timedOut: false, stdout: '', stderr: '', seconds: 1 };

function replay(input: readonly string[], prefix = ''): { readonly lines: string[]; readonly progress: Progress } {
  const lines: string[] = [];
  const progress = readProgress(line => lines.push(line), prefix);
  input.forEach(progress.read);
  return { lines, progress };
}
const status = (value: object): string => JSON.stringify(value);
const base64 = (text: string): string => Buffer.from(text).toString('base64');
const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();

describe('a build that works', () => {
  const { lines, progress } = replay(recorded('two-platforms'));

  test('shows each step once, in order of its start, and how it ended', () => {
    expect(lines.filter(line => line.includes('COPY'))).toEqual([
      '#4 [linux/arm64 1/2] COPY busybox /bin/sh',
      '#5 [linux/arm64 2/2] COPY Dockerfile /arm64',
      '#6 [linux/amd64 2/2] COPY Dockerfile /amd64',
    ]);
    expect(lines.at(-2)).toMatch(/^#7 DONE \d\.\ds$/);
  });

  test('does not frighten with what BuildKit tries again by itself', () => {
    expect(recorded('two-platforms').join('\n')).toContain('(*service).Write failed');
    expect(lines.join('\n')).not.toContain('Write failed');
    expect(progress.said()).toEqual([]);
    expect(progress.failed()).toBeUndefined();
  });

  test('steps are those of the Dockerfile and the export', () => {
    expect(progress.steps().map(step => step.name)).toEqual([
      '[linux/arm64 1/2] COPY busybox /bin/sh',
      '[linux/arm64 2/2] COPY Dockerfile /arm64',
      '[linux/amd64 2/2] COPY Dockerfile /amd64',
      'exporting to oci image format',
      'resolving provenance for metadata file',
    ]);
    expect(progress.steps().every(step => step.seconds > 0 && !step.cached)).toBe(true);
  });
});

describe('details', () => {
  const digest = 'sha256:a';
  test('a cached step says so, once', () => {
    const vertex = { digest, name: '[1/2] RUN x', started: at(0), completed: at(0), cached: true };
    const { lines, progress } = replay([status({ vertexes: [vertex] }), status({ vertexes: [vertex] })]);
    expect(lines).toEqual(['#1 [1/2] RUN x', '#1 CACHED']);
    expect(progress.steps()).toEqual([{ name: '[1/2] RUN x', cached: true, seconds: 0 }]);
  });

  test('output is shown line by line with its time, also when it comes in pieces, with colour bars, or without an end', () => {
    const log = (data: string, seconds: number): string =>
      status({ logs: [{ vertex: digest, data: base64(data), timestamp: at(seconds) }] });
    const { lines } = replay([
      status({ vertexes: [{ digest, name: 'RUN x', started: at(0) }] }),
      log('first\r\nsec', 1),
      log('ond\n 10%\r 100%\nlast', 2),
      status({ vertexes: [{ digest, name: 'RUN x', started: at(0), completed: at(3) }] }),
    ]);
    expect(lines).toEqual(['#1 RUN x', '#1 1.000 first', '#1 2.000 second', '#1 2.000  100%', '#1 0.000 last', '#1 DONE 3.0s']);
  });

  test('a step that runs in several goes counts all of them', () => {
    const run = (from: number, to: number): string =>
      status({ vertexes: [{ digest, name: 'RUN x', started: at(from), completed: at(to) }] });
    expect(replay([run(0, 1), run(5, 7)]).progress.steps()[0]?.seconds).toBe(3);
  });

  test('warnings, plain lines and the prefix of a side-by-side build', () => {
    const { lines, progress } = replay(
      [status({ warnings: [{ vertex: digest, short: base64('FromAsCasing: casing') }] }), 'plain text', ''],
      '[linux/arm64] ',
    );
    expect(lines).toEqual(['[linux/arm64] WARN: FromAsCasing: casing', '[linux/arm64] plain text']);
    expect(progress.said()).toEqual(['plain text']);
  });

  test('never throws, whatever a line holds', () => {
    const field = fc.oneof(fc.jsonValue(), fc.constant([{ digest: 1, started: 'x', completed: {}, name: null, data: 5 }]));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.string(), fc.record({ vertexes: field, logs: field, warnings: field }).map(status))),
        input => {
          replay(input).progress.steps();
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('while it runs', () => {
  const name = 'RUN make';
  const began = { digest: 'sha256:a', name, started: at(0) };
  const transfer = (current: number, total?: number): string =>
    status({ statuses: [{ vertex: 'sha256:a', id: 'sha256:layer', current, total, started: at(0), timestamp: at(1) }] });

  test('a silent step gets a word after half a minute and every half minute, with the bytes of its transfers; nothing else is said of them', () => {
    let clock = 1_000;
    const lines: string[] = [];
    const progress = readProgress(
      line => lines.push(line),
      '[linux/arm64] ',
      () => clock,
    );
    progress.read(status({ vertexes: [began] }));
    for (let second = 1; second <= 75; second += 5) {
      clock += 5_000;
      if (second > 40) progress.read(transfer(second * 1e6, 512e6));
      progress.tick();
    }
    expect(lines).toEqual([
      '[linux/arm64] #1 RUN make',
      '[linux/arm64] #1 still running, 30 s',
      '[linux/arm64] #1 still running, 60 s, 56.0 MB of 512.0 MB',
    ]);
    progress.read(status({ vertexes: [{ ...began, completed: at(80) }] }));
    clock += 60_000;
    progress.tick();
    expect(lines.at(-1)).toBe('[linux/arm64] #1 DONE 80.0s');
  });

  test('a step that talks is left alone', () => {
    let clock = 0;
    const lines: string[] = [];
    const progress = readProgress(
      line => lines.push(line),
      '',
      () => clock,
    );
    progress.read(status({ vertexes: [began] }));
    for (let second = 0; second < 100; second += 20) {
      clock += 20_000;
      progress.read(status({ logs: [{ vertex: 'sha256:a', data: base64('x\n'), timestamp: at(second) }] }));
      progress.tick();
    }
    expect(lines.join()).not.toContain('still running');
  });
});

describe('remarks of the checks', () => {
  const warning = {
    vertex: 'sha256:a',
    level: 1,
    short: base64("StageNameCasing: Stage name 'Build' should be lowercase (line 2)"),
    detail: [base64('Stage names should be lowercase')],
    url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
    sourceInfo: { filename: 'Dockerfile', data: base64('FROM x AS Build') },
    range: [{ start: { line: 2 }, end: { line: 3 } }],
  };

  test('have rule, text, place and address, each once, also when every platform says it', () => {
    const { progress, lines } = replay([status({ warnings: [warning] }), status({ warnings: [warning] })]);
    expect(progress.notes()).toEqual([
      {
        message: "Stage name 'Build' should be lowercase",
        rule: 'StageNameCasing',
        url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
        file: 'Dockerfile',
        line: 2,
        endLine: 3,
      },
    ]);
    expect(lines).toEqual(["WARN: StageNameCasing: Stage name 'Build' should be lowercase (line 2)"]);
  });

  test('other warnings are remarks without a rule', () => {
    const { progress } = replay([
      status({ warnings: [{ short: base64('no place: at all'), range: [{ start: { line: -1 } }] }] }),
    ]);
    expect(progress.notes()).toEqual([{ message: 'no place: at all' }]);
  });
});

describe('a build that fails', () => {
  const failure = (name: string, order = anOrder()): ToolError => buildFailure(FAILED, replay(recorded(name)).progress, order);

  test('one line says where and why; the details have the output and the Dockerfile', () => {
    const error = failure('run-fails');
    expect(error).toBeInstanceOf(ToolError);
    expect(error.message).toMatch(
      /^The build failed at fail\.Dockerfile:3, \[2\/2\] RUN echo about to fail; .*…: the command ended with exit code 3$/,
    );
    expect(error.exitCode).toBe(1);
    expect(error.tail.join('\n')).toContain('line 1\nline 2\nline 3');
    expect(error.tail).toContain('   3 | >>> RUN echo about to fail; \\');
    expect(error.hint).toBeUndefined();
  });

  test('the step that failed is named, not one that was stopped because of it', () => {
    expect(failure('copy-missing').message).toMatch(
      /^The build failed at bad\.Dockerfile:5, \[3\/3\] COPY nothing \/: .*"\/nothing": not found$/,
    );
  });

  test('a program of another platform: the hint names the platform and the ways out', () => {
    const { hint } = failure('foreign-platform', anOrder({ platforms: [ARM64] }));
    for (const part of ['linux/arm64', 'native runner', 'remote node', '--platform=$BUILDPLATFORM']) expect(hint).toContain(part);
  });

  test('the platform of the failing step is named, when there are several', () => {
    const digest = 'sha256:a';
    const { progress } = replay([
      status({ vertexes: [{ digest, name: '[linux/arm/v7 base 2/3] RUN x', started: at(0) }] }),
      status({ logs: [{ vertex: digest, data: base64('exec /bin/sh: exec format error\n'), timestamp: at(0) }] }),
      status({
        vertexes: [
          {
            digest,
            name: '[linux/arm/v7 base 2/3] RUN x',
            started: at(0),
            completed: at(1),
            error: 'process "x" did not complete successfully: exit code: 1',
          },
        ],
      }),
    ]);
    expect(buildFailure(FAILED, progress, anOrder()).hint).toMatch(/^The builder cannot run programs of linux\/arm\/v7\./);
  });

  // Each line was said by buildx 0.29.1.
  test.each<[string, string, RegExp, RegExp]>([
    [
      'classic store',
      'ERROR: failed to build: OCI exporter is not supported for the docker driver.',
      /^The build failed: OCI exporter is not/,
      /Leave "builder" out/,
    ],
    [
      'no Dockerfile',
      'ERROR: failed to build: failed to solve: failed to read dockerfile: open nofile: no such file or directory',
      /^The build failed: failed to read dockerfile/,
      /Check "file" \(nofile\) and "context" \(\.\)/,
    ],
    [
      'no context',
      'ERROR: failed to build: unable to prepare context: path "nodir" not found',
      /path "nodir" not found$/,
      /Check "context"/,
    ],
    [
      'no stage',
      'ERROR: failed to build: failed to solve: target stage "nope" could not be found',
      /target stage "nope"/,
      /Check "target" \(nope\)/,
    ],
    [
      'rate limit',
      'ERROR: failed to solve: debian:12: failed to resolve source metadata: 429 Too Many Requests - toomanyrequests: You have reached your pull rate limit',
      /pull rate limit/,
      /log in before this step/,
    ],
    [
      'private base',
      'ERROR: failed to solve: x/y: pull access denied, repository does not exist or may require authorization',
      /pull access denied/,
      /refused the base image/,
    ],
    [
      'no network',
      'ERROR: failed to build: failed to solve: nowhere.invalid/x:1: failed to do request: Head "https://nowhere.invalid/v2/": dial tcp: lookup nowhere.invalid: no such host',
      /no such host$/,
      /could not be reached/,
    ],
    ['disk', 'ERROR: failed to solve: failed to copy: write /x: no space left on device', /no space left/, /disk is full/],
    [
      'a secret that was not given',
      'ERROR: failed to build: failed to solve: secret npm: not found',
      /secret npm: not found$/,
      /give it as secrets: npm=…/,
    ],
    [
      'an agent that was not given',
      'ERROR: failed to build: failed to solve: unset ssh forward key default',
      /unset ssh/,
      /ssh: default/,
    ],
    [
      'a file that is not in the context',
      'ERROR: failed to build: failed to solve: failed to compute cache key: failed to calculate checksum of ref 4s8m::0aha: "/nothere": not found',
      /"\/nothere": not found$/,
      /^nothere is not in the context \(\.\): see that \.dockerignore/,
    ],
    [
      'a flag of a newer frontend',
      'ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown flag: --security',
      /unknown flag: --security$/,
      /does not know --security: begin the Dockerfile with # syntax=/,
    ],
    [
      'a killed process',
      'ERROR: failed to build: failed to solve: process "/bin/sh -c make" did not complete successfully: exit code: 137',
      /the command ended with exit code 137$/,
      /want of memory/,
    ],
  ])('known trouble: %s', (_name, line, message, hint) => {
    const error = buildFailure(FAILED, replay([line]).progress, anOrder({ file: 'nofile', target: 'nope' }));
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });

  test('a buildx that was killed without a word', () => {
    const killed: CommandResult = { ...FAILED, exitCode: null, signal: 'SIGKILL' };
    expect(buildFailure(killed, replay([]).progress, anOrder()).message).toBe('The build failed: ended by SIGKILL');
  });

  test('the place is the line of the workspace and the lines that the excerpt marks', () => {
    const around = { cwd: '/work', env: {} };
    const { progress } = replay(recorded('run-fails'));
    expect(buildFailure(FAILED, progress, anOrder({ file: 'docker/fail.Dockerfile' }), around).place).toEqual({
      file: 'docker/fail.Dockerfile',
      line: 3,
      endLine: 4,
    });
    const excerpt = [
      'Dockerfile:9',
      '--------------------',
      '   8 |     COPY . .',
      '   9 | >>> RUN <<EOT',
      '  10 | >>> make',
      '  11 | >>> EOT',
    ];
    const several = replay([...excerpt, 'ERROR: failed to solve: process "/bin/sh" did not complete successfully: exit code: 2']);
    const error = buildFailure(FAILED, several.progress, anOrder({ context: 'app' }), around);
    expect(error.place).toEqual({ file: 'app/Dockerfile', line: 9, endLine: 11 });
    expect(error.message).toBe('The build failed at app/Dockerfile:9: the command ended with exit code 2');
  });

  test('one of another file, or of no file of the workspace, is no place', () => {
    const { progress } = replay(['other.Dockerfile:9', 'ERROR: failed to solve: no']);
    expect(buildFailure(FAILED, progress, anOrder()).place).toBeUndefined();
    expect(buildFailure(FAILED, replay(['Dockerfile:9', 'ERROR: no']).progress, anOrder({ file: '-' })).place).toBeUndefined();
  });

  test('a build for one platform says which, the name of the step does not', () => {
    const step = { digest: 'sha256:a', name: '[2/2] RUN make', started: at(0), completed: at(1), error: 'exit code: 2' };
    const { progress } = replay([status({ vertexes: [step] }), 'ERROR: failed to solve: exit code: 2']);
    expect(buildFailure(FAILED, progress, anOrder({ platforms: [ARM64] })).message).toBe(
      'The build failed at [2/2] RUN make (linux/arm64): exit code: 2',
    );
  });

  test('checks that are errors stand at the first line that breaks one', () => {
    const warning = {
      short: base64('MaintainerDeprecated: no (line 4)'),
      sourceInfo: { filename: 'Dockerfile' },
      range: [{ start: { line: 4 }, end: { line: 4 } }],
    };
    const { progress } = replay([
      status({ warnings: [warning] }),
      'ERROR: failed to build: failed to solve: lint violation found for rules: MaintainerDeprecated',
    ]);
    const error = buildFailure(FAILED, progress, anOrder());
    expect([error.place, error.hint]).toEqual([
      { file: 'Dockerfile', line: 4, endLine: 4 },
      expect.stringContaining('# check=skip=RULE'),
    ]);
  });
});
