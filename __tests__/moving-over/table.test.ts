// The table of docs/moving-over.md: every input of the actions that this one replaces, and nothing said of ours that is not there.

import { describe, expect, test } from '@jest/globals';
import { readAction } from '../../scripts/docs.ts';
import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import {
  explainForeignInput,
  movedInput,
  MOVED_INPUTS,
  MOVED_OUTPUTS,
  MOVED_VARIABLES,
  PEER_ACTIONS,
} from '../../src/plan/moving-over.ts';
import type { PeerAction } from '../../src/plan/moving-over.ts';

/** Names in the `inputs` of each action.yml, in the version of PEER_ACTIONS; of setup-buildx and bake also those that their last version dropped. */
const PEER_INPUTS: Readonly<Record<PeerAction, string>> = {
  'docker/build-push-action':
    'add-hosts allow annotations attests build-args build-contexts builder cache-from cache-to call cgroup-parent context file github-token labels load network no-cache no-cache-filters outputs platforms provenance pull push sbom secret-envs secret-files secrets shm-size ssh tags target ulimit',
  'docker/bake-action':
    'allow builder call files github-token load no-cache provenance pull push sbom set source targets vars workdir',
  'docker/metadata-action':
    'annotations bake-target context flavor github-token images labels sep-annotations sep-labels sep-tags tags',
  'docker/login-action': 'ecr logout password registry registry-auth scope username',
  'docker/setup-buildx-action':
    'append buildkitd-config buildkitd-config-inline buildkitd-flags cache-binary cleanup config config-inline driver driver-opts endpoint install keep-state name platforms use version',
  'docker/setup-qemu-action': 'cache-image image platforms reset',
  'aquasecurity/trivy-action':
    'cache cache-dir docker-host exit-code format github-pat hide-progress ignore-policy ignore-unfixed image-ref input limit-severities-for-sarif list-all-pkgs output scan-ref scan-type scanners severity skip-dirs skip-files skip-setup-trivy template tf-vars timeout token-setup-trivy trivy-config trivyignores version vuln-type',
  'sigstore/cosign-installer': 'cosign-release install-dir use-sudo',
};

const PEER_OUTPUTS: Readonly<Record<PeerAction, string>> = {
  'docker/build-push-action': 'digest imageid metadata',
  'docker/bake-action': 'metadata',
  'docker/metadata-action':
    'annotations bake-file bake-file-annotations bake-file-labels bake-file-tags json labels tag-names tags version',
  'docker/login-action': '',
  'docker/setup-buildx-action': 'driver name nodes platforms',
  'docker/setup-qemu-action': 'platforms',
  'aquasecurity/trivy-action': '',
  'sigstore/cosign-installer': '',
};

const ours: readonly string[] = INPUT_NAMES;

describe.each(Object.keys(PEER_ACTIONS) as PeerAction[])('%s', action => {
  test('has each of its inputs in the table', () => {
    const names = MOVED_INPUTS.filter(row => row.action === action).map(row => row.input);
    expect(names.sort()).toEqual(PEER_INPUTS[action].split(' '));
  });

  test('has each of its outputs in the table', () => {
    const names = MOVED_OUTPUTS.filter(row => row.action === action).map(row => row.output);
    expect(names.sort().join(' ')).toBe(PEER_OUTPUTS[action]);
  });
});

describe('what the table promises', () => {
  test.each(MOVED_INPUTS)('$action $input -> $ours', ({ input, ours: target, note }) => {
    if (target === 'same') expect(ours).toContain(input);
    else if (target !== 'none') expect(ours).toContain(target);
    // What does not simply move says what to do.
    if (target !== 'same') expect(note).not.toBe('');
  });

  test.each(MOVED_OUTPUTS)('$action output $output -> $ours', ({ output, ours: target, note }) => {
    const outputs = Object.keys(readAction().outputs);
    if (target === 'same') expect(outputs).toContain(output);
    else if (target !== 'none') expect(outputs).toContain(target);
    if (target !== 'same') expect(note).not.toBe('');
  });

  test.each(MOVED_VARIABLES)('variable $variable -> $ours', ({ ours: target, note }) => {
    if (!['none', 'read'].includes(target)) expect(ours).toContain(target);
    expect(note).not.toBe('');
  });

  test('what is "not in this version" is not in this version', () => {
    for (const { input, ours: target, note } of MOVED_INPUTS)
      if (target === 'none' && note.startsWith('Not in this version')) expect(ours).not.toContain(input);
  });

  test('notes are whole sentences that fit into a cell', () => {
    for (const { note } of [...MOVED_INPUTS, ...MOVED_OUTPUTS, ...MOVED_VARIABLES])
      if (note !== '') expect(note).toMatch(/^[A-Z`].{5,190}\.$/);
  });
});

describe('collisions: a name of ours that means something else there', () => {
  const rows = MOVED_INPUTS.filter(row => row.ours !== 'same' && ours.includes(row.input));

  test('are these, and each has its sentence', () => {
    expect(rows.map(row => `${row.action} ${row.input}`).sort()).toEqual([
      'aquasecurity/trivy-action cache',
      'docker/metadata-action context',
      'docker/setup-buildx-action platforms',
      'docker/setup-qemu-action platforms',
    ]);
    for (const row of rows) expect(row.note).not.toBe('');
  });

  test('the same name in two actions is told where both feed it', () => {
    // A chain has one of the two that build.
    const both = MOVED_INPUTS.filter(row => row.ours === 'same' && row.action !== 'docker/bake-action');
    const names = both.map(row => row.input);
    const twice = [...new Set(names.filter((name, at) => names.indexOf(name) !== at))].sort();
    expect(twice).toEqual(['annotations', 'github-token', 'labels', 'tags']);
    for (const name of ['annotations', 'labels', 'tags']) expect(movedInput('docker/build-push-action', name)?.note).not.toBe('');
  });
});

describe('explainForeignInput', () => {
  test.each([
    ['scope', /^it is an input of docker\/login-action: Keep the login step/],
    ['exit-code', /^it is an input of aquasecurity\/trivy-action, here "gate": .*gate: warn/],
    ['EXIT-CODE', /here "gate"/],
    ['cosign-release', /here "cosign-version"/],
    ['version', /docker\/setup-buildx-action.*; .*aquasecurity\/trivy-action, here "trivy-version"/],
    ['image', /docker\/setup-qemu-action/],
    ['targets', /docker\/bake-action, here "bake": One target/],
    ['source', /docker\/bake-action: Leave it out/],
  ])('%s', (name, expected) => {
    expect(explainForeignInput(name)).toMatch(expected);
  });

  test('says nothing of a name that no such action has, or that is ours', () => {
    for (const name of ['servity', '', '__proto__', 'constructor', 'tags', 'registry'])
      expect(explainForeignInput(name)).toBeUndefined();
  });
});
