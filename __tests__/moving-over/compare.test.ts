// Every case: the original chain's tags, labels, annotations and build arguments (recorded, and as documented) against those of the merged step.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { mergeSteps } from '../../scripts/merge/merge-chain.ts';
import type { MergedStep } from '../../scripts/merge/merge-chain.ts';
import { actionOf, inputOf, linesOf, parseWorkflow } from '../../scripts/merge/workflow.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { refuseInputs, tryInputs } from '../../src/plan/read-inputs.ts';
import { readEvent } from '../../src/runner/event.ts';
import { gatherFacts } from '../../src/runner/tag-facts-source.ts';
import { ownBuilder } from '../../src/tools/builder-create.ts';
import { fakeDocker } from '../fakes/docker.ts';
import { temporaryDirectory } from '../fakes/layouts.ts';
import { builderFlags, plainLine, plannedArguments, withoutAnnounced } from './arguments.ts';
import type { BuildArguments } from './arguments.ts';
import { bakedArguments, fillFromBake } from './bake.ts';
import { CASES, REFUSED } from './cases.ts';
import { COMMIT_DATE, environmentOf, eventOf, NOW, REPOSITORY } from './events.ts';
import type { CaseEvent } from './events.ts';
import { evaluate } from './expressions.ts';
import type { StepOutputs } from './expressions.ts';

const here = path.dirname(fileURLToPath(import.meta.url));
const read = (file: string): string => readFileSync(path.join(here, file), 'utf8');
const { recorded } = JSON.parse(read('recorded.json')) as {
  readonly recorded: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, StepOutputs>>>>>>;
};

/** What the metadata steps of the original chain gave on this event, as `${{ steps.ID.outputs.NAME }}` reads it. */
function originalOutputs(name: string, event: string): StepOutputs {
  return Object.fromEntries(
    Object.entries(recorded[name]?.[event] ?? {}).flatMap(([id, outputs]) =>
      Object.entries(outputs).map(([output, value]) => [`${id}.${output}`, value]),
    ),
  );
}

/** What a step of ours stands in. */
interface Around {
  readonly event: CaseEvent;
  /** Outputs of a plan step before it. */
  readonly outputs?: StepOutputs;
  /** The job checks the repository out. */
  readonly checkout?: boolean;
  /** The case and the event whose bake definition was recorded. */
  readonly bake?: readonly [name: string, event: string];
}

/** Our plan for typed inputs, as the action makes it. */
async function planFor(step: Readonly<Record<string, string>>, around: Around): Promise<Plan> {
  const { event: from, outputs = {}, checkout = true, bake } = around;
  // The default that action.yml has.
  const typed: Readonly<Record<string, string>> = { 'github-token': '${{ github.token }}', ...step };
  const reading = tryInputs(name => evaluate(typed[name] ?? '', from, outputs), Object.keys(typed).map(toVariable), {});
  refuseInputs(reading.refused);
  const inputs = bake === undefined ? reading.inputs : fillFromBake(reading, ...bake);
  const now = new Date(NOW);
  const { name, description, html_url: url, default_branch: defaultBranch, license } = REPOSITORY;
  const { facts, event } = await gatherFacts({
    event: readEvent(environmentOf(from), from.payload),
    payload: from.payload,
    inputs,
    now,
    github: {
      repository: () => Promise.resolve({ name, url, description, defaultBranch, license: license.spdx_id, private: false }),
      commitDate: () => Promise.resolve(new Date(COMMIT_DATE)),
    },
    git: () => Promise.reject(new Error('no case reads the checkout')),
  });
  return makePlan({
    event,
    facts,
    inputs,
    policy: effectivePolicy({ inputs }),
    now,
    found: { checkout, dockerfile: checkout },
    cacheService: { there: true, mode: 'write' },
    native: { os: 'linux', architecture: 'amd64' },
  });
}

/** INPUT_* as the runner names it. */
function toVariable(input: string): string {
  return `INPUT_${input.toUpperCase()}`;
}

async function mergedPlan(merged: MergedStep, around: Around): Promise<Plan> {
  if (merged.planInputs === undefined) return planFor(merged.inputs ?? {}, around);
  const { metadata } = await planFor(merged.planInputs, around);
  const outputs = { 'meta.version': metadata.version, 'meta.tags': metadata.tags.join('\n') };
  return planFor(merged.inputs ?? {}, { ...around, outputs });
}

/** The arguments of `docker buildx create`, as our adapter gives them. */
async function createArguments({ build }: Plan): Promise<readonly string[]> {
  const { run, calls } = fakeDocker();
  const directory = await temporaryDirectory();
  // The file is read in the workspace, which the cases do not have.
  const { config, ...setup } = build.setup;
  const order = { directory, cwd: directory, because: 'it is tried', engine: '', onLine: () => undefined, allow: build.allow };
  const given = { ...setup, ...(config !== undefined && { configInline: `# ${config}` }) };
  await ownBuilder((args, { timeout }) => run('docker', args, { env: {}, timeout }), { ...order, setup: given });
  return calls.map(call => call.args).find(args => args[1] === 'create') ?? [];
}

/** Tags, labels and annotations that the original build step was given. */
function originalNames(build: MergedStep['replaces'], event: CaseEvent, outputs: StepOutputs): Omit<BuildArguments, 'others'> {
  const given = (name: string): readonly string[] => linesOf(evaluate(inputOf(build, name), event, outputs));
  // Docker adds the tag that is not there.
  const tags = given('tags')
    .flatMap(line => line.split(','))
    .map(tag => (/:[^/]*$/.test(tag) ? tag : `${tag}:latest`));
  return { tags, labels: given('labels'), annotations: given('annotations') };
}

describe.each(CASES)('$name', ({ name, metadataOf = name, events }) => {
  const workflow = parseWorkflow(read(`cases/${name}.yml`));
  const checkout = Object.values(workflow.jobs)
    .flatMap(job => job.steps ?? [])
    .some(step => step.uses?.startsWith('actions/checkout@') === true);

  test.each(Object.entries(events))('%s', async (eventName, expected) => {
    const event = eventOf(eventName);
    const outputs = originalOutputs(metadataOf, eventName);
    const builds = mergeSteps(workflow).filter(step => step.inputs !== undefined && step.inputs['mode'] !== 'plan');
    expect(builds).toHaveLength(expected.length);
    for (const [at, build] of builds.entries()) {
      const want = expected[at];
      const bakes = build.inputs?.['bake'] !== undefined;
      const baked = bakes ? bakedArguments(name, eventName) : undefined;
      const names = baked ?? originalNames(build.replaces, event, outputs);
      const others = [...(baked?.others ?? []), ...(want?.args ?? [])].map(plainLine);
      const plan = await mergedPlan(build, { event, checkout, ...(bakes && { bake: [name, eventName] as const }) });
      expect(plan.push).toBe(want?.push);
      expect(withoutAnnounced(plannedArguments(plan), { ...names, others })).toEqual({
        tags: names.tags,
        labels: [...names.labels].sort(),
        annotations: [...names.annotations].sort(),
        others: others.sort(),
      });
      expect(automaticCaches(plan)).toEqual(
        others.some(line => line.startsWith('cache-')) ? [] : expect.arrayContaining(['gha']),
      );
      if (want?.blocks !== undefined) expect(plan.policy.block.vuln.join(',')).toBe(want.blocks);
      if (want?.builder !== undefined) expect(builderFlags(await createArguments(plan))).toEqual(builderFlags(want.builder));
    }
  });
});

/** Ours alone: there nothing is cached unless it is typed. */
function automaticCaches({ build: { caches } }: Plan): readonly string[] {
  return [...caches.imports, ...caches.exports].filter(({ automatic }) => automatic).map(({ type }) => type);
}

test('a metadata step that repeats another one is that very step', () => {
  const metadata = (name: string): unknown =>
    Object.values(parseWorkflow(read(`cases/${name}.yml`)).jobs)
      .flatMap(job => job.steps ?? [])
      .filter(step => actionOf(step) === 'docker/metadata-action');
  const repeated = CASES.filter(one => one.metadataOf !== undefined);
  expect(repeated.length).toBeGreaterThan(0);
  for (const { name, metadataOf = '' } of repeated) expect(metadata(name)).toEqual(metadata(metadataOf));
});

describe('a metadata step that no build reads', () => {
  test.each(['tag v1.2.3', 'branch main'])('gives the same outputs in mode: plan (%s)', async eventName => {
    const [plan] = mergeSteps(parseWorkflow(read('cases/bake.yml')));
    expect(plan?.inputs).toMatchObject({ mode: 'plan', 'bake-target': 'image-metadata' });
    const { metadata } = await planFor(plan?.inputs ?? {}, { event: eventOf(eventName) });
    const wanted = recorded['bake']?.[eventName]?.['meta'] ?? {};
    expect({
      version: metadata.version,
      tags: metadata.tags.join('\n'),
      'tag-names': metadata.tagNames.join('\n'),
      labels: metadata.labels.join('\n'),
      annotations: metadata.annotations.join('\n'),
      'bake-file': metadata.bake.all,
      'bake-file-tags': metadata.bake.tags,
      'bake-file-labels': metadata.bake.labels,
      'bake-file-annotations': metadata.bake.annotations,
    }).toEqual({ ...wanted, json: undefined });
    expect(JSON.parse(metadata.json)).toEqual(JSON.parse(wanted['json'] ?? ''));
  });
});

describe('a metadata step that stays, its outputs fed to ours', () => {
  const event = eventOf('tag v1.2.3');
  const { tags = '', labels = '', annotations = '' } = recorded['tags-semver']?.['tag v1.2.3']?.['meta'] ?? {};

  test('gives the same references, labels and annotations without "images"', async () => {
    const plan = await planFor({ tags, labels, annotations }, { event });
    expect(plan.references).toEqual(tags.split('\n'));
    expect(plan.metadata.labels).toEqual(labels.split('\n'));
    expect(plan.metadata.annotations).toEqual(expect.arrayContaining(annotations.split('\n')));
    expect(plan.push).toBe(true);
  });

  test('is warned of with "images": each line is a raw rule then, as in docker/metadata-action', async () => {
    const plan = await planFor({ images: 'ghcr.io/acme/app', tags, labels }, { event });
    expect(plan.references[0]).toBe('ghcr.io/acme/app:ghcr.io-acme-app-1.2.3');
    expect(plan.warnings.join('\n')).toContain('tags: "ghcr.io/acme/app:1.2.3" is a full reference and is taken as a raw rule');
  });
});

describe('chains that stay as they are', () => {
  test.each(REFUSED)('%s', name => {
    const [merged] = mergeSteps(parseWorkflow(read(`cases/${name}.yml`)));
    expect(merged?.inputs).toBeUndefined();
    expect(merged?.decisions).toHaveLength(1);
  });
});

test('there are at least 25 cases, and each file is one', () => {
  expect(CASES.length).toBeGreaterThanOrEqual(25);
  expect(Object.keys(recorded).every(name => CASES.some(one => one.name === name))).toBe(true);
});
