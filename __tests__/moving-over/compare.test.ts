// Every case: the original chain's tags, labels, annotations and build arguments (recorded, and as documented) against those of the merged step.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { mergeSteps } from '../../scripts/merge/merge-chain.ts';
import type { MergedStep } from '../../scripts/merge/merge-chain.ts';
import { inputOf, parseWorkflow } from '../../scripts/merge/workflow.ts';
import { orderOf } from '../../src/build/run-build.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import { readEvent } from '../../src/runner/event.ts';
import { gatherFacts } from '../../src/runner/tag-facts-source.ts';
import { buildArgs } from '../../src/tools/buildx-args.ts';
import { ourArguments, withoutAnnounced } from './arguments.ts';
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

/** Our plan for typed inputs, as the action makes it; `outputs` are those of a plan step before it. */
async function planFor(typed: Readonly<Record<string, string>>, from: CaseEvent, outputs: StepOutputs = {}): Promise<Plan> {
  const inputs = readInputs(name => evaluate(typed[name] ?? '', from, outputs), Object.keys(typed).map(toVariable));
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
    native: { os: 'linux', architecture: 'amd64' },
  });
}

/** INPUT_* as the runner names it. */
function toVariable(input: string): string {
  return `INPUT_${input.toUpperCase()}`;
}

async function mergedPlan(merged: MergedStep, event: CaseEvent): Promise<Plan> {
  if (merged.planInputs === undefined) return planFor(merged.inputs ?? {}, event);
  const { metadata } = await planFor(merged.planInputs, event);
  return planFor(merged.inputs ?? {}, event, { 'meta.version': metadata.version, 'meta.tags': metadata.tags.join('\n') });
}

const lines = (text: string): string[] =>
  text
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');

/** Tags, labels and annotations that the original build step was given. */
function originalNames(
  build: MergedStep['replaces'],
  event: CaseEvent,
  outputs: StepOutputs,
): Record<'tags' | 'labels' | 'annotations', string[]> {
  const given = (name: string): string[] => lines(evaluate(inputOf(build, name), event, outputs));
  // Docker adds the tag that is not there.
  const tags = given('tags')
    .flatMap(line => line.split(','))
    .map(tag => (/:[^/]*$/.test(tag) ? tag : `${tag}:latest`));
  return { tags, labels: given('labels'), annotations: given('annotations') };
}

describe.each(CASES)('$name', ({ name, events }) => {
  const workflow = parseWorkflow(read(`cases/${name}.yml`));

  test.each(Object.entries(events))('%s', async (eventName, expected) => {
    const event = eventOf(eventName);
    const merged = mergeSteps(workflow);
    const outputs = originalOutputs(name, eventName);
    const builds = merged.filter(step => step.inputs?.['mode'] !== 'plan');
    expect(builds).toHaveLength(expected.length);
    for (const [at, build] of builds.entries()) {
      const original = originalNames(build.replaces, event, outputs);
      const plan = await mergedPlan(build, event);
      const secretFiles = new Map(plan.build.secrets.map(({ id }) => [id, `/s/${id}`]));
      const place = { builder: 'b', layout: '/l', metadataFile: '/m', secretFiles };
      const ours = ourArguments(buildArgs(orderOf(plan), place));
      const want = expected[at];
      expect(plan.push).toBe(want?.push);
      expect(withoutAnnounced(ours, original)).toEqual({
        tags: original.tags,
        labels: [...original.labels].sort(),
        annotations: [...original.annotations].sort(),
        others: [...(want?.args ?? [])].sort(),
      });
      if (want?.blocks !== undefined) expect(plan.policy.block.vuln.join(',')).toBe(want.blocks);
    }
  });
});

describe('a metadata step that no build reads', () => {
  test.each(['tag v1.2.3', 'branch main'])('gives the same outputs in mode: plan (%s)', async eventName => {
    const [plan] = mergeSteps(parseWorkflow(read('cases/bake.yml')));
    expect(plan?.inputs).toMatchObject({ mode: 'plan', 'bake-target': 'image-metadata' });
    const { metadata } = await planFor(plan?.inputs ?? {}, eventOf(eventName));
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
    const plan = await planFor({ tags, labels, annotations }, event);
    expect(plan.references).toEqual(tags.split('\n'));
    expect(plan.metadata.labels).toEqual(labels.split('\n'));
    expect(plan.metadata.annotations).toEqual(expect.arrayContaining(annotations.split('\n')));
    expect(plan.push).toBe(true);
  });

  test('is warned of with "images": each line is a raw rule then, as in docker/metadata-action', async () => {
    const plan = await planFor({ images: 'ghcr.io/acme/app', tags, labels }, event);
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
