// Mistakes of reading and of planning in one error, without those that only follow from others.

import { describe, expect, test } from '@jest/globals';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import type { Event } from '../../src/plan/event.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { PlanOrder } from '../../src/plan/make-plan.ts';
import { tryInputs } from '../../src/plan/read-inputs.ts';
import { aPullRequest, anEvent, hintOf, messageOf, NOW } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

function plan(typed: Typed, event: Event = anEvent(), over: Partial<PlanOrder> = {}): () => unknown {
  const all: Typed = { images: 'ghcr.io/acme/app', ...typed };
  const names = Object.keys(all).map(name => `INPUT_${name.toUpperCase()}`);
  const reading = tryInputs(name => all[name] ?? '', names, {});
  const policy = effectivePolicy({ inputs: reading.inputs });
  return () => makePlan({ event, ...reading, policy, now: NOW, ...over });
}

/** Where the mistakes are, in their order; lines below a mistake begin with a rule. */
function places(work: () => unknown): string[] {
  return messageOf(work)
    .split('\n')
    .flatMap(line => /^(?:- )?([a-z-]+): /.exec(line)?.[1] ?? []);
}

const NO_OIDC = anEvent({ idToken: false });

describe('together', () => {
  test.each<[string, Typed, Event, string[]]>([
    ['an input and a template', { severity: 'HIHG', tags: 'type=raw,value={{#if}}' }, anEvent(), ['severity', 'tags']],
    ['two rules, one that cannot be read', { tags: 'type=nope\ntype=raw,value={{#if}}' }, anEvent(), ['tags', 'tags']],
    ['an unknown input and a runner', { servity: 'HIGH', runners: 'linux/s390x=big' }, anEvent(), ['servity', 'runners']],
    ['an input and a signature', { 'scan-timeout': 'soon', sign: 'keyless' }, NO_OIDC, ['sign', 'scan-timeout']],
    ['an input and no tag', { comment: 'perhaps', tags: 'type=ref,event=tag' }, anEvent(), ['tags', 'comment']],
    ['no image', { images: '', push: 'true', status: 'perhaps' }, anEvent(), ['push', 'status']],
    ['a label and no tag', { labels: 'a={{meta.nope}}', tags: 'type=ref,event=tag' }, anEvent(), ['labels', 'tags']],
  ])('%s', (_name, typed, event, expected) => {
    expect(places(plan(typed, event)).sort()).toEqual([...expected].sort());
  });

  test('in the order of action.yml, under one heading and one hint', () => {
    const work = plan({ 'max-db-age': 'x', platforms: 'linux/adm64', tags: '-foo' });
    expect(messageOf(work)).toMatch(/^3 mistakes in the inputs:\n- tags: .+\n- platforms: .+\n- max-db-age: /);
    expect(hintOf(work)).toMatch(/^Every input is described .+metadata-action\.$/);
    expect(hintOf(plan({ 'max-db-age': 'x', platforms: 'linux/adm64' }))).not.toContain('metadata-action');
  });

  test('what is missing on the disk as well', () => {
    const sources = { places: new Map([['app', 'missing' as const]]), unset: [] };
    expect(places(plan({ context: 'app', gate: 'x' }, anEvent(), { sources }))).toEqual(['context', 'gate']);
  });
});

describe('not told, because it may only follow', () => {
  test.each<[string, Typed, Event, string]>([
    ['no tag from rules that cannot be read', { tags: 'type=nope' }, anEvent(), 'tags'],
    [
      'a name that lacks the prefix of the flavor',
      { flavor: 'prefix=v\nnope=x', tags: 'type=raw,value=.1' },
      anEvent(),
      'flavor',
    ],
    ['nothing to push to', { images: 'a b c', push: 'true' }, anEvent(), 'images'],
    ['nothing to push to, with a slip in the name', { images: '', imags: 'a/b', push: 'true' }, anEvent(), 'imags'],
    [
      'nothing to push to, with a name like none',
      { images: '', qqqqqqqqqqqqqqqqqqqq: 'a/b', push: 'true' },
      anEvent(),
      'qqqqqqqqqqqqqqqqqqqq',
    ],
    ['no signature where nothing may be pushed', { push: 'perhaps', sign: 'keyless' }, NO_OIDC, 'push'],
    ['no tag where nothing may be pushed', { push: 'perhaps', tags: 'type=ref,event=tag' }, anEvent(), 'push'],
    ['runners of a platform with a slip', { platforms: 'linux/adm64', runners: 'linux/s390x=big' }, anEvent(), 'platforms'],
    ['a reference beside one that was refused', { images: '', tags: 'a/b:1\nc/d:2:3' }, anEvent(), 'tags'],
    ['anything that hangs on the mode', { mode: 'plna', tags: 'type=ref,event=tag' }, anEvent(), 'mode'],
    ['images of a target that is none', { images: '', bake: 'a b', push: 'true' }, anEvent(), 'bake'],
    ['images of files that are not read', { images: '', bake: 'a', 'bake-files': '-', push: 'true' }, anEvent(), 'bake-files'],
    ['runners of its platforms', { bake: 'a', 'bake-set': 'x', runners: 'linux/s390x=big' }, anEvent(), 'bake-set'],
    ['what pull requests do not need', { gate: 'x', tags: 'type=ref,event=tag' }, aPullRequest(), 'gate'],
  ])('%s', (_name, typed, event, expected) => {
    expect(places(plan(typed, event))).toEqual([expected]);
  });

  test('a context that is an address, if a wrong one, is not looked for', () => {
    const context = 'https://github.com/acme/app.git?branhc=main';
    const sources = { places: new Map([[context, 'missing' as const]]), unset: [] };
    expect(messageOf(plan({ context }, anEvent(), { sources }))).toMatch(/^context: .+ asks for "branhc"[^\n]+$/);
  });
});

test('without a mistake the plan is made', () => {
  expect(plan({})).not.toThrow();
});
