// What builds see of the step's environment (promise 5).

import { expect, test } from '@jest/globals';
import { buildEnvironment, dockerEnvironment } from '../../src/tools/buildx-env.ts';
import type { CacheType, PlannedImport } from '../../src/plan/plan.ts';
import { anOrder } from '../build/orders.ts';

const KEPT = {
  PATH: '/bin',
  HOME: '/root',
  HTTPS_PROXY: 'http://proxy',
  no_proxy: 'localhost',
  SSH_AUTH_SOCK: '/tmp/agent',
  DOCKER_HOST: 'unix:///x',
  DOCKER_CONFIG: '/cfg',
  BUILDX_BUILDER: 'mine',
  GITHUB_REPOSITORY: 'acme/app',
  FOO: 'bar',
  MY_INPUT_X: 'kept',
};

test.each([
  ['INPUT_PASSWORD', 'x'],
  ['INPUT_COSIGN-KEY', 'x'],
  ['STATE_token', 'x'],
  ['ACTIONS_ID_TOKEN_REQUEST_TOKEN', 'x'],
  ['ACTIONS_ID_TOKEN_REQUEST_URL', 'x'],
  ['ACTIONS_RUNTIME_TOKEN', 'x'],
  ['GITHUB_TOKEN', 'x'],
  ['GH_TOKEN', 'x'],
  ['GITHUB_ENTERPRISE_TOKEN', 'x'],
  ['GH_ENTERPRISE_TOKEN', 'x'],
  ['COSIGN_PASSWORD', 'x'],
  ['SIGSTORE_ID_TOKEN', 'x'],
  ['GITHUB_ENV', '/file'],
  ['GITHUB_OUTPUT', '/file'],
  ['MY_PAT', `ghp_${'a'.repeat(36)}`],
  ['OTHER', `github_pat_${'a'.repeat(40)}`],
  ['INSTALLATION', `ghs_${'a'.repeat(36)}`],
])('%s does not reach buildx', (name, value) => {
  expect(dockerEnvironment({ ...KEPT, [name]: value, gone: undefined })).toEqual(KEPT);
});

test.each<[string, Record<string, string>, number | undefined, string | undefined]>([
  ['the commit time of the order', {}, 1700000000, '1700000000'],
  ["never the user's own, which the plan has read", { SOURCE_DATE_EPOCH: '0' }, 1700000000, '1700000000'],
  ['none when it is off', { SOURCE_DATE_EPOCH: '0' }, undefined, undefined],
  ['none when nothing is known', {}, undefined, undefined],
])('SOURCE_DATE_EPOCH: %s', (_name, user, epoch, expected) => {
  const order = anOrder(epoch === undefined ? {} : { sourceDateEpoch: epoch });
  expect(buildEnvironment({ ...KEPT, ...user }, order)['SOURCE_DATE_EPOCH']).toBe(expected);
});

test('BUILDX_METADATA_PROVENANCE cannot change what we read', () => {
  expect(buildEnvironment({ BUILDX_METADATA_PROVENANCE: 'max' }, anOrder())['BUILDX_METADATA_PROVENANCE']).toBe('disabled');
});

const cache = (type: CacheType): PlannedImport => ({ type, attributes: {}, automatic: false });

test('the token of the Actions cache service is there for a cache of that service only', () => {
  const user = {
    ...KEPT,
    ACTIONS_RUNTIME_TOKEN: 'x.y.z',
    ACTIONS_RESULTS_URL: 'https://results/',
    ACTIONS_CACHE_SERVICE_V2: 'true',
  };
  for (const over of [
    { imports: [cache('gha')], exports: [] },
    { imports: [], exports: [{ ...cache('gha'), when: 'beside' as const }] },
  ])
    expect(buildEnvironment(user, anOrder({ caches: over }))).toMatchObject({
      ACTIONS_RUNTIME_TOKEN: 'x.y.z',
      ACTIONS_RESULTS_URL: 'https://results/',
      ACTIONS_CACHE_SERVICE_V2: 'true',
    });
  const others = { caches: { imports: [cache('registry')], exports: [{ ...cache('local'), when: 'beside' as const }] } };
  expect(buildEnvironment(user, anOrder(others))).not.toHaveProperty('ACTIONS_RUNTIME_TOKEN');
});

test('a variable that was named as a build secret reaches buildx, whatever it is called or holds', () => {
  const secrets = { GITHUB_TOKEN: `ghs_${'a'.repeat(36)}` };
  expect(buildEnvironment({ ...KEPT, ...secrets, GH_TOKEN: 'x' }, anOrder(), secrets)).toMatchObject(secrets);
  expect(buildEnvironment({ ...KEPT, ...secrets }, anOrder())).not.toHaveProperty('GITHUB_TOKEN');
});
