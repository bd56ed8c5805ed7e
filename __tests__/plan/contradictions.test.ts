import { describe, expect, test } from '@jest/globals';
import { inputsOf } from './plan-builders.ts';
import type { Typed } from './plan-builders.ts';

describe('what cannot be meant is said once', () => {
  test.each<[string, Typed, string]>([
    ['a gate that is off', { gate: 'off', severity: 'HIGH' }, 'severity: does nothing, because gate: off does not scan'],
    [
      'several settings of a gate that is off',
      { gate: 'off', scanners: 'vuln', 'ignore-unfixed': 'true' },
      'ignore-unfixed, scanners: do nothing, because gate: off does not scan',
    ],
    ['severities without vulnerabilities', { scanners: 'secret', severity: 'HIGH' }, 'severity: does nothing, because scanners'],
    ['a key beside keyless', { sign: 'keyless', 'cosign-key': 'k.pem' }, 'cosign-key: does nothing, because sign is "keyless"'],
    ['a password without a key', { 'cosign-password': 'pw' }, 'cosign-password: does nothing, because cosign-key is empty'],
    [
      'settings for a builder that exists',
      { builder: 'mine', 'driver-opts': 'network=host', 'buildkitd-flags': '--debug', 'buildkitd-config': 'b.toml' },
      'driver-opts, buildkitd-config, buildkitd-flags: do nothing, because builder names one that exists',
    ],
    [
      'what would be handed over beside a look',
      { call: 'check', load: 'true', export: 'a.tar' },
      'load, export: do nothing, because call: check looks at the Dockerfile and stops',
    ],
    ['an image for a builder that exists', { builder: 'mine', 'builder-image': 'a/b:1' }, 'builder-image: does nothing'],
    ['a login without user', { password: 'pw' }, 'username: is empty, so the run does not log in'],
    [
      'a login without password',
      { username: 'me', registry: 'ghcr.io' },
      'password: is empty, so the run does not log in to ghcr.io',
    ],
    ['a registry without login', { registry: 'ghcr.io' }, 'username, password: are empty, so the run does not log in to ghcr.io'],
  ])('%s', (_, typed, says) => {
    const { warnings } = inputsOf(typed);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toContain(says);
  });
});

describe('what works is not commented on', () => {
  test.each<[string, Typed]>([
    ['nothing typed', {}],
    ['a switch that turns signing off', { sign: 'off', 'cosign-key': 'k.pem', 'cosign-password': 'pw' }],
    ['a key with its password', { sign: 'key', 'cosign-key': 'k.pem', 'cosign-password': 'pw' }],
    ['secrets of a fork', { username: '', password: '', 'cosign-key': '', 'cosign-password': '' }],
    ['a gate that warns', { gate: 'warn', severity: 'HIGH', scanners: 'vuln,secret' }],
    ['a gate that is off, alone', { gate: 'off' }],
    ['keyless when nothing is pushed', { push: 'false', sign: 'keyless' }],
    ['runners where nothing makes a matrix', { mode: 'ship', platforms: 'linux/arm64', runners: 'linux/arm64=arm' }],
    ['a switch that turns loading off beside a look', { call: 'check', load: 'false' }],
    ['a login', { registry: 'ghcr.io', username: 'me', password: 'pw' }],
    ['the whole form of one platform', { platforms: 'linux/amd64,linux/arm64/v8,linux/arm/v6,linux/arm/v7' }],
  ])('%s', (_, typed) => {
    expect(inputsOf(typed).warnings).toEqual([]);
  });
});
