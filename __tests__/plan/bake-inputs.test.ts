// Bake targets as the real buildx prints them (fixtures/bake/recorded.json) -> inputs: every attribute, what wins, what is refused and how.

import { describe, expect, test } from '@jest/globals';
import { isOverridden } from '../../src/plan/bake-order.ts';
import type { BakeTarget } from '../../src/plan/bake-target.ts';
import { effectivePolicy } from '../../src/plan/effective-policy.ts';
import { makePlan } from '../../src/plan/make-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { fill, targetOf } from './bake-cases.ts';
import type { Filled } from './bake-cases.ts';
import { anEvent, aTag, NOW } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

const SERVICE = targetOf('a target with everything');

/** A target that says nothing but this. */
function aTarget(over: Partial<BakeTarget>): BakeTarget {
  return { ...targetOf('a service with a dot'), name: 'app', context: '.', ...over };
}

/** What a target says, and what is typed instead. */
const PLAIN: readonly (readonly [name: string, target: Partial<BakeTarget>, inputs: Record<string, unknown>])[] = [
  ['no-cache', { noCache: true }, { noCache: true }],
  ['pull', { pull: true }, { pull: true }],
  ['network', { network: 'none' }, { network: 'none' }],
  ['call', { call: 'check' }, { call: 'check' }],
  ['call as buildx has it inside', { call: 'lint' }, { call: 'check' }],
  ['dockerfile of another context', { context: 'a/b', dockerfile: '../c/D' }, { context: 'a/b', file: 'a/c/D' }],
  ['dockerfile beside a remote context', { context: 'https://github.com/a/b.git#v1', dockerfile: 'c/D' }, { file: 'c/D' }],
  ['dockerfile of the workspace', { context: 'a', dockerfile: 'cwd://D' }, { file: 'D' }],
  ['the usual dockerfile', { context: 'a', dockerfile: 'Dockerfile' }, { context: 'a', file: undefined }],
  ['context of the workspace', { context: 'cwd://' }, { context: '.' }],
  ['contexts of the workspace', { contexts: [['a', 'cwd://b']] }, { buildContexts: ['a=b'] }],
  ['platforms of this machine', { platforms: ['local'] }, { platforms: [{ os: 'linux', architecture: 'amd64' }] }],
  ['keys of ssh', { ssh: [{ id: 'k', paths: ['a', 'b'] }] }, { ssh: ['k=a,b'] }],
  ['output into a directory', { outputs: [{ type: 'local', dest: 'out' }] }, { outputs: [{ type: 'local', dest: 'out' }] }],
  ['output into an archive', { outputs: [{ type: 'oci', dest: 'o.tar' }] }, { outputs: [{ type: 'oci', dest: 'o.tar' }] }],
  ['output of nothing', { outputs: [{ type: 'cacheonly' }] }, { outputs: [], load: false }],
  ['an id that is a variable', { secrets: [{ id: 'T', env: undefined, src: undefined }] }, { secretEnvs: [{ id: 'T' }] }],
  ['an id that is a file', { secrets: [{ id: 'f', env: undefined, src: undefined }] }, { secretFiles: [{ id: 'f' }] }],
  ['values with commas and quotes', { args: [['A', 'a,"b",\n c ']] }, { buildArgs: ['A=a,"b",\n c '] }],
  ['a cache with commas', { cacheFrom: [{ type: 'local', src: 'a,b' }] }, { cacheFrom: [{ attributes: { src: 'a,b' } }] }],
  ['a clock', { args: [['SOURCE_DATE_EPOCH', '77']] }, { sourceDateEpoch: 77, buildArgs: ['SOURCE_DATE_EPOCH=77'] }],
];

describe('every attribute', () => {
  const { inputs, refused } = fill(SERVICE);

  test('of a target becomes an input', () => {
    expect(refused).toEqual([]);
    expect(inputs).toMatchObject({
      context: '.',
      file: 'docker/service.Dockerfile',
      target: 'run',
      platforms: [
        { os: 'linux', architecture: 'amd64' },
        { os: 'linux', architecture: 'arm64' },
      ],
      buildArgs: ['CHANNEL=stable', 'TEMPLATE=${PROJECT} %{x}', 'VERSION=0.0.0-dev'],
      buildContexts: ['lib=lib'],
      attests: [
        { type: 'provenance', value: 'mode=min' },
        { type: 'sbom', value: 'false' },
      ],
      cacheFrom: [
        { type: 'gha', attributes: { scope: 'service' } },
        { type: 'registry', attributes: { ref: 'registry.example/harbour/cache:service' } },
      ],
      cacheTo: [{ type: 'gha', attributes: { scope: 'service', mode: 'max' } }],
      load: true,
      noCacheFilters: ['never'],
      addHosts: ['harbour=203.0.113.7'],
      ulimit: ['nofile=1024:2048'],
      shmSize: '128m',
      secretEnvs: [{ id: 'token', variable: 'SERVICE_TOKEN' }],
      secretFiles: [{ id: 'settings', file: 'lib/settings.txt' }],
    });
  });

  test('that is typed stands for the attribute; build arguments merge', () => {
    const typed: Typed = {
      target: 'other',
      context: 'sub',
      platforms: 'linux/s390x',
      'build-args': 'CHANNEL=typed\nMORE=1',
      'build-contexts': 'x=y',
      attests: 'type=sbom',
      'cache-from': 'typed/cache:1',
      'cache-to': 'type=inline',
      load: 'false',
      'shm-size': '1g',
      ulimit: 'nproc=1',
      'add-hosts': 'a:1.2.3.4',
      'no-cache-filters': 'some',
      'secret-files': 'mine=a.txt',
    };
    const { inputs: both, refused: none } = fill(SERVICE, typed);
    expect(none).toEqual([]);
    expect(both).toMatchObject({
      target: 'other',
      context: 'sub',
      file: 'sub/docker/service.Dockerfile',
      platforms: [{ os: 'linux', architecture: 's390x' }],
      buildArgs: ['TEMPLATE=${PROJECT} %{x}', 'VERSION=0.0.0-dev', 'CHANNEL=typed', 'MORE=1'],
      buildContexts: ['x=y'],
      attests: [{ type: 'sbom', value: 'true' }],
      cacheFrom: [{ type: 'registry', attributes: { ref: 'typed/cache:1' } }],
      cacheTo: [{ type: 'inline' }],
      load: false,
      shmSize: '1g',
      ulimit: ['nproc=1'],
      addHosts: ['a:1.2.3.4'],
      noCacheFilters: ['some'],
      secretEnvs: [],
      secretFiles: [{ id: 'mine', file: 'a.txt' }],
    });
    expect(both.warnings).toContainEqual(
      'bake: the secret "token", "settings" of the target is left out, because secret-files was typed: add it there',
    );
  });

  test('leaves the rest of the inputs alone', () => {
    const typed: Typed = { severity: 'HIGH', 'github-token': 't', gate: 'warn' };
    expect(fill(SERVICE, typed).inputs).toMatchObject({ severity: ['HIGH'], githubToken: 't', gate: 'warn', push: 'auto' });
  });

  test.each(PLAIN)('%s', (_, over, expected) => {
    const filled = fill(aTarget(over), { allow: 'ssh' }, { env: { T: 'x' } });
    expect(filled.refused).toEqual([]);
    expect(filled.inputs).toMatchObject(expected);
  });

  test('a clock of the environment is no build argument, and a typed one wins', () => {
    const target = aTarget({ args: [['SOURCE_DATE_EPOCH', '77']] });
    expect(fill(target, {}, { env: { SOURCE_DATE_EPOCH: '77' } }).inputs.buildArgs).toEqual([]);
    expect(fill(target, { 'source-date-epoch': '5' }).inputs).toMatchObject({ buildArgs: [], sourceDateEpoch: 5 });
  });

  test('the input cache stands for all caches of the target', () => {
    expect(fill(SERVICE, { cache: 'off' }).inputs).toMatchObject({ cache: 'off', cacheFrom: [], cacheTo: [] });
  });
});

describe('secrets', () => {
  test('whose variable is empty or not set are left out', () => {
    const { inputs, refused } = fill(SERVICE, {}, { env: { SERVICE_TOKEN: '' } });
    expect([inputs.secretEnvs, refused]).toEqual([[], []]);
    expect(inputs.warnings).toContainEqual(
      expect.stringMatching(/^bake: the secret "token" is left out: the variable SERVICE_TOKEN/),
    );
  });

  test.each(['INPUT_PASSWORD', 'STATE_x', 'ACTIONS_RUNTIME_TOKEN', 'ACTIONS_ID_TOKEN_REQUEST_TOKEN'])(
    'never come from %s',
    env => {
      const target = aTarget({ secrets: [{ id: 'x', env, src: undefined }] });
      expect(fill(target, {}, { env: { [env]: 'value' } }).refused).toEqual([
        `bake: target "app": its secret "x" is to come from the variable ${env}, which belongs to the runner > Give the secret a variable of its own in "env:" of the step.`,
      ]);
    },
  );
});

describe('refused', () => {
  test('what pushes before the verdict, with the way out', () => {
    const { refused } = fill(targetOf('outputs and caches that push'), {}, { guarded: false });
    expect(refused).toEqual([
      expect.stringMatching(
        /^bake: target "publish": its cache-to type=registry,ref=\S+ would push before .+ > .*publish\.cache-to=/,
      ),
      expect.stringMatching(/^bake: target "publish": its output type=registry would push before .+ > .*publish\.push=false$/),
      expect.stringMatching(/^bake: target "publish": it asks for network\.host.+ > Give it with allow: network\.host$/),
    ]);
    expect(fill(aTarget({ outputs: [{ type: 'image', push: 'true' }] })).refused).toHaveLength(1);
    expect(fill(aTarget({ outputs: [{ type: 'image', push: 'false' }] })).refused).toEqual([]);
  });

  test('not what is typed instead', () => {
    const typed = { outputs: 'type=local,dest=o', 'cache-to': 'type=inline', allow: 'network.host,ssh' };
    expect(fill(targetOf('outputs and caches that push'), typed).refused).toEqual([]);
  });

  test('the SSH agent, until it is allowed', () => {
    const target = aTarget({ ssh: [{ id: 'default', paths: [] }] });
    expect(fill(target).refused).toEqual([expect.stringContaining('it asks for the SSH agent (ssh)')]);
    expect(fill(target, { allow: 'ssh' })).toMatchObject({ refused: [], inputs: { allow: [], ssh: ['default'] } });
    expect(fill(target, {}, { guarded: false }).refused).toEqual([]);
    expect(fill(target, { ssh: 'default' }).refused).toEqual([]);
  });

  test('rights, until they are allowed or typed with bake-set', () => {
    const target = aTarget({ entitlements: ['security.insecure'] });
    expect(fill(target).refused).toHaveLength(1);
    expect(fill(target, { allow: 'security.insecure' })).toMatchObject({ refused: [], inputs: { allow: ['security.insecure'] } });
    expect(fill(target, { 'bake-set': 'app.entitlements=security.insecure' })).toMatchObject({
      refused: [],
      inputs: { allow: ['security.insecure'] },
    });
  });

  test.each<[string, string, string[]]>([
    ['another target', 'other.entitlements=security.insecure', ['network.host', 'security.insecure']],
    ['another right', 'app.entitlements=device', ['network.host', 'security.insecure']],
    ['one of two, however it is written', 'app.entitlements=network.host', ['security.insecure']],
    ['one that is added', 'app.entitlements+=network.host', ['security.insecure']],
    ['targets of a pattern', 'a?[o-q].entitlements=network.host', ['security.insecure']],
    ['a pattern of others', '[b-z]*.entitlements=network.host', ['network.host', 'security.insecure']],
    ['a pattern that is none', '[z-a].entitlements=network.host', ['network.host', 'security.insecure']],
    ['both', '*.entitlements=network.host\napp.entitlements=security.insecure', []],
  ])('an override for %s gives what it says and no more', (_, set, missing) => {
    const { inputs, refused } = fill(aTarget({ entitlements: ['network.host', 'security.insecure'] }), { 'bake-set': set });
    expect(refused).toEqual(missing.map(right => expect.stringContaining(`it asks for ${right},`)));
    expect(inputs.allow).toEqual(['network.host', 'security.insecure'].filter(right => !missing.includes(right)));
  });

  test.each<[string, string, string, string, boolean]>([
    ['a whole attribute', 'app.output=type=local,dest=../a', 'output', '../a', true],
    ['what it replaces', 'app.context=../a', 'context', '../a', true],
    ['one that was there before', 'app.output+=type=local,dest=../a', 'output', '../b', false],
    ['one that is added', 'app.output+=type=local,dest=../a', 'output', '../a', true],
    ['one context', 'app.contexts.a=cwd://../a', 'contexts', '../a', true],
    ['another context', 'app.contexts.a=../a', 'contexts', '../b', false],
    ['secrets by their other name', 'app.secrets=id=x,src=/x', 'secret', '/x', true],
    ['another target', 'other.output=type=local,dest=../a', 'output', '../a', false],
    ['another attribute', 'app.cache-to=type=local,dest=../a', 'output', '../a', false],
  ])('a path: an override of %s', (_, entry, attribute, path, expected) => {
    expect(isOverridden({ set: [entry], target: { name: 'app' } }, attribute, path)).toBe(expected);
  });

  test('a linked target, which only bake can build', () => {
    const target = targetOf('a linked target');
    expect(fill(target).refused).toEqual([
      expect.stringMatching(
        /^bake: target "app": its context "base" is the target "base".+ > .+bake-set: app\.contexts\.base=docker-image:\/\/NAME@DIGEST$/,
      ),
    ]);
    expect(fill(target, { 'build-contexts': 'base=docker-image://debian:12' }).refused).toEqual([]);
  });

  test('what lies outside of the workspace', () => {
    const outside = [{ attribute: 'context', access: 'read', path: '../x' }] as const;
    expect(fill(aTarget({}), {}, { outside }).refused).toEqual([
      'bake: target "app": its context "../x" lies outside of the workspace > Permit it with allow: fs.read=../x',
    ]);
  });

  test('what our inputs refuse, told of bake and with the attribute', () => {
    const target = aTarget({ platforms: ['linux/amd46'], cacheFrom: [{ type: 'gah' }], tags: ['Not:a:name'] });
    const { refused } = fill(target, { severity: 'HIHG' });
    expect(refused).toContainEqual(
      expect.stringMatching(/^bake: target "app": platforms: "linux\/amd46".+did you mean "linux\/amd64"/),
    );
    expect(refused).toContainEqual(expect.stringMatching(/^bake: target "app": cache-from: there is no cache of type "gah"/));
    expect(refused).toContainEqual(expect.stringMatching(/^bake: target "app": tags: "Not:a:name" is not an image reference/));
    expect(refused).toContainEqual(expect.stringMatching(/^severity: "HIHG"/));
  });

  test('attributes of newer versions are named', () => {
    expect(fill(aTarget({ unknown: ['resources'] })).inputs.warnings).toEqual([
      'bake: the attribute resources of the target is not followed: this version has no input for it',
    ]);
  });
});

describe('the plan', () => {
  function planned({ inputs, refused }: Filled, over: Partial<Parameters<typeof makePlan>[0]> = {}): Plan {
    expect(refused).toEqual([]);
    return makePlan({ event: anEvent(), inputs, policy: effectivePolicy({ inputs }), now: NOW, ...over });
  }

  test('the tags of a target are full references, where neither images nor tags are typed', () => {
    const target = targetOf('variables from the environment');
    const { references, tags } = planned(fill(target));
    expect(references).toEqual([
      'registry.example/harbour/service:2.3.4',
      'registry.example/harbour/service:2',
      'registry.example/harbour/service:debug',
    ]);
    expect(tags.map(({ kind }) => kind)).toEqual(['immutable', 'floating', 'floating']);
    const images = { images: 'ghcr.io/acme/app' };
    expect(planned(fill(target, images), { event: aTag('v3.0.0') }).references).toEqual([
      'ghcr.io/acme/app:v3.0.0',
      'ghcr.io/acme/app:latest',
    ]);
    expect(planned(fill(target, { tags: 'ghcr.io/acme/app:x' })).references).toEqual(['ghcr.io/acme/app:x']);
  });

  test('the tags of a target alone publish nothing unless push says so', () => {
    const target = targetOf('variables from the environment');
    const { push, decisions } = planned(fill(target));
    expect(push).toBe(false);
    expect(decisions.find(({ name }) => name === 'push')?.reason).toMatch(
      /names are those of the bake target.+ write push: true, or images:/,
    );
    expect(planned(fill(target, { push: 'true' })).push).toBe(true);
    expect(planned(fill(target, { images: 'ghcr.io/acme/app' }), { event: aTag('v3.0.0') }).push).toBe(true);
    expect(planned(fill(target, { tags: 'ghcr.io/acme/app:x', load: 'false' })).push).toBe(true);
  });

  test('mode: plan takes them too', () => {
    expect(planned(fill(SERVICE, { mode: 'plan' })).references).toContain('registry.example/harbour/service:0');
  });

  test('labels and annotations merge, typed ones win; only {{meta.…}} is filled in', () => {
    const typed = { labels: 'com.example.team=typed', annotations: 'com.example.note=typed', images: 'ghcr.io/acme/app' };
    const plan = planned(fill(SERVICE, typed), { event: aTag('v3.0.0') });
    expect(plan.labels).toMatchObject({
      'com.example.team': 'typed',
      'com.example.text': '{{ .Values }}, with "quotes"',
      'com.example.version': 'v3.0.0',
      'org.opencontainers.image.vendor': 'Acme',
      'org.opencontainers.image.title': 'App',
    });
    const notes = plan.annotations.filter(({ key }) => key.startsWith('com.example.'));
    expect(notes.map(({ level, key, value }) => `${level}:${key}=${value}`).sort()).toEqual([
      'index:com.example.note=typed',
      'index:com.example.plain=1',
      'manifest:com.example.note=typed',
      'manifest:com.example.plain=1',
    ]);
    const own = planned(fill(SERVICE)).annotations.filter(({ key }) => key === 'com.example.note');
    expect(own.map(({ level, value }) => `${level}=${value}`).sort()).toEqual(['index=from bake', 'manifest=from bake']);
  });

  test('{{meta.…}} in arguments, contexts and the target of a bake file', () => {
    const target = aTarget({
      args: [['V', '{{meta.version}}']],
      contexts: [['a', 'docker-image://x:{{meta.version}}']],
      target: 's-{{meta.version}}',
    });
    const { build } = planned(fill(target, { images: 'ghcr.io/acme/app' }), { event: aTag('v1.2.3') });
    expect(build).toMatchObject({ buildArgs: ['V=v1.2.3'], buildContexts: ['a=docker-image://x:v1.2.3'], target: 's-v1.2.3' });
  });

  test('a name that {{meta}} does not have is a mistake', () => {
    const filled = fill(aTarget({ labels: [['a', '{{meta.vresion}}']] }));
    expect(() => planned(filled)).toThrow(/^labels: "\{\{meta\.vresion\}\}" is not known \(did you mean "version"/);
  });

  test('the empty target of docker/metadata-action is filled in by our inputs', () => {
    const typed = { images: 'ghcr.io/acme/app', tags: 'type=semver,pattern={{version}}', labels: 'a=b' };
    const plan = planned(fill(targetOf('the target of docker/metadata-action'), typed), { event: aTag('v1.2.3') });
    expect(plan.references).toEqual(['ghcr.io/acme/app:1.2.3', 'ghcr.io/acme/app:latest']);
    expect(plan.labels).toMatchObject({ a: 'b' });
  });

  test('says which target it is, and what of it counts', () => {
    expect(planned(fill(SERVICE)).decisions).toContainEqual({
      name: 'bake',
      asked: 'service',
      outcome: 'target service (The service itself)',
      reason: expect.stringMatching(/^docker-bake\.hcl says context, platforms, .+ args, labels, annotations, tags$/) as unknown,
    });
  });

  test('its hash counts what the target resolved to', () => {
    const hash = (target: BakeTarget): string | undefined => planned(fill(target)).buildLabels['dev.seaworthy.inputs'];
    const usual = hash(aTarget({}));
    expect(hash(aTarget({}))).toBe(usual);
    for (const over of [
      { args: [['A', 'b']] },
      { target: 's' },
      { labels: [['a', 'b']] },
      { context: 'sub' },
      { contexts: [['a', 'b']] },
    ] as const)
      expect(hash(aTarget(over as Partial<BakeTarget>))).not.toBe(usual);
  });
});
