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
    '{ driver: kubernetes }',
    '{ append: "- endpoint: ssh://me@arm" }',
    '{ version: v0.35.0 }',
    '{ driver-opts: network=host }',
  ])('%s stays', inputs => expect(setup(inputs).kept.size).toBe(1));

  test('an entitlement keeps the builder that grants it', () => {
    expect([...mergeCase('build-options').kept.values()]).toEqual(['allow of the build: its builder is used']);
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

  test('a cache that would be pushed before the verdict is told', () => {
    expect(renderMerged(mergeCase('cache-registry'))).toContain('would push before the verdict');
    expect(mergeCase('cache-registry').inputs).not.toHaveProperty('cache-to');
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
