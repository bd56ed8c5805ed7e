// The inputs of docker/build-push-action: text -> typed value -> what buildx is asked for, and every mistake before anything runs.

import { describe, expect, test } from '@jest/globals';
import type { BuildRequest, Plan } from '../../src/plan/plan.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import { anEvent, aTag, inputsOf, messageOf, NOW, planOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const request = (typed: Typed, over = {}): BuildRequest => planOf(anEvent(over), typed).build;
/** Without a cache service of GitHub. */
const LOCAL = planOf(anEvent(), {}).build.caches;
const BUILDER = 'builder-id=https://github.com/Acme/App/actions/runs/42/attempts/1';

describe('each input becomes its part of the request', () => {
  test.each<[string, Typed, object]>([
    ['build arguments keep commas and quotes inside', { 'build-args': 'A=1,2\nB="x"' }, { buildArgs: ['A=1,2', 'B="x"'] }],
    ['a quoted build argument of two lines', { 'build-args': '"A=1\n2"\nB' }, { buildArgs: ['A=1\n2', 'B'] }],
    [
      'build contexts',
      { 'build-contexts': 'a=../a\nb=docker-image://x:1' },
      { buildContexts: ['a=../a', 'b=docker-image://x:1'] },
    ],
    ['hosts, by comma or line', { 'add-hosts': 'a:1.2.3.4,b:::1\nc=5.6.7.8' }, { addHosts: ['a:1.2.3.4', 'b:::1', 'c=5.6.7.8'] }],
    [
      'entitlements',
      { allow: 'network.host,security.insecure\ndevice=x/y' },
      { allow: ['network.host', 'security.insecure', 'device=x/y'] },
    ],
    ['network', { network: 'none' }, { network: 'none' }],
    ['cgroup parent', { 'cgroup-parent': ' mine ' }, { cgroupParent: 'mine' }],
    ['shm size', { 'shm-size': '2gb' }, { shmSize: '2gb' }],
    ['limits', { ulimit: 'nofile=1024:2048\ncore=-1' }, { ulimit: ['nofile=1024:2048', 'core=-1'] }],
    ['ssh, by comma', { ssh: 'default,git=/key' }, { ssh: ['default', 'git=/key'] }],
    ['stages without cache, by comma', { 'no-cache-filters': 'a,b\nc' }, { noCacheFilters: ['a', 'b', 'c'] }],
    [
      'target, file, switches',
      { target: 't', file: 'f', pull: 'true', 'no-cache': 'true' },
      { target: 't', file: 'f', pull: true, noCache: true },
    ],
    ['an SBOM', { sbom: 'true' }, { sbom: 'true' }],
    ['an SBOM with a generator', { sbom: 'generator=x/y:1' }, { sbom: 'generator=x/y:1' }],
    ['no SBOM', { sbom: 'false' }, { sbom: 'false' }],
    ['an SBOM by attests', { attests: 'type=sbom' }, { sbom: 'true' }],
    ['an SBOM by attests with a generator', { attests: 'type=sbom,generator=x' }, { sbom: 'generator=x' }],
    ['provenance by attests', { attests: 'type=provenance,mode=min' }, { provenance: `mode=min,${BUILDER}` }],
    ['both by attests', { attests: 'type=provenance,disabled=true\ntype=sbom' }, { provenance: 'false', sbom: 'true' }],
    [
      'the input wins over attests',
      { provenance: 'mode=max', attests: 'type=provenance,mode=min' },
      { provenance: `mode=max,${BUILDER}` },
    ],
    ['sbom: false wins over attests', { sbom: 'false', attests: 'type=sbom' }, { sbom: 'false' }],
    ['what would leave the provenance out', { provenance: 'mode=min,inline-only=true' }, { provenance: `mode=min,${BUILDER}` }],
    ['a switch as Go writes it', { provenance: '0', sbom: 'disabled=false' }, { provenance: 'false', sbom: 'true' }],
    [
      'caches to read, as typed',
      { 'cache-from': 'type=gha,scope=a\nacme/app:cache' },
      {
        caches: {
          imports: [
            { type: 'gha', attributes: { scope: 'a' }, automatic: false },
            { type: 'registry', attributes: { ref: 'acme/app:cache' }, automatic: false },
          ],
        },
      },
    ],
    [
      'caches to write never fail the build',
      { 'cache-to': 'type=gha,mode=max\ntype=local,dest=/c\ntype=inline\ntype=gha,ignore-error=false,scope=x' },
      {
        caches: {
          exports: [
            { type: 'gha', attributes: { mode: 'max' }, when: 'beside' },
            { type: 'local', attributes: { dest: '/c' }, when: 'beside' },
            { type: 'inline', attributes: {}, when: 'inside' },
            { type: 'gha', attributes: { scope: 'x' }, when: 'beside' },
          ],
        },
      },
    ],
    [
      'a cache directory with a comma',
      { 'cache-to': '"type=local,""dest=/a,b"""' },
      { caches: { exports: [{ type: 'local', attributes: { dest: '/a,b' }, when: 'beside' }] } },
    ],
    [
      'which secrets there are',
      { secrets: 'a=x\n"b=1\n2"\nGIT_AUTH_TOKEN=y==', 'secret-envs': 'c=C,d=D', 'secret-files': 'e=./f,g' },
      {
        secrets: [
          { id: 'a', from: 'input' },
          { id: 'b', from: 'input' },
          { id: 'GIT_AUTH_TOKEN', from: 'input' },
          { id: 'c', from: 'variable', variable: 'C' },
          { id: 'd', from: 'variable', variable: 'D' },
          { id: 'e', from: 'file', file: './f,g' },
        ],
      },
    ],
  ])('%s', (_name, typed, expected) => {
    expect(request(typed)).toMatchObject(expected as Record<string, unknown>);
  });

  test('nothing typed asks for nothing', () => {
    expect(request({})).toEqual({
      context: '.',
      ...{ buildArgs: [], buildContexts: [], addHosts: [], allow: [], ulimit: [], secrets: [], ssh: [] },
      ...{ caches: LOCAL, noCacheFilters: [], noCache: false, pull: false },
      ...{ setup: { driverOpts: [], keep: false }, emulation: { mode: 'auto' }, rewriteTimestamp: false, outputs: [] },
      ...{ provenance: `mode=max,${BUILDER}`, sbom: 'false' },
    });
  });

  test('conditional entries that came out empty are dropped from every list', () => {
    const lists =
      'build-args build-contexts add-hosts allow ulimit secrets secret-envs secret-files ssh attests cache-from cache-to no-cache-filters';
    const blank = Object.fromEntries(lists.split(' ').map(name => [name, '\n  \n\n']));
    expect(request(blank)).toEqual(request({}));
    expect(request({ 'cache-from': 'type=gha\n\n', 'build-args': '\nA=1\n  \nB=2' })).toMatchObject({
      caches: { imports: [{ type: 'gha' }] },
      buildArgs: ['A=1', 'B=2'],
    });
  });

  test('the values of secrets are in the inputs and nowhere in the plan', () => {
    const typed = { secrets: 'a=canary-1\n"b=canary-2\ncanary-3"' };
    expect(inputsOf(typed).secrets).toEqual([
      { id: 'a', value: 'canary-1' },
      { id: 'b', value: 'canary-2\ncanary-3' },
    ]);
    expect(JSON.stringify(planOf(anEvent(), typed))).not.toContain('canary');
  });

  test('a secret whose variable is empty is left out like one that was typed empty; one whose variable is not set stays', () => {
    const typed: Typed = { secrets: 'typed=', 'secret-envs': 'a=FORK,b=NOPE,c=SET' };
    const inputs = readInputs(name => typed[name] ?? '', [], { FORK: '', SET: 'canary' });
    expect(inputs.warnings).toEqual([
      expect.stringMatching(/^secrets: "typed" is empty and is left out .*Dependabot/),
      expect.stringMatching(/^secret-envs: the variable FORK is empty, so the secret "a" is left out .*Dependabot/),
    ]);
    const { build } = makePlan({ event: anEvent(), inputs, policy: effectivePolicy({ inputs }), now: NOW });
    expect(build.secrets).toEqual([
      { id: 'b', from: 'variable', variable: 'NOPE' },
      { id: 'c', from: 'variable', variable: 'SET' },
    ]);
  });

  test('BUILDX_NO_DEFAULT_ATTESTATIONS turns the default provenance off, and nothing that was typed', () => {
    const provenance = (typed: Typed, value: string): string => {
      const inputs = readInputs(name => typed[name] ?? '', [], { BUILDX_NO_DEFAULT_ATTESTATIONS: value });
      return makePlan({ event: anEvent(), inputs, policy: effectivePolicy({ inputs }), now: NOW }).build.provenance;
    };
    expect(provenance({}, '1')).toBe('false');
    expect(provenance({}, '0')).toBe(`mode=max,${BUILDER}`);
    expect(provenance({}, '')).toBe(`mode=max,${BUILDER}`);
    expect(provenance({ provenance: 'mode=min' }, 'true')).toBe(`mode=min,${BUILDER}`);
    expect(provenance({ attests: 'type=provenance,mode=min' }, 'true')).toBe(`mode=min,${BUILDER}`);
    expect(messageOf(() => provenance({}, 'maybe'))).toContain('BUILDX_NO_DEFAULT_ATTESTATIONS: "maybe"');
  });
});

describe('mistakes', () => {
  test.each<[string, Typed, string | RegExp]>([
    ['a registry cache without a name', { 'cache-to': 'type=registry,mode=max' }, 'type=registry needs ref=NAME'],
    ['a type that is none', { 'cache-to': 'type=ghaa' }, '(did you mean "gha"?)'],
    ['a cache to read from nowhere', { 'cache-from': 'type=local' }, 'type=local needs src=DIRECTORY'],
    ['an import that is none', { 'cache-from': 'type=inline' }, /no cache of type "inline"/],
    ['no type', { 'cache-from': 'ref=x,mode=max' }, 'is not type=TYPE'],
    ['an unclosed quote', { 'cache-from': 'type=local,"src=x' }, /quote/],
    ['a key of S3 in an argument', { 'cache-to': 'type=s3,secret_access_key=canary' }, /AWS_SECRET_ACCESS_KEY/],
    ['a key of Azure', { 'cache-to': 'type=azblob,secret_access_key=canary' }, /^(?!.*AWS).*leave it out; give BuildKit its own/],
    ['a token of another type', { 'cache-from': 'type=s3,token=canary' }, /leave it out; it is an attribute of type=gha$/],
    ['a token in an argument', { 'cache-from': 'type=gha,token=canary' }, /"token" would show a secret/],
    ['cache with a slip', { cache: 'atuo' }, '(did you mean "auto"?)'],
    ['a secret without an id', { secrets: 'canary' }, 'secrets: entry 1 is not id=value'],
    ['a secret of a second line that is not quoted', { secrets: 'a=1\ncanary' }, 'secrets: entry 2 is not id=value'],
    [
      'a secret twice',
      { secrets: 'a=canary', 'secret-envs': 'a=B' },
      'secret-envs: the secret "a" is given twice (also in secrets)',
    ],
    ['a variable without an id', { 'secret-envs': 'TOKEN' }, 'secret-envs: entry 1 is not id=VARIABLE'],
    ['a host without an address', { 'add-hosts': 'db' }, '"db" is not host:ip'],
    ['an entitlement', { allow: 'network.hots' }, '(did you mean "network.host"?)'],
    ['a network of the engine', { network: 'bridge' }, 'driver-opts'],
    ['a size', { 'shm-size': '2q' }, '"2q" is not a size'],
    ['a limit', { ulimit: 'nofiles=1' }, '(did you mean "nofile"?)'],
    ['a limit without a number', { ulimit: 'nofile=many' }, '"nofile=many" is not name=soft[:hard]'],
    ['both caches off', { 'no-cache': 'true', 'no-cache-filters': 'a' }, 'no-cache-filters'],
    ['an attestation', { attests: 'type=sbomb' }, '(did you mean "sbom"?)'],
    ['an attestation twice', { attests: 'type=sbom\ntype=sbom,generator=x' }, 'type=sbom is given twice'],
    ['an SBOM', { sbom: 'ture' }, '(did you mean "true"?)'],
    ['provenance', { provenance: 'mode=mix' }, '"mode=mix" is not true, false, mode=min, mode=max'],
    ['a build context', { 'build-contexts': '../lib' }, '"../lib" is not name=value'],
  ])('%s', (_name, typed, expected) => {
    const message = messageOf(() => inputsOf(typed));
    if (typeof expected === 'string') expect(message).toContain(expected);
    else expect(message).toMatch(expected);
    expect(message).not.toContain('canary');
  });
});

describe('warnings', () => {
  test.each<[string, Typed, string]>([
    ['a secret that is empty', { secrets: 'NPM=\nb=1' }, 'secrets: "NPM" is empty and is left out'],
    ['a variable that is not named', { 'secret-envs': 'a=' }, 'secret-envs: "a" names nothing'],
    ['a cache that shall fail the build', { 'cache-to': 'type=gha,ignore-error=false' }, 'ignore-error=false is not followed'],
  ])('%s', (_name, typed, expected) => {
    expect(inputsOf(typed).warnings.join('\n')).toContain(expected);
  });
});

describe('the hash of the inputs', () => {
  const hash = (typed: Typed): string => planOf(anEvent(), typed).buildLabels['dev.seaworthy.inputs'] ?? '';

  test.each<[string, Typed]>([
    ['build-contexts', { 'build-contexts': 'a=b' }],
    ['sbom', { sbom: 'true' }],
    ['attests', { attests: 'type=sbom' }],
    ['provenance', { attests: 'type=provenance,mode=min' }],
  ])('changes with %s', (_name, typed) => {
    expect(hash(typed)).not.toBe(hash({}));
  });

  test('does not change with secrets, caches or the order of contexts', () => {
    const other = { secrets: 'a=b', 'secret-envs': 'c=D', 'cache-from': 'type=gha', 'no-cache': 'true', ssh: 'default' };
    expect(hash(other)).toBe(hash({}));
    expect(hash({ 'build-contexts': 'a=1\nb=2' })).toBe(hash({ 'build-contexts': 'b=2\na=1' }));
    expect(hash({ sbom: 'true' })).toBe(hash({ attests: 'type=sbom' }));
  });

  test('is the one of earlier versions where nothing new is asked for', () => {
    expect(hash({})).toBe('sha256:2114267fc722812ee12b93773eae0683ec72d02796672f12d436aa08ff9089db');
    const typed = {
      platforms: 'linux/amd64,linux/arm64',
      tags: 'type=semver,pattern={{version}}',
      context: 'app',
      file: 'app/Dockerfile',
      target: 'release',
      'build-args': 'B=2\nA={{version}}\nC=',
      'build-contexts': 'base=docker-image://acme/base:1',
      sbom: 'true',
      labels: 'about=Ships {{tag}}',
    };
    const plan = planOf(aTag('v1.2.3'), typed, { environment: { B: 'not asked for' } });
    expect(plan.buildLabels['dev.seaworthy.inputs']).toBe(
      'sha256:90847637e88e1b6dea615662d123b5f602e1cb02287028252d32597bc76b218a',
    );
  });

  test.each<[string, Typed]>([
    ['build-args', { 'build-args': 'VERSION={{meta.version}}' }],
    ['target', { target: 'release-{{meta.version}}' }],
    ['build-contexts', { 'build-contexts': 'base=docker-image://acme/base:{{meta.version}}' }],
    ['json', { 'build-args': 'ALL={{meta.json}}' }],
  ])('counts what {{meta.…}} stands for in %s: two versions of one commit are two images', (_name, typed) => {
    // The labels are made the same, so that only the filled-in input can differ.
    const labels = 'org.opencontainers.image.version=any';
    const of = (tag: string, more: Typed = typed): string | undefined =>
      planOf(aTag(tag), { tags: 'type=semver,pattern={{version}}', labels, ...more }).buildLabels['dev.seaworthy.inputs'];
    expect(of('v1.0.0', {})).toBe(of('v2.0.0', {}));
    expect(of('v1.0.0')).not.toBe(of('v2.0.0'));
  });

  test('does not count the clock, wherever {{meta.…}} brings it', () => {
    const typed = { 'build-args': 'DATE={{meta.created}}\nL={{ meta.labels }}\nA={{meta.annotations}}\nJ={{meta.json}}' };
    const at = (now: string): Plan => planOf(anEvent(), typed, { now: new Date(now) });
    const [early, late] = [at('2026-01-01T00:00:00Z'), at('2027-02-02T00:00:00Z')];
    expect(early.build.buildArgs[0]).toBe('DATE=2026-01-01T00:00:00.000Z');
    expect(late.build.buildArgs[0]).toBe('DATE=2027-02-02T00:00:00.000Z');
    expect(early.buildLabels['dev.seaworthy.inputs']).toBe(late.buildLabels['dev.seaworthy.inputs']);
  });

  test('counts the value that a bare build argument has in the environment, and keeps it nowhere', () => {
    const plan = (environment: Readonly<Record<string, string>>): Plan =>
      planOf(anEvent(), { 'build-args': 'FLAVOUR\nA=1' }, { environment });
    const of = (environment: Readonly<Record<string, string>>): string | undefined =>
      plan(environment).buildLabels['dev.seaworthy.inputs'];
    const values = [{ FLAVOUR: 'full' }, { FLAVOUR: 'slim' }, { FLAVOUR: '' }, {}].map(of);
    expect(new Set(values).size).toBe(values.length);
    expect(of({ FLAVOUR: 'full', OTHER: 'changes nothing' })).toBe(of({ FLAVOUR: 'full' }));
    expect(JSON.stringify(plan({ FLAVOUR: 'a-value-of-the-environment' }))).not.toContain('a-value-of-the-environment');
  });
});
