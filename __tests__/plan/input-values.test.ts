// Texts as they really arrive (blanks at the ends, lines of Windows, comments, quotes) and the values that are read from them.

import { describe, expect, test } from '@jest/globals';
import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import { readInputs } from '../../src/plan/read-inputs.ts';
import type { Inputs } from '../../src/plan/inputs.ts';
import { inputsOf, messageOf } from './plan-builders.ts';

/** A right value for every input; several lines where several are allowed. */
const SAMPLES: Readonly<Record<string, string>> = {
  mode: 'plan',
  images: 'ghcr.io/acme/app\nacme/app',
  tags: 'type=sha\ntype=raw,value=x',
  flavor: 'latest=false\nprefix=p-',
  labels: 'a=b\nc=d',
  annotations: 'index:a=b\nc=d',
  'metadata-context': 'git',
  'sep-tags': ',',
  'sep-labels': ',',
  'sep-annotations': ',',
  'bake-target': 'app',
  'pr-head-sha': 'true',
  'short-sha-length': '9',
  'annotations-levels': 'index,manifest',
  platforms: 'linux/amd64\nlinux/arm64',
  runners: 'linux/amd64=a\nlinux/arm64=b',
  call: 'check',
  context: 'sub',
  file: 'sub/Dockerfile',
  target: 'final',
  'build-args': 'A=1\nB=2',
  'build-contexts': 'a=b\nc=d',
  'add-hosts': 'a:10.0.0.1\nb:10.0.0.2',
  bake: 'app',
  'bake-files': 'docker-bake.hcl\nci/override.hcl',
  'bake-set': 'app.args.VERSION=1,2\n*.platform=linux/arm64',
  allow: 'network.host\nsecurity.insecure',
  network: 'host',
  'cgroup-parent': 'x',
  'shm-size': '64m',
  ulimit: 'nofile=1:2\nnproc=3',
  secrets: 'A=1\nB=2',
  'secret-envs': 'A=B\nC=D',
  'secret-files': 'A=b\nC=d',
  ssh: 'default\na=b',
  provenance: 'mode=min',
  sbom: 'true',
  attests: 'type=sbom\ntype=provenance,mode=max',
  attestations: 'referrer',
  'sbom-image': 'mirror.example/scanner:1',
  'source-date-epoch': 'false',
  'rewrite-timestamp': 'true',
  cache: 'off',
  'cache-scope': 'php-8.2',
  'cache-trust': 'trusted',
  'cache-from': 'type=gha\ntype=gha,scope=x',
  'cache-to': 'type=gha\ntype=inline',
  'no-cache': 'True',
  'no-cache-filters': 'a\nb',
  pull: 'TRUE',
  builder: 'mine',
  'builder-image': 'moby/buildkit:v0.30.0',
  'keep-builder': 'true',
  'driver-opts': 'network=host\n"env.NO_PROXY=a,b"',
  'buildkitd-config': '.github/buildkitd.toml',
  'buildkitd-config-inline': 'debug = true\n[worker.oci]\n  max-parallelism = 4',
  'buildkitd-flags': '--debug --oci-worker-gc',
  'buildx-version': 'v0.36.1',
  qemu: 'off',
  'binfmt-image': 'mirror.example/binfmt:1',
  load: 'true',
  outputs: 'type=local,dest=out\ntype=oci,dest=image.tar',
  export: 'bundle.tar',
  push: 'false',
  sign: 'key',
  'cosign-key': 'env://KEY',
  'cosign-password': 'pw',
  'signing-config': 'a.json',
  'trusted-root': 'b.json',
  policy: 'p.yml',
  'policy-ref': 'base',
  'allow-untrusted-checkout': 'true',
  severity: 'HIGH\nLOW',
  'ignore-unfixed': 'false',
  gate: 'warn',
  'on-scan-error': 'warn',
  'allow-unrecognised': 'true',
  scanners: 'vuln\nsecret',
  'scan-timeout': '1h30m',
  'trivy-version': 'v0.74.0',
  'trivy-path': '/opt/trivy',
  'cosign-version': '3.1.0',
  'cosign-path': '/opt/cosign',
  'db-repository': 'ghcr.io/a/b:2\nghcr.io/c/d',
  'max-db-age': '24h',
  registry: 'ghcr.io',
  username: 'me',
  password: 'pw',
  comment: 'never',
  status: 'false',
  sarif: 'false',
  'github-token': 'ghs_1',
};

function read(name: string, text: string): Inputs {
  // With another one of the pair missing nothing would be left of it.
  const pair: Readonly<Record<string, string>> = { username: 'u', password: 'p' };
  return readInputs(asked => (asked === name ? text : (pair[asked] ?? '')));
}

describe.each(INPUT_NAMES.filter(name => !name.startsWith('sep-')))('%s', name => {
  const sample = SAMPLES[name] ?? '';

  test('is read (a new input needs a right value in SAMPLES)', () => {
    expect(sample).not.toBe('');
    expect(read(name, sample)).not.toEqual(read(name, ''));
  });

  test('without the blanks around it, as @actions/core trims', () => {
    for (const padded of [` ${sample}`, `${sample}\n`, `\r\n\t${sample} \r\n`, `\ufeff${sample}\u00a0\u2003`])
      expect(read(name, padded)).toEqual(read(name, sample));
  });

  test('with the line ends of Windows', () => {
    expect(read(name, sample.replaceAll('\n', '\r\n'))).toEqual(read(name, sample));
  });

  test('blanks alone are nothing', () => {
    expect(read(name, ' \t\r\n ')).toEqual(read(name, ''));
  });
});

test('a separator is taken as typed', () => {
  expect(read('sep-tags', ', ').metadata.sepTags).toBe(', ');
  expect(read('sep-labels', ' ').metadata.sepLabels).toBe(' ');
});

describe('lists', () => {
  test.each([
    ['one line', 'linux/amd64,linux/arm64'],
    ['lines', 'linux/amd64\nlinux/arm64'],
    ['commas at the ends', ',linux/amd64,,\n,linux/arm64,'],
    ['comments', '# both\nlinux/amd64\n# and\nlinux/arm64'],
    ['quotes', '"linux/amd64","linux/arm64"'],
    ['a quoted pair', '"linux/amd64,linux/arm64"'],
    ['blanks', '  linux/amd64 ,\tlinux/arm64  '],
  ])('%s', (_, text) => {
    expect(inputsOf({ platforms: text }).platforms).toEqual([
      { os: 'linux', architecture: 'amd64' },
      { os: 'linux', architecture: 'arm64' },
    ]);
  });

  test('a quote that never ends is told without the value', () => {
    expect(messageOf(() => inputsOf({ 'build-args': 'A="x"\n"B=S3CR3T' }))).toBe(
      'build-args: a quote is opened and never closed',
    );
  });

  test('five mistakes of one list are enough to see what is wrong', () => {
    const message = messageOf(() => inputsOf({ platforms: Array.from({ length: 300 }, (_, n) => `x${n}`).join(), gate: 'of' }));
    expect(message.split('\n')).toHaveLength(8);
    expect(message).toContain('- gate: ');
    expect(message).toMatch(/^301 mistakes in the inputs:/);
    expect(message.endsWith('\n- and 295 more')).toBe(true);
  });
});

describe('platforms', () => {
  test('the same twice is said', () => {
    const inputs = inputsOf({ platforms: 'linux/arm64,linux/arm64/v8' });
    expect(inputs.platforms).toHaveLength(1);
    expect(inputs.warnings).toEqual(['platforms: linux/arm64 is listed twice ("linux/arm64/v8"); it is built once']);
  });

  test.each([
    ['X64', 'amd64'],
    ['ARM64', 'arm64'],
    ['arm64', 'arm64'],
  ])('on a runner of %s, linux means linux/%s', (runner, architecture) => {
    const inputs = readInputs(name => (name === 'platforms' ? 'linux' : ''), [], { RUNNER_ARCH: runner });
    expect(inputs.platforms).toEqual([{ os: 'linux', architecture }]);
  });
});

describe('registry', () => {
  test.each([
    ['ghcr.io', 'ghcr.io'],
    ['GHCR.io', 'ghcr.io'],
    ['https://index.docker.io/v1/', 'index.docker.io'],
    ['http://localhost:5000', 'localhost:5000'],
    ['europe-docker.pkg.dev/project/repo', 'europe-docker.pkg.dev'],
    ['[::1]:5000', '[::1]:5000'],
    ['localhost', 'localhost'],
  ])('%s is %s', (text, host) => {
    expect(inputsOf({ registry: text, username: 'u', password: 'p' }).registry).toBe(host);
  });
});

test('a digest of a database says everything', () => {
  const digest = `sha256:${'a'.repeat(64)}`;
  expect(inputsOf({ 'db-repository': `ghcr.io/a/b:2@${digest},localhost:5000/c:2,d` }).dbRepository).toEqual([
    `ghcr.io/a/b@${digest}`,
    'localhost:5000/c:2',
    'd',
  ]);
});
