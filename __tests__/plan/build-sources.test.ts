// What a build reads and is not there: an error before preflight, a warning in mode: plan.

import { describe, expect, test } from '@jest/globals';
import type { BuildSources, Place } from '../../src/plan/build-sources.ts';
import { needsAgent, sourcePaths, sshFiles } from '../../src/plan/build-sources.ts';
import { anEvent, inputsOf, messageOf, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

function there(places: Readonly<Record<string, Place>>, unset: readonly string[] = []): BuildSources {
  return { places: new Map(Object.entries(places)), unset };
}

const ALL: Typed = {
  context: 'app',
  file: 'docker/Dockerfile',
  'secret-envs': 'npm=NPM_TOKEN',
  'secret-files': 'rc=.npmrc',
};
const NOTHING = there({ app: 'missing', 'docker/Dockerfile': 'missing', '.npmrc': 'missing' }, ['NPM_TOKEN']);

describe('all that is missing', () => {
  test('is one error in a mode that builds, together with the other mistakes', () => {
    const message = messageOf(() => planOf(anEvent(), { ...ALL, runners: 'linux/s390x=big' }, { sources: NOTHING }));
    expect(message).toMatch(/^5 mistakes in the plan:/);
    expect(message).toMatch(/^- context: "app" does not exist.+was actions\/checkout run before this step\?$/m);
    expect(message).toMatch(/^- file: "docker\/Dockerfile" does not exist/m);
    expect(message).toMatch(/^- secret-envs: the secret "npm" .+ NPM_TOKEN, which is not set/m);
    expect(message).toMatch(/^- secret-files: the secret "rc" .+ \.npmrc, which does not exist/m);
  });

  test('is a warning each in mode: plan', () => {
    const { warnings, stops } = planOf(anEvent(), { ...ALL, mode: 'plan' }, { sources: NOTHING });
    expect(stops?.map(line => line.split(':')[0])).toEqual(['context', 'file', 'secret-envs', 'secret-files']);
    expect(warnings.filter(line => line.includes('`mode: ship` would stop here'))).toEqual(stops);
  });
});

test.each<[string, Typed, BuildSources, RegExp]>([
  ['a context that is a file', { context: 'a.tar' }, there({ 'a.tar': 'other' }), /^context: "a\.tar" is not a directory$/],
  ['a Dockerfile that is a directory', { file: 'app' }, there({ app: 'directory' }), /^file: "app" is a directory$/],
  [
    'a buildkitd.toml',
    { 'buildkitd-config': 'b.toml' },
    there({ 'b.toml': 'missing' }),
    /^buildkitd-config: "b.toml" does not exist$/,
  ],
  ['a secret that is a directory', { 'secret-files': 'a=b' }, there({ b: 'directory' }), /b, which is not a file$/],
  [
    'a Dockerfile of a context that is missing follows from it',
    { context: './app/', file: 'app/Dockerfile' },
    there({ './app/': 'missing', 'app/Dockerfile': 'missing' }),
    /^context: [^\n]+$/,
  ],
  [
    'a key that is missing',
    { ssh: 'deploy=~/id' },
    there({ '~/id': 'missing' }),
    /^ssh: the key or socket of "deploy" .* "?~\/id"?, which does not exist$/,
  ],
  ['a key that is a directory', { ssh: 'a=k\nb=dir' }, there({ k: 'other', dir: 'directory' }), /dir, which is a directory$/],
  ['a key that may not be read', { ssh: 'a=k' }, { ...there({ k: 'other' }), closed: ['k'] }, /k, which may not be read$/],
  [
    'no agent',
    { ssh: 'default' },
    { ...there({}), agent: 'is not set' },
    /^ssh: "default" is the SSH agent, but SSH_AUTH_SOCK is not set$/,
  ],
])('%s', (_name, typed, sources, message) => {
  expect(messageOf(() => planOf(anEvent(), typed, { sources }))).toMatch(message);
});

test('what is there, or could not be looked at, is no mistake', () => {
  const sources = there({ app: 'directory', 'docker/Dockerfile': 'other' });
  expect(planOf(anEvent(), ALL, { sources }).warnings).toEqual([]);
  expect(planOf(anEvent(), ALL).warnings).toEqual([]);
  const keys = there({ key: 'other' });
  expect(planOf(anEvent(), { ssh: 'default=key\nagent' }, { sources: keys }).warnings).toEqual([]);
});

test.each([
  [ALL, ['app', 'docker/Dockerfile', '.npmrc']],
  [{ file: 'https://example.com/Dockerfile' }, ['.']],
  [{ file: '-' }, ['.']],
  [{ 'buildkitd-config': 'b.toml' }, ['.', 'b.toml']],
  [{ ssh: 'default\nid=a\nc=d=e' }, ['.', 'a', 'd=e']],
])('looked for with %p: %p', (typed, paths) => {
  expect(sourcePaths(inputsOf(typed))).toEqual(paths);
});

test('a bake file may give one id several keys', () => {
  expect(sshFiles({ ssh: ['default', 'id=a,b'] })).toEqual(['a', 'b']);
  expect([needsAgent({ ssh: ['id=a,b'] }), needsAgent({ ssh: ['id'] })]).toEqual([false, true]);
});
