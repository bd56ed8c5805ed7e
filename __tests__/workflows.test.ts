// The workflows and forms of this repository read like a policy: pinned, least privilege with a reason, nothing left out of the last job.

import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { load } from 'js-yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = path.join(root, '.github', 'workflows');

interface Step {
  readonly name?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}
interface Job {
  readonly name?: string;
  readonly uses?: string;
  readonly needs?: string | readonly string[];
  readonly if?: string;
  readonly permissions?: unknown;
  readonly 'timeout-minutes'?: number;
  readonly 'runs-on'?: string;
  readonly container?: { readonly image: string };
  readonly steps?: readonly Step[];
}
interface Workflow {
  readonly name?: string;
  readonly on: Readonly<Record<string, unknown>>;
  readonly permissions?: unknown;
  readonly concurrency?: { readonly group: string };
  readonly jobs: Readonly<Record<string, Job>>;
}

const text = (file: string): string => readFileSync(path.join(root, file), 'utf8');
const files = readdirSync(directory).filter(name => /\.ya?ml$/.test(name));
const workflows = files.map(name => ({ name, source: text(`.github/workflows/${name}`) }));
const parsed = workflows.map(({ name, source }): [string, Workflow, string] => [name, load(source) as Workflow, source]);
const jobs = parsed.flatMap(([name, workflow]) =>
  Object.entries(workflow.jobs).map(([id, job]): [string, Job] => [`${name} ${id}`, job]),
);
const steps = jobs.flatMap(([name, job]) =>
  (job.steps ?? []).map((step, at): [string, Step] => [`${name} step ${at + 1}`, step]),
);

function workflow(name: string): Workflow {
  const found = parsed.find(([file]) => file === name)?.[1];
  if (found === undefined) throw new Error(`no workflow ${name}`);
  return found;
}

test('there are workflows to look at', () => {
  expect(files).toEqual(expect.arrayContaining(['ci.yml', 'release.yml']));
  expect(steps.length).toBeGreaterThan(10);
});

describe.each(parsed)('%s', (_, { name, on, permissions, concurrency }, source) => {
  test('has a name, a concurrency group, and nothing granted at the top', () => {
    expect(name).toBeTruthy();
    expect(concurrency?.group).toBeTruthy();
    expect(permissions).toEqual({});
  });

  test('never runs foreign code with our rights', () => {
    for (const event of ['pull_request_target', 'workflow_run', 'issue_comment']) expect(on).not.toHaveProperty(event);
  });

  test('says a reason beside each grant', () => {
    const grants = source.split('\n').filter(line => /^\s+[a-z-]+: (read|write)\b/.test(line));
    expect(grants.length).toBeGreaterThan(0);
    for (const line of grants) expect(line).toMatch(/ # \S/);
  });

  test('names the version beside each pin', () => {
    for (const line of source.split('\n').filter(one => /uses: [^.]/.test(one)))
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  });
});

describe.each(jobs)('%s', (_, job) => {
  test('says what it may, and ends by itself', () => {
    expect(job.permissions).toBeDefined();
    if (job.uses === undefined) expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    else expect(job.uses).toMatch(/^\.\//);
  });

  test('runs on a fixed system, containers by digest', () => {
    if (job.uses === undefined) expect(job['runs-on']).toMatch(/^ubuntu-\d\d\.04(-arm)?$/);
    if (job.container !== undefined) expect(job.container.image).toMatch(/@sha256:[0-9a-f]{64}$/);
  });
});

describe.each(steps)('%s', (_, step) => {
  test('is pinned, and puts no expression into a script', () => {
    if (step.uses !== undefined) expect(step.uses).toMatch(/^[\w-]+\/[\w-]+(\/[\w-]+)*@[0-9a-f]{40}$/);
    expect(step.run ?? '').not.toContain('${{');
  });

  test('a check-out leaves no credential behind', () => {
    if (step.uses?.startsWith('actions/checkout@') === true) expect(step.with).toMatchObject({ 'persist-credentials': false });
  });
});

test('one pin for one action everywhere', () => {
  const pins = new Map<string, Set<string>>();
  for (const [, { uses }] of steps) {
    const [action, pin] = uses?.split('@') ?? [];
    if (action !== undefined && pin !== undefined) pins.set(action, (pins.get(action) ?? new Set()).add(pin));
  }
  for (const [action, found] of pins) expect([action, [...found]]).toEqual([action, [expect.any(String)]]);
});

describe('ci-ok', () => {
  const { jobs: all } = workflow('ci.yml');

  test('needs every other job, and runs whatever became of them', () => {
    const gate = all['ci-ok'];
    expect(gate?.if).toBe('always()');
    expect([gate?.needs ?? []].flat().sort()).toEqual(
      Object.keys(all)
        .filter(id => id !== 'ci-ok')
        .sort(),
    );
  });

  test('every layer of tests has its job', () => {
    const scripts = (JSON.parse(text('package.json')) as { scripts: Record<string, string> }).scripts;
    const source = text('.github/workflows/ci.yml');
    const layers = Object.keys(scripts)
      .filter(name => name.startsWith('test:'))
      .map(name => name.slice('test:'.length));
    expect(layers).toContain('real');
    for (const layer of layers) expect(source).toMatch(new RegExp(`test:${layer}\\b|layer: \\[.*\\b${layer}\\b.*\\]`));
    for (const script of source.matchAll(/npm run ([\w:-]+)/g)) expect(scripts).toHaveProperty([script[1] ?? '']);
  });
});

describe('release', () => {
  const { on, jobs: all } = workflow('release.yml');

  test('starts from exact version tags only: the floating tag starts nothing', () => {
    expect(on).toEqual({ push: { tags: ['v[0-9]+.[0-9]+.[0-9]+'] } });
  });

  test('checks, attests, publishes, in this order; the floating tag moves in the last step', () => {
    expect(all['ci']).toMatchObject({ needs: 'tag', uses: './.github/workflows/ci.yml' });
    expect(all['attest']?.needs).toBe('ci');
    expect(all['release']?.needs).toBe('attest');
    const last = all['release']?.steps?.at(-1)?.run ?? '';
    expect(last).toContain('git/refs/tags/$major');
    const others = Object.values(all)
      .flatMap(job => job.steps ?? [])
      .filter(step => step.run !== last);
    for (const step of others) expect(step.run ?? '').not.toContain('git/refs');
  });

  test('only the publishing job may write contents, behind an approval', () => {
    for (const [id, job] of Object.entries(all))
      if (id !== 'release') expect(job.permissions).not.toMatchObject({ contents: 'write' });
    expect(all['release']).toMatchObject({ environment: 'release', permissions: { contents: 'write' } });
  });
});

describe('what people meet first', () => {
  test('the changelog has the section that the release notes are cut from', () => {
    const { version } = JSON.parse(text('package.json')) as { readonly version: string };
    expect(text('CHANGELOG.md')).toMatch(new RegExp(`^## (Unreleased|${version.replaceAll('.', '\\.')})`, 'm'));
  });

  test.each(['bug.yml', 'feature.yml'])('%s is a form that GitHub takes', name => {
    const form = load(text(`.github/ISSUE_TEMPLATE/${name}`)) as {
      readonly name?: string;
      readonly description?: string;
      readonly body?: readonly {
        readonly type: string;
        readonly id?: string;
        readonly attributes?: Readonly<Record<string, unknown>>;
      }[];
    };
    expect(form.name).toBeTruthy();
    expect(form.description).toBeTruthy();
    const fields = (form.body ?? []).filter(field => field.type !== 'markdown');
    expect(fields.length).toBeGreaterThan(0);
    expect(new Set(fields.map(field => field.id)).size).toBe(fields.length);
    for (const field of fields) {
      expect(['input', 'textarea', 'dropdown', 'checkboxes']).toContain(field.type);
      expect(field.attributes?.['label']).toBeTruthy();
    }
  });

  test('updates of both ecosystems wait for a while', () => {
    const { version, updates } = load(text('.github/dependabot.yml')) as {
      readonly version: number;
      readonly updates: readonly {
        readonly 'package-ecosystem': string;
        readonly cooldown?: { readonly 'default-days': number };
      }[];
    };
    expect(version).toBe(2);
    expect(updates.map(update => update['package-ecosystem']).sort()).toEqual(['github-actions', 'npm']);
    for (const update of updates) expect(update.cooldown?.['default-days']).toBeGreaterThanOrEqual(7);
  });
});
