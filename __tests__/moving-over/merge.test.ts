// What the script says of chains that do not simply move: what stays, what falls away, what a person has to decide.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { renderMerged } from '../../scripts/merge-steps.ts';
import { mergeSteps } from '../../scripts/merge/merge-chain.ts';
import type { MergedStep } from '../../scripts/merge/merge-chain.ts';
import { parseWorkflow } from '../../scripts/merge/workflow.ts';

const here = path.dirname(fileURLToPath(import.meta.url));

function mergeCase(name: string): MergedStep {
  const [merged] = mergeSteps(parseWorkflow(readFileSync(path.join(here, 'cases', `${name}.yml`), 'utf8')));
  if (merged === undefined) throw new Error(`${name} gives no step`);
  return merged;
}

/** Steps in YAML, as the list of one job. */
function merge(steps: string): MergedStep {
  const indented = steps.trim().replaceAll(/^/gm, '      ');
  const [merged] = mergeSteps(parseWorkflow(`on: push\njobs:\n  image:\n    steps:\n${indented}\n`));
  if (merged === undefined) throw new Error('gives no step');
  return merged;
}

const BUILD = '- uses: docker/build-push-action@v7\n  with: { context: ., push: true, tags: acme/app }';

describe('the gate', () => {
  test('a scan without exit-code only reports', () => {
    expect(mergeCase('trivy-report').inputs).toMatchObject({ gate: 'warn', 'trivy-version': '0.70.0' });
    expect([...mergeCase('trivy-report').kept.values()]).toEqual(['scans fs, not the image']);
  });

  test('a failing scan decides, whatever else reports', () => {
    const merged = merge(
      `${BUILD}\n- uses: aquasecurity/trivy-action@v0.36.0\n  with: { image-ref: acme/app, format: sarif, severity: LOW }\n- uses: aquasecurity/trivy-action@v0.36.0\n  with: { image-ref: acme/app, exit-code: 1, severity: CRITICAL }`,
    );
    expect(merged.inputs).toMatchObject({ severity: 'CRITICAL' });
    expect(merged.inputs).not.toHaveProperty('gate');
  });

  test('a failing scan without severities failed for all of them', () => {
    const merged = merge(
      `${BUILD}\n- uses: aquasecurity/trivy-action@v0.36.0\n  with: { exit-code: '2', scanners: 'vuln,license' }`,
    );
    expect(merged.inputs).toMatchObject({ severity: 'UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL', scanners: 'vuln' });
    expect(merged.decisions.join()).toContain('license is not in this version');
  });

  test('no scan at all is for a person to decide', () => {
    expect(merge(BUILD).decisions.join()).toContain('nothing scanned this image so far');
  });

  test('a version whose hash nobody knows is left out', () => {
    const merged = merge(`${BUILD}\n- uses: aquasecurity/trivy-action@v0.36.0\n  with: { version: v0.69.4 }`);
    expect(merged.inputs).not.toHaveProperty('trivy-version');
    expect(merged.decisions.join()).toContain('trivy v0.69.4: this release knows the hashes of');
  });
});

describe('logins', () => {
  const LOGIN = '- uses: docker/login-action@v4\n  with: { registry: ghcr.io, username: me, password: secret }';

  test('one moves, and its condition is told', () => {
    const merged = merge(`${LOGIN.replace('\n', "\n  if: github.event_name == 'push'\n")}\n${BUILD}`);
    expect(merged.inputs).toMatchObject({ registry: 'ghcr.io', username: 'me', password: 'secret' });
    expect(merged.decisions.join()).toContain("its condition (github.event_name == 'push') falls away");
  });

  test('several stay', () => {
    const merged = merge(`${LOGIN}\n${LOGIN.replace('ghcr.io', 'quay.io')}\n${BUILD}`);
    expect(merged.kept.size).toBe(2);
    expect(merged.inputs).not.toHaveProperty('password');
  });

  test.each(['ecr: auto', 'scope: acme/app@push', 'registry-auth: "- registry: quay.io"'])('one with %s stays', input => {
    const merged = merge(`- uses: docker/login-action@v4\n  with: { ${input} }\n${BUILD}`);
    expect([...merged.kept.values()]).toEqual(['its kind of login is not in this version']);
  });
});

describe('builders', () => {
  const setup = (inputs: string): MergedStep => merge(`- uses: docker/setup-buildx-action@v4\n  with: ${inputs}\n${BUILD}`);

  test.each(['{}', '{ driver: docker-container }', '{ platforms: linux/amd64, use: true }'])('%s falls away', inputs => {
    expect(setup(inputs).kept.size).toBe(0);
    expect(setup(inputs).inputs).not.toHaveProperty('platforms');
  });

  test('an image alone is builder-image', () => {
    expect(setup('{ driver-opts: "image=moby/buildkit:v0.30.0" }').inputs).toMatchObject({
      'builder-image': 'moby/buildkit:v0.30.0',
    });
  });

  test.each([
    ['{ driver-opts: network=host }', { 'driver-opts': 'network=host' }],
    ['{ version: v0.35.0 }', { 'buildx-version': '0.35.0' }],
    ['{ buildkitd-flags: --debug, cleanup: false }', { 'buildkitd-flags': '--debug', 'keep-builder': 'true' }],
    ['{ buildkitd-config: b.toml, keep-state: true }', { 'buildkitd-config': 'b.toml', 'keep-builder': 'true' }],
    ['{ config-inline: "debug = true" }', { 'buildkitd-config-inline': 'debug = true' }],
  ])('%s moves', (inputs, ours) => {
    expect(setup(inputs).kept.size).toBe(0);
    expect(setup(inputs).inputs).toMatchObject(ours);
  });

  test.each([
    ['{ driver: kubernetes }', 'driver kubernetes'],
    ['{ append: "- endpoint: ssh://me@arm" }', 'append'],
    ['{ endpoint: tcp://build:1234 }', 'endpoint'],
    ['{ version: latest }', 'version latest'],
    ['{ version: v0.1.0 }', 'version v0.1.0'],
  ])('%s stays', (inputs, reason) => {
    expect([...setup(inputs).kept.values()]).toEqual([`${reason}: its builder is used`]);
    expect(setup(inputs).inputs).not.toHaveProperty('buildx-version');
  });

  test('one that a script uses stays, and is no other one for this build', () => {
    const merged = merge(
      `- { id: b, uses: docker/setup-buildx-action@v4 }\n${BUILD}\n- run: docker buildx du --builder \${{ steps.b.outputs.name }}`,
    );
    expect([...merged.kept.values()]).toEqual(['read by run: its builder is used']);
    expect(merged.inputs).not.toHaveProperty('builder');
  });

  test('of several, the one that the build names', () => {
    const two =
      '- { id: a, uses: docker/setup-buildx-action@v4, with: { driver: remote, endpoint: "tcp://a:1" } }\n- { id: b, uses: docker/setup-buildx-action@v4, with: { driver-opts: network=host } }';
    const build = (of: string): MergedStep =>
      merge(`${two}\n${BUILD.replace('push: true', `push: true, builder: "\${{ steps.${of}.outputs.name }}"`)}`);
    expect(build('a').inputs).toMatchObject({ builder: '${{ steps.a.outputs.name }}' });
    expect(build('a').inputs).not.toHaveProperty('driver-opts');
    expect(build('b').inputs).toMatchObject({ 'driver-opts': 'network=host' });
    expect([...build('b').kept.values()]).toEqual(['another builder is made by it']);
  });

  test('rights that the build asks for keep nothing: what is created grants them', () => {
    expect(mergeCase('build-options').kept.size).toBe(0);
    expect(mergeCase('build-options').inputs).toMatchObject({ allow: 'network.host' });
  });

  test('emulators are registered by the step itself, from the same image', () => {
    const merged = mergeCase('buildx-config');
    expect(merged.kept.size).toBe(0);
    expect(merged.inputs).toMatchObject({ 'binfmt-image': 'mirror.example/binfmt:qemu-v10', 'buildx-version': '0.35.0' });
    expect(merged.inputs).not.toHaveProperty('platforms');
    const cleaned = merge(`- { uses: docker/setup-qemu-action@v4, with: { reset: true } }\n${BUILD}`);
    expect([...cleaned.kept.values()]).toEqual(['reset; emulators that are there are not registered again']);
  });
});

describe('bake', () => {
  const bake = (inputs: string, before = ''): MergedStep =>
    merge(`${before}- uses: docker/bake-action@v7\n  with: { source: ., ${inputs} }`);

  test('one target: the metadata step moves in, its bake file goes', () => {
    expect(mergeCase('bake-target').inputs).toEqual({
      images: 'acme/app\nghcr.io/acme/app\n',
      tags: 'type=ref,event=branch\ntype=semver,pattern={{version}}\n',
      annotations: 'org.opencontainers.image.vendor=Acme\n',
      'bake-target': 'image-metadata',
      bake: 'app',
      'bake-files': './docker-bake.hcl',
      'bake-set': '*.args.BASE=debian:12\n*.args.VERSION={{meta.version}}',
      'cache-to': 'type=registry,ref=acme/app:buildcache,mode=max',
      push: 'true',
    });
    expect(mergeCase('bake-target').decisions.join()).toContain('DOCKER_META_VERSION');
  });

  test('no target is the default one, and nothing is pushed unasked', () => {
    expect(bake('no-cache: true').inputs).toEqual({ bake: 'default', 'no-cache': 'true', push: 'false' });
  });

  test('several targets: what to do by hand, and the metadata step as a plan', () => {
    const [plan, refused] = mergeSteps(parseWorkflow(readFileSync(path.join(here, 'cases', 'bake.yml'), 'utf8')));
    expect(plan?.inputs).toMatchObject({ mode: 'plan' });
    expect(refused?.inputs).toBeUndefined();
    expect(refused?.decisions.join()).toContain(
      'strategy: {matrix: {target: [server, worker]}} and targets: ${{ matrix.target }}',
    );
  });

  test.each([
    ['targets: app, source: ./images', 'reads its definition in ./images'],
    ['targets: app, source: "{{defaultContext}}:images"', 'reads its definition in {{defaultContext}}:images'],
    ['targets: app, source: https://github.com/a/b.git', 'reads its definition in https://'],
    ['targets: app, workdir: images', 'runs in images'],
  ])('%s is for a person', (inputs, said) => {
    const merged = merge(`- uses: docker/bake-action@v6\n  with: { ${inputs} }`);
    expect(merged.inputs).toBeUndefined();
    expect(merged.decisions).toEqual([expect.stringContaining(said)]);
  });

  test('what was read from Git is told', () => {
    const merged = merge('- uses: docker/bake-action@v7\n  with: { targets: app }');
    expect(merged.decisions.join()).toContain('now both are the workspace: put actions/checkout before it');
  });

  test('what would push becomes push, and variables move by hand', () => {
    const merged = bake('targets: app, push: true, vars: "A=1", set: "app.output=type=registry"');
    expect(merged.inputs).toEqual({ bake: 'app', push: 'true' });
    expect(merged.dropped.join()).toContain('app.output=type=registry: "push" publishes');
    expect(merged.decisions.join()).toContain('write A=1 into "env:"');
  });

  test('tags beside those of a metadata step are told', () => {
    const meta = '- { id: m, uses: docker/metadata-action@v6, with: { images: acme/app } }\n';
    const merged = bake('targets: app, files: "cwd://${{ steps.m.outputs.bake-file }}", set: "app.tags=acme/app:x"', meta);
    expect(merged.inputs).toEqual({ images: 'acme/app', bake: 'app', push: 'false' });
    expect(merged.decisions.join()).toContain("app.tags=acme/app:x stands beside the metadata step's tags");
  });
});

describe('builds that make something else', () => {
  test('what pushes is push, the name is a tag', () => {
    const merged = merge(
      '- uses: docker/build-push-action@v7\n  with: { context: ., outputs: "type=image,name=acme/app:1,push=true" }',
    );
    expect(merged.inputs).toEqual({ tags: 'acme/app:1', context: '.', push: 'true' });
    expect(merged.dropped.join()).toContain('"push" publishes');
  });

  test('a build whose image a script uses before the other one stays', () => {
    const loaded = '- uses: docker/build-push-action@v7\n  with: { context: ., load: true, tags: "app:test" }\n';
    expect([...merge(`${loaded}- run: docker run app:test\n${BUILD}`).kept.values()]).toEqual([
      expect.stringContaining('run uses its image before anything is published'),
    ]);
    expect(merge(`${loaded}${BUILD}`).kept.size).toBe(0);
    const setups = '- { uses: docker/setup-qemu-action@v4 }\n- { uses: docker/setup-buildx-action@v4 }\n';
    const merged = merge(`${setups}${loaded}- run: docker run app:test\n${BUILD}`);
    expect([...merged.kept.values()].filter(reason => reason.includes('needed by docker/build-push-action'))).toHaveLength(2);
  });

  test('a check before the build is a step of its own, and is not judged', () => {
    const jobs = parseWorkflow(
      'jobs:\n  a:\n    steps:\n      - { uses: docker/build-push-action@v7, with: { context: ., call: check } }\n      - { uses: docker/build-push-action@v7, with: { context: ., push: true, tags: a/b } }',
    );
    const [check, build] = mergeSteps(jobs);
    expect(check?.inputs).toEqual({ call: 'check', context: '.', push: 'false' });
    expect(check?.decisions).toEqual([]);
    expect(build?.inputs).toMatchObject({ push: 'true' });
  });

  test('a context that was read from Git beside a checkout is told', () => {
    const merged = merge('- uses: actions/checkout@v5\n- uses: docker/build-push-action@v7\n  with: { push: true, tags: a/b }');
    expect(merged.decisions.join()).toContain('context: "{{defaultContext}}" keeps it');
    expect(mergeCase('git-context').decisions.join()).not.toContain('context');
    expect(mergeCase('default-context').inputs).toMatchObject({ context: '{{defaultContext}}:docker' });
  });
});

describe('names', () => {
  test('an entry beside the metadata outputs is told, not lost in silence', () => {
    const merged = merge(
      `- { id: m, uses: docker/metadata-action@v6, with: { images: acme/app } }\n- uses: docker/build-push-action@v7\n  with:\n    push: true\n    tags: |\n      \${{ steps.m.outputs.tags }}\n      acme/app:extra`,
    );
    expect(merged.inputs).not.toHaveProperty('tags');
    expect(merged.decisions.join()).toContain("acme/app:extra stands beside the metadata step's tags");
  });

  test('exported variables are read as the outputs that they repeat', () => {
    const merged = merge(
      `- { uses: docker/metadata-action@v6, with: { images: acme/app, tags: type=sha } }\n- uses: docker/build-push-action@v7\n  with:\n    tags: \${{ env.DOCKER_METADATA_OUTPUT_TAGS }}\n- run: echo "$DOCKER_METADATA_OUTPUT_VERSION"`,
    );
    expect(merged.inputs).toMatchObject({ images: 'acme/app', tags: 'type=sha', push: 'false' });
    expect(merged.decisions.join()).toContain('DOCKER_METADATA_OUTPUT_*, which is not exported');
  });

  test('variables of the metadata step become inputs', () => {
    expect(mergeCase('sha-tags').inputs).toMatchObject({ 'short-sha-length': '12' });
  });

  test('outputs where no {{meta.…}} is known need a plan step of the same id', () => {
    const merged = mergeCase('file-by-version');
    expect([merged.planId, merged.planInputs?.['mode']]).toEqual(['meta', 'plan']);
    expect(renderMerged(merged)).toContain('- id: meta\n  uses: seaworthy/seaworthy@v1\n  with:\n    mode: plan\n');
  });
});

describe('what is printed', () => {
  test('keeps name, id, condition and environment of the build step', () => {
    const text = renderMerged(
      merge(
        '- name: Ship it\n  id: ship\n  if: always()\n  uses: docker/build-push-action@v7\n  env: { A: b }\n  with: { push: true, tags: acme/app, secret-envs: a=A }\n- run: cosign sign --key env://KEY acme/app',
      ),
    );
    expect(text).toContain('- name: Ship it\n  id: ship\n  if: always()\n  uses: seaworthy/seaworthy@v1\n  with:\n');
    expect(text).toContain('    push: true\n');
    expect(text).toContain('  env:\n    A: b\n');
    expect(text).toContain('set cosign-key: env://KEY');
  });

  test('a cache of a registry moves, a secret in its attributes does not', () => {
    expect(mergeCase('cache-registry').inputs).toMatchObject({ 'cache-to': 'type=registry,ref=acme/app:buildcache,mode=max' });
    const merged = merge(BUILD.replace('push: true', 'push: true, cache-to: "type=s3,bucket=b,secret_access_key=k,token_x=y"'));
    expect(merged.inputs).toMatchObject({ 'cache-to': 'type=s3,bucket=b,token_x=y' });
    expect(merged.decisions.join()).toContain('set AWS_SECRET_ACCESS_KEY in "env:"');
  });

  test('an input that its action does not have is told', () => {
    expect(merge(BUILD.replace('push: true', 'push: true, pusch: 1')).decisions.join()).toContain('has no input "pusch"');
  });

  test('a file that is no workflow is an error', () => {
    expect(() => parseWorkflow('- a\n- b')).toThrow('no workflow');
    expect(() => parseWorkflow('')).toThrow('no workflow');
    expect(mergeSteps(parseWorkflow('jobs: { a: { uses: ./x.yml } }'))).toEqual([]);
  });
});
