// Bake targets resolved by the testbed's buildx, with an engine's address where nobody listens: what is read, what is not, and what must not be left behind.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import type { Surroundings } from '../src/connect.ts';
import { fillIn } from '../src/fill-in.ts';
import { effectivePolicy } from '../src/plan/effective-policy.ts';
import type { Event } from '../src/plan/event.ts';
import { makePlan } from '../src/plan/make-plan.ts';
import { platformName } from '../src/plan/platform.ts';
import { tryInputs } from '../src/plan/read-inputs.ts';
import { readTestbed } from '../testbed/testbed.ts';
import { anEvent, NOW } from './plan/plan-builders.ts';
import type { Typed } from './plan/plan-builders.ts';

jest.setTimeout(60_000);

const { engine } = readTestbed();
const root = mkdtempSync(path.join(os.tmpdir(), 'fill-in-'));
afterAll(() => rmSync(root, { recursive: true }));

interface Asked {
  readonly files: Readonly<Record<string, string>>;
  readonly typed: Typed;
  readonly env?: Readonly<Record<string, string>>;
  readonly event?: Event;
  /** Makes more of the workspace. */
  readonly prepare?: (workspace: string) => void;
}

interface Answer extends Surroundings {
  /** Lines of mistakes. */
  readonly lines: readonly string[];
  /** What was started. */
  readonly started: readonly string[];
}

async function ask({ files, typed, env: more = {}, event = anEvent(), prepare }: Asked): Promise<Answer> {
  const base = mkdtempSync(path.join(root, 'job-'));
  const [workspace, directory] = [path.join(base, 'workspace'), path.join(base, 'run')];
  for (const place of [workspace, directory]) mkdirSync(place);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(workspace, name)), { recursive: true });
    writeFileSync(path.join(workspace, name), text);
  }
  prepare?.(workspace);
  const env = {
    PATH: `${engine.bin}:/usr/bin:/bin`,
    HOME: base,
    DOCKER_CONFIG: engine.dockerConfig,
    DOCKER_HOST: 'tcp://127.0.0.1:1',
    ...more,
  };
  const started: string[] = [];
  const log = { debug: (line: string): void => void started.push(line), mask: (): void => undefined };
  const reading = tryInputs(name => typed[name] ?? '', [], env);
  const signal = new AbortController().signal;
  const around = { ...reading, env, event, log, workspace, directory, signal } as unknown as Surroundings;
  const filled = await fillIn(around);
  expect(readdirSync(directory)).toEqual([]);
  return { ...filled, lines: filled.refused.map(({ line }) => line), started };
}

const bake = (text: string): Readonly<Record<string, string>> => ({ 'docker-bake.hcl': text });

test('nothing is started without a target, for a deleted branch, or where the name is refused already', async () => {
  const files = bake('target "app" {}');
  const none = [
    { files, typed: {} },
    { files, typed: { bake: 'app' }, event: anEvent({ deleted: true }) },
    { files, typed: { bake: 'https://example.com/docker-bake.hcl' } },
    { files, typed: { bake: 'app', 'bake-files': 'https://example.com/docker-bake.hcl' } },
  ];
  for (const asked of none) expect((await ask(asked)).started).toEqual([]);
});

test('variables come from the environment, less tokens and inputs', async () => {
  const text = `
    variable "WORD" { default = "none" }
    variable "GITHUB_TOKEN" { default = "none" }
    variable "INPUT_PASSWORD" { default = "none" }
    variable "ACTIONS_RUNTIME_TOKEN" { default = "none" }
    target "app" { args = { A = WORD, B = GITHUB_TOKEN, C = INPUT_PASSWORD, D = ACTIONS_RUNTIME_TOKEN } }`;
  const env = { WORD: 'ahoy', GITHUB_TOKEN: 'canary', INPUT_PASSWORD: 'canary', ACTIONS_RUNTIME_TOKEN: 'canary' };
  const { inputs, lines, started } = await ask({ files: bake(text), typed: { bake: 'app' }, env });
  expect(lines).toEqual([]);
  expect(inputs.buildArgs).toEqual(['A=ahoy', 'B=none', 'C=none', 'D=none']);
  expect(started).toEqual(['docker buildx bake --progress quiet --print --set "*.output=type=cacheonly" -- app']);
});

test('files and overrides are arguments of their own, and mistakes of other inputs are told beside', async () => {
  const files = {
    'a b.hcl': 'target "app" {\n args = { A = "1", B = "2" }\n}',
    'c.json': '{"target": {"app": {"args": {"B": "3"}}}}',
  };
  const typed = { bake: 'app', 'bake-files': 'a b.hcl\ncwd://c.json', 'bake-set': 'app.args.A=x; rm -rf /', severity: 'HIHG' };
  const { inputs, lines } = await ask({ files, typed });
  expect(inputs.buildArgs).toEqual(['A=x; rm -rf /', 'B=3']);
  expect(inputs.baked?.files).toEqual(['a b.hcl', 'c.json']);
  expect(lines).toEqual([expect.stringMatching(/^severity: /)]);
});

test('an override that holds a secret starts nothing', async () => {
  const typed = { bake: 'app', secrets: 'npm=anchor-4711-chain', 'bake-set': 'app.args.T=anchor-4711-chain' };
  const { started, lines } = await ask({ files: bake('target "app" {}'), typed });
  expect([started, lines]).toEqual([
    [],
    [expect.stringMatching(/^bake-set: "app\.args\.T" holds the value of the secret "npm"/)],
  ]);
  expect(lines.join()).not.toContain('anchor');
});

test('BUILDX_BAKE_FILE names the files where none is typed', async () => {
  const files = { 'x/one.hcl': 'target "app" {\n target = "one"\n}', 'docker-bake.hcl': 'target "app" {}' };
  const { inputs } = await ask({ files, typed: { bake: 'app' }, env: { BUILDX_BAKE_FILE: 'x/one.hcl' } });
  expect([inputs.target, inputs.baked?.files]).toEqual(['one', ['x/one.hcl']]);
});

test('no docker, and a docker without buildx', async () => {
  const files = bake('target "app" {}');
  const [without, plain] = [mkdtempSync(path.join(root, 'bin-')), mkdtempSync(path.join(root, 'config-'))];
  expect((await ask({ files, typed: { bake: 'app' }, env: { PATH: without } })).lines).toEqual([
    'bake: docker is not installed or not on PATH',
  ]);
  expect((await ask({ files, typed: { bake: 'app' }, env: { DOCKER_CONFIG: plain } })).lines).toEqual([
    expect.stringMatching(/^bake: docker has no buildx that can bake/),
  ]);
});

describe('what buildx wants to see even to print', () => {
  const text = 'target "app" {\n ssh = ["default"]\n secret = ["id=a,src=missing.txt"]\n target = "run"\n}';

  test('an SSH agent is not needed; the file of a secret is, but not for a plan', async () => {
    const typed = { bake: 'app', allow: 'ssh' };
    const ship = await ask({ files: bake(text), typed });
    expect(ship.lines).toEqual([expect.stringMatching(/^bake: failed to stat missing\.txt/)]);
    const there = await ask({ files: { ...bake(text), 'missing.txt': 'x' }, typed });
    expect([there.lines, there.inputs.ssh]).toEqual([[], ['default']]);
    const plan = await ask({ files: bake(text), typed: { ...typed, mode: 'plan' } });
    expect([plan.lines, plan.inputs.target]).toEqual([[], 'run']);
    expect(plan.inputs.warnings).toEqual([
      expect.stringMatching(/^bake: the target is planned without its secrets and SSH keys/),
    ]);
  });

  // The testbed's buildx is one that opens the files of outputs even to print.
  const FULL = /^bake: reading it would empty "(?:old|\.\.\/old)\.tar": buildx before 0\.30 opens/;
  const outputs = (...lines: string[]): string => `output = [${lines.map(line => `"${line}"`).join(', ')}]`;
  const places: readonly [string, string, Typed][] = [
    ['a file', `target "app" {\n ${outputs('type=oci,dest=old.tar', 'type=tar,dest=new.tar')}\n}`, {}],
    ['a file outside of the workspace', `target "app" {\n ${outputs('type=docker,dest=../old.tar')}\n}`, {}],
    [
      'a file that an ancestor names by a variable',
      `variable "F" { default = "old.tar" }\ntarget "a" {\n ${outputs('type=tar,dest=${F}')}\n}\ntarget "b" { inherits = ["a"] }\ntarget "app" { inherits = ["b"] }`,
      {},
    ],
    [
      'a file of a linked target',
      `target "l" {\n ${outputs('type=tar,dest=old.tar')}\n}\ntarget "app" { contexts = { l = "target:l" } }`,
      {},
    ],
    ['a file that is typed', 'target "app" {}', { 'bake-set': 'app.output=type=tar,dest=old.tar' }],
  ];
  const modes: readonly Typed[] = [{}, { mode: 'plan' }, { call: 'check' }];
  const old = (workspace: string): void => {
    for (const place of ['old.tar', '../old.tar']) writeFileSync(path.join(workspace, place), 'precious');
  };

  test.each(places)('%s keeps its bytes', async (_, bakeFile, typed) => {
    for (const mode of modes) {
      const { workspace, lines } = await ask({ files: bake(bakeFile), typed: { bake: 'app', ...typed, ...mode }, prepare: old });
      expect(lines).toEqual([expect.stringMatching(FULL)]);
      for (const place of ['old.tar', '../old.tar']) expect(readFileSync(path.join(workspace, place), 'utf8')).toBe('precious');
      expect(existsSync(path.join(workspace, 'new.tar'))).toBe(false);
    }
  });

  test('typed outputs stand for those of the target, and no file is looked at', async () => {
    const [, bakeFile] = places[0] ?? ['', ''];
    const typed = { bake: 'app', outputs: 'type=oci,dest=old.tar' };
    const { workspace, lines, inputs } = await ask({ files: bake(bakeFile), typed, prepare: old });
    expect([lines, inputs.outputs.map(({ dest }) => dest)]).toEqual([[], ['old.tar']]);
    expect(readFileSync(path.join(workspace, 'old.tar'), 'utf8')).toBe('precious');
  });

  test('files that are not there, or empty, can be read of, and none is left behind', async () => {
    const text = `target "app" {\n ${outputs('type=tar,dest=new.tar', 'type=oci,dest=empty.tar', 'type=local,dest=out')}\n}`;
    const { inputs, workspace, lines } = await ask({ files: { ...bake(text), 'empty.tar': '' }, typed: { bake: 'app' } });
    expect([lines, inputs.outputs.map(({ dest }) => dest)]).toEqual([[], ['new.tar', 'empty.tar', 'out']]);
    expect([existsSync(path.join(workspace, 'new.tar')), existsSync(path.join(workspace, 'empty.tar'))]).toEqual([false, true]);
  });

  test('outputs of a Compose file cannot be read of', async () => {
    const files = {
      'compose.yaml': 'services:\n  app:\n    build:\n      context: .\n      x-bake:\n        output: type=tar,dest=old.tar\n',
    };
    const { workspace, lines } = await ask({ files, typed: { bake: 'app' }, prepare: old });
    expect(lines).toEqual([expect.stringMatching(/^bake: its outputs cannot be read: buildx before 0\.30 opens/)]);
    expect(readFileSync(path.join(workspace, 'old.tar'), 'utf8')).toBe('precious');
  });
});

describe('places outside of the workspace', () => {
  const text = `
    target "app" {
      context  = "link"
      contexts = { up = "../shared", image = "docker-image://alpine:3", git = "https://example.com/a.git" }
      output   = ["type=local,dest=../out"]
    }`;
  const prepare = (workspace: string): void => symlinkSync('..', path.join(workspace, 'link'));

  test('need a permission each, also through links', async () => {
    const { lines } = await ask({ files: bake(text), typed: { bake: 'app' }, prepare });
    expect(lines).toEqual([
      'bake: target "app": its context "link" lies outside of the workspace',
      'bake: target "app": its contexts "../shared" lies outside of the workspace',
      'bake: target "app": its output "../out" lies outside of the workspace',
    ]);
  });

  test.each([
    ['allow', { allow: 'fs.read=..,fs.write=../out' }, {}],
    ['allow of both', { allow: 'fs=..' }, {}],
    ['allow of everything', { allow: 'fs.read=*,fs.write=*' }, {}],
    ["bake's own switch", {}, { BUILDX_BAKE_ENTITLEMENTS_FS: '0' }],
    ['typed inputs', { context: '.', 'build-contexts': 'a=b', outputs: 'type=local,dest=out' }, {}],
    ['an override', { context: '.', 'bake-set': 'app.output=type=local,dest=../out', allow: 'fs.read=../shared' }, {}],
  ])('%s gives it', async (_, typed, env) => {
    expect((await ask({ files: bake(text), typed: { bake: 'app', ...typed }, env, prepare })).lines).toEqual([]);
  });
});

describe('on privileged events', () => {
  const files = bake('target "app" {\n target = "run"\n}');
  const event = anEvent({ name: 'pull_request_target', sha: 'c'.repeat(40) });
  const checkout = (workspace: string): void => {
    const git = (...args: string[]): void =>
      void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: workspace, stdio: 'ignore' });
    git('init');
    git('commit', '--allow-empty', '-m', 'theirs');
  };

  test('bake files of another commit are not read', async () => {
    const ship = await ask({ files, typed: { bake: 'app' }, event, prepare: checkout });
    expect([ship.started, ship.lines]).toEqual([
      [],
      [expect.stringMatching(/^allow-untrusted-checkout: .+ is not the trusted commit/)],
    ]);
    const plan = await ask({ files, typed: { bake: 'app', mode: 'plan' }, event, prepare: checkout });
    expect([plan.started, plan.lines]).toEqual([[], []]);
    expect(plan.inputs.warnings).toEqual([expect.stringMatching(/^bake: the target is not read, because /)]);
  });

  test('nor those that a link leads to, outside of every checkout', async () => {
    const prepare = (workspace: string): void => {
      writeFileSync(path.join(workspace, '..', 'stray.hcl'), 'target "app" {}');
      symlinkSync('../stray.hcl', path.join(workspace, 'docker-bake.hcl'));
    };
    const { started, lines } = await ask({ files: {}, typed: { bake: 'app' }, event, prepare });
    expect([started, lines]).toEqual([[], [expect.stringContaining('not the trusted commit')]]);
  });

  test('unless that is allowed', async () => {
    const typed = { bake: 'app', 'allow-untrusted-checkout': 'true' };
    const { inputs, lines } = await ask({ files, typed, event, prepare: checkout });
    expect([inputs.target, lines]).toEqual(['run', []]);
  });
});

test('a Dockerfile in the bake file reaches the build through standard input', async () => {
  const { inputs, standardInput } = await ask({
    files: bake('target "app" {\n dockerfile-inline = "FROM a\\nRUN $${X}\\n"\n}'),
    typed: { bake: 'app' },
  });
  expect(inputs.file).toBe('-');
  const came = await standardInput?.();
  expect(came !== undefined && 'bytes' in came ? Buffer.from(came.bytes).toString() : '').toBe('FROM a\nRUN ${X}\n');
});

test('the example of the README', async () => {
  const page = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
  const [, hcl = '', yaml = ''] = /^## Bake\n\n```hcl\n([\s\S]*?)^```\n\n```yaml\n([\s\S]*?)^```/m.exec(page) ?? [];
  const typed = Object.fromEntries([...yaml.matchAll(/^ {4}(\S+): (.+)$/gm)].map(([, name = '', text = '']) => [name, text]));
  expect(typed).toEqual({ bake: 'app', images: 'ghcr.io/${{ github.repository }}' });
  const { inputs, lines } = await ask({ files: bake(hcl), typed: { ...typed, images: 'ghcr.io/acme/app' } });
  expect(lines).toEqual([]);
  const plan = makePlan({ event: anEvent({ ref: 'refs/tags/v1.2.3' }), inputs, policy: effectivePolicy({ inputs }), now: NOW });
  expect(plan.references).toContain('ghcr.io/acme/app:v1.2.3');
  expect(plan.build).toMatchObject({ target: 'run', buildArgs: ['VERSION=v1.2.3'] });
  expect(plan.platforms.map(platformName)).toEqual(['linux/amd64', 'linux/arm64']);
});
