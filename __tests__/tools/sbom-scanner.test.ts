// Which scanner makes the SBOM, and what is done when its image cannot be had. What BuildKit says was recorded from v0.24 (dockerd 28.5.2) with buildx 0.29.1, registries named anew.

import { expect, test } from '@jest/globals';
import type { BuildOrder } from '../../src/build/build.ts';
import { ToolError } from '../../src/errors.ts';
import { IMAGES } from '../../src/tools/pins.ts';
import { buildWithSbom, sbomAttributes, scannerProblem } from '../../src/tools/sbom-scanner.ts';
import { anOrder } from '../build/orders.ts';

test.each<[Partial<BuildOrder>, string | undefined]>([
  [{ sbom: 'false' }, undefined],
  [{ sbom: 'false', sbomImage: 'a/b:1' }, undefined],
  [{ sbom: 'true' }, `generator=${IMAGES.sbomScanner}`],
  [{ sbom: 'true', sbomImage: 'mirror.example/scanner:1' }, 'generator=mirror.example/scanner:1'],
  [{ sbom: 'generator=mine/scanner:2', sbomImage: 'mirror.example/scanner:1' }, 'generator=mine/scanner:2'],
  [{ sbom: '"generator=mine/scanner:2",SELECT=a' }, 'generator=mine/scanner:2,SELECT=a'],
  [{ sbom: 'SELECT=a' }, `SELECT=a,generator=${IMAGES.sbomScanner}`],
])('%j', (over, wanted) => {
  expect(sbomAttributes(anOrder(over))).toBe(wanted);
});

test('the default is pinned by digest', () => {
  expect(IMAGES.sbomScanner).toMatch(/^docker\/buildkit-syft-scanner:stable-1@sha256:[a-f0-9]{64}$/);
});

const HUB = 'docker/buildkit-syft-scanner:stable-1@sha256:ae4f3b554449e7e25548e7d8ccc029d17357348e30c6e3df01b92bc93654d6a9';
const resolve = (name: string, why: string): string => `failed to resolve source metadata for ${name}: ${why}`;
const HEAD = 'HEAD request to https://registry.example/v2/scanner/manifests/1';

test.each<[string, string, string, string | undefined]>([
  ['not there', HUB, resolve(`docker.io/${HUB}`, `docker.io/${HUB}: not found`), 'not found'],
  [
    'a rate limit',
    'registry.example/scanner:1',
    resolve('registry.example/scanner:1', `unexpected status from ${HEAD}: 429 Too Many Requests`),
    `unexpected status from ${HEAD}: 429 Too Many Requests`,
  ],
  [
    'no login',
    'registry.example/scanner:1',
    resolve('registry.example/scanner:1', `unexpected status from ${HEAD}: 401 Unauthorized`),
    `unexpected status from ${HEAD}: 401 Unauthorized`,
  ],
  [
    'no such name',
    'registry.invalid/scanner:1',
    resolve(
      'registry.invalid/scanner:1',
      'failed to do request: Head "https://registry.invalid/v2/scanner/manifests/1": dial tcp: lookup registry.invalid: no such host',
    ),
    'failed to do request: Head "https://registry.invalid/v2/scanner/manifests/1": dial tcp: lookup registry.invalid: no such host',
  ],
  [
    'refused',
    '127.0.0.1:9/scanner:1',
    resolve(
      '127.0.0.1:9/scanner:1',
      'failed to do request: Head "https://127.0.0.1:9/v2/scanner/manifests/1": dial tcp 127.0.0.1:9: connect: connection refused',
    ),
    'failed to do request: Head "https://127.0.0.1:9/v2/scanner/manifests/1": dial tcp 127.0.0.1:9: connect: connection refused',
  ],
  [
    'an official image by its short name',
    'busybox:9',
    resolve('docker.io/library/busybox:9', 'docker.io/library/busybox:9: not found'),
    'not found',
  ],
  ['the base image', HUB, resolve('docker.io/library/debian:99', 'docker.io/library/debian:99: not found'), undefined],
  ['a scanner that ran and failed', HUB, 'process "/bin/scan" did not complete successfully: exit code: 3', undefined],
  ['a step of the Dockerfile', HUB, 'process "/bin/sh -c false" did not complete successfully: exit code: 1', undefined],
])('%s', (_name, image, said, wanted) => {
  const tail = [`ERROR: failed to build: failed to solve: ${said}`];
  const error = new ToolError('The build failed', { tool: 'docker buildx build', tail });
  expect(scannerProblem(error, image)).toBe(wanted);
});

test('layers that cannot be fetched', () => {
  const cause = 'failed to copy: httpReadSeeker: failed open: unexpected status code: 429 Too Many Requests';
  const error = new ToolError(`The build failed at [linux/amd64] generating sbom using docker.io/${HUB}: ${cause}`, {
    tool: 'x',
  });
  expect(scannerProblem(error, HUB)).toBe(cause);
});

test.each(['docker.io/library/debian:12', `mirror.example/${HUB}`, 'docker.io/docker/buildkit-syft-scanner:stable-12'])(
  'layers of %s, which is not the scanner',
  name => {
    const cause = 'failed to copy: httpReadSeeker: failed open: unexpected status code: 429 Too Many Requests';
    const tail = [`ERROR: failed to solve: docker-image://${name}: ${cause}`, `ERROR: ${resolve(name, 'not found')}`];
    expect(scannerProblem(new ToolError('The build failed', { tool: 'x', tail }), HUB)).toBeUndefined();
    const own = [`ERROR: failed to solve: docker-image://docker.io/${HUB}: ${cause}`];
    expect(scannerProblem(new ToolError('The build failed', { tool: 'x', tail: own }), HUB)).toBe(cause);
  },
);

test('a scanner that cannot be had: built again without it, and said', async () => {
  const orders: BuildOrder[] = [];
  const lines: string[] = [];
  const build = (order: BuildOrder): Promise<string> => {
    orders.push(order);
    if (order.sbom === 'false') return Promise.resolve('built');
    const tail = [resolve('docker.io/a/b:1', 'docker.io/a/b:1: not found')];
    return Promise.reject(new ToolError('The build failed', { tool: 'docker buildx build', tail }));
  };
  const order = anOrder({ sbom: 'true', sbomImage: 'a/b:1', noCache: true, noCacheFilters: ['a'], pull: true });
  const reason = 'the scanner image a/b:1 cannot be had (not found)';
  expect(await buildWithSbom(order, build, line => lines.push(line))).toEqual({ built: 'built', sbom: { from: 'scan', reason } });
  expect(orders).toEqual([order, { ...order, sbom: 'false', noCache: false, noCacheFilters: [], pull: false }]);
  expect(lines.join('\n')).toContain(reason);
});

test('any other failure is the end, and one build is enough for everything else', async () => {
  const failure = new ToolError('boom', { tool: 'docker buildx build' });
  let builds = 0;
  const failing = (): Promise<never> => ((builds += 1), Promise.reject(failure));
  await expect(buildWithSbom(anOrder({ sbom: 'true' }), failing, () => undefined)).rejects.toBe(failure);
  expect(builds).toBe(1);
  const fine = (): Promise<string> => ((builds += 1), Promise.resolve('fine'));
  expect(await buildWithSbom(anOrder({ sbom: 'generator=a' }), fine, () => undefined)).toEqual({
    built: 'fine',
    sbom: { from: 'buildkit', reason: 'a' },
  });
  expect(await buildWithSbom(anOrder(), fine, () => undefined)).toEqual({ built: 'fine' });
  expect(builds).toBe(3);
});
