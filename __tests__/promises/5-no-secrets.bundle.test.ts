// Promise 5: the scanner's environment is empty of secrets, and no secret is in an argument list, a log, a summary, a comment, a report or the published image.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { offlineSigning } from '../../testbed/keys.ts';
import { pullRequest } from '../../testbed/runner/events.ts';
import { berth, openHarbour, REPOSITORY, type Harbour } from './harbour.ts';

let harbour: Harbour;
let directory: string;
beforeAll(async () => {
  harbour = await openHarbour();
  directory = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-secrets-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await harbour.close();
});

const CANARIES = {
  password: 'canary-Pa55-3f9c1d77',
  environment: 'canary-Env-b81e02aa',
  keyPassword: 'canary-Key-77d0c4e1',
} as const;

/** Every way in which a secret could be written down. */
function spellings(secret: string): string[] {
  return [
    secret,
    Buffer.from(secret).toString('base64').replace(/=+$/, '').slice(0, -1),
    encodeURIComponent(secret),
    Buffer.from(secret).toString('hex'),
  ];
}

/** The command lines of all processes, read over and over until `stop`. */
function watchArguments(): { readonly stop: () => string } {
  const seen = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc')) {
      if (!/^\d+$/.test(pid) || Number(pid) === process.pid) continue;
      try {
        seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' '));
      } catch {
        // It ended between the two looks.
      }
    }
  };
  const timer = setInterval(look, 20);
  return {
    stop: () => {
      clearInterval(timer);
      return [...seen].join('\n');
    },
  };
}

/** The cache client masks the signature of an upload address and prints the address in a debug line, where the runner blanks it: nothing of ours. */
function isCacheSignature(value: string, log: string): boolean {
  const lines = log.split('\n').filter(line => line.includes(value) && !line.startsWith('::add-mask::'));
  return lines.length > 0 && lines.every(line => line.startsWith('::debug::Body: ') && line.includes(`sig=${value}`));
}

describe('promise 5: no secrets', () => {
  test('scanner environment, argument lists, log, summary, comment, outputs and report are clean', async () => {
    const environment = path.join(directory, 'scanner-environment');
    const wrapper = path.join(directory, 'trivy');
    writeFileSync(wrapper, `#!/bin/sh\n/usr/bin/env >> "${environment}"\nexec "${harbour.testbed.tools.trivy}" "$@"\n`);
    chmodSync(wrapper, 0o755);
    const key = await offlineSigning(directory, CANARIES.keyPassword);
    const { run } = berth(harbour, 'seaworthy');
    const { host } = harbour.testbed.registries.htpasswd;
    const { username = '', password = '' } = harbour.testbed.registries.htpasswd;
    const watch = watchArguments();
    let argumentLists = '';
    const result = await run({
      event: sha => pullRequest({ repository: REPOSITORY, number: 55, sha }),
      inputs: {
        'trivy-path': wrapper,
        images: `${host}/acme/secret-keeper-${Date.now().toString(36)}`,
        push: 'true',
        registry: host,
        username,
        password,
        sign: 'key',
        'cosign-key': readFileSync(key.key, 'utf8'),
        'cosign-password': key.password,
        'signing-config': key.signingConfig,
        'trusted-root': key.trustedRoot,
      },
      step: { env: { SOME_TOKEN: CANARIES.environment, DOCKER_AUTH: CANARIES.environment }, secrets: [CANARIES.environment] },
    }).finally(() => (argumentLists = watch.stop()));
    expect(result.exitCode).toBe(0);
    expect(result.outputs['signed']).toBe('true');
    expect(result.leaked.filter(leak => !isCacheSignature(leak.value, result.log))).toEqual([]);

    const variables = readFileSync(environment, 'utf8')
      .split('\n')
      .map(line => line.split('=')[0] ?? '');
    expect([...new Set(variables)].filter(name => !['', 'TMPDIR', 'HOME', 'PWD', 'OLDPWD', 'SHLVL', '_'].includes(name))).toEqual(
      [],
    );

    const places: Record<string, string> = {
      'argument lists': argumentLists,
      log: result.log
        .split('\n')
        .filter(line => !line.startsWith('::add-mask::'))
        .join('\n'),
      summary: result.summary,
      comment: harbour.github
        .comments(55)
        .map(comment => comment.body)
        .join('\n'),
      outputs: JSON.stringify(result.outputs),
      report: readFileSync(result.outputs['report'] ?? '', 'utf8'),
      requests: JSON.stringify(harbour.github.requests),
    };
    const token = result.masks.filter(mask => mask.length > 20 && !mask.includes('\n') && !isCacheSignature(mask, result.log));
    for (const [place, text] of Object.entries(places)) {
      for (const secret of [password, CANARIES.environment, CANARIES.keyPassword, 'ENCRYPTED SIGSTORE PRIVATE KEY', ...token]) {
        for (const spelling of spellings(secret))
          expect({ place, leaked: text.includes(spelling) ? secret.slice(0, 10) : '' }).toEqual({ place, leaked: '' });
      }
    }
  });

  test('secrets of the build, given in every way, reach the build and nothing else', async () => {
    const given = { typed: 'canary-Typ-51c0aa7e', variable: 'canary-Var-9d2f40b3', file: 'canary-Fil-e6718c25' };
    const used = ['typed', 'variable', 'file'].map(id => `--mount=type=secret,id=${id}`).join(' ');
    const seen = Object.values(given).map(value => value.length);
    const check = ['typed', 'variable', 'file'].map((id, at) => `[ "$(wc -c < /run/secrets/${id})" = ${seen[at]} ]`).join(' && ');
    const { run } = berth(harbour, 'seaworthy', { Dockerfile: `FROM debian:12\nRUN ${used} ${check}\nUSER nobody\n` });
    writeFileSync(path.join(directory, 'secret-file'), given.file);
    const watch = watchArguments();
    let argumentLists = '';
    const result = await run({
      inputs: {
        platforms: 'linux/amd64',
        push: 'false',
        provenance: 'mode=max',
        secrets: `typed=${given.typed}`,
        'secret-envs': 'variable=BUILD_SECRET',
        'secret-files': `file=${path.join(directory, 'secret-file')}`,
      },
      step: { env: { BUILD_SECRET: given.variable } },
    }).finally(() => (argumentLists = watch.stop()));
    // The RUN line fails when one of them is missing: without a digest nothing would be proved.
    expect(result.outputs['digest']).toMatch(/^sha256:/);
    const blobs = path.join(result.outputs['bundle'] ?? '', 'blobs', 'sha256');
    const layout = readdirSync(blobs).map(name => {
      const bytes = readFileSync(path.join(blobs, name));
      return (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes).toString('latin1');
    });
    const log = result.log.split('\n').filter(line => !line.startsWith('::add-mask::'));
    const report = readFileSync(result.outputs['report'] ?? '', 'utf8');
    const sarif = readFileSync(result.outputs['sarif'] ?? '', 'utf8');
    const outputs = JSON.stringify(result.outputs);
    const places = {
      argumentLists,
      log: log.join('\n'),
      summary: result.summary,
      outputs,
      report,
      sarif,
      layout: layout.join('\n'),
    };
    for (const [place, text] of Object.entries(places))
      for (const secret of Object.values(given))
        for (const spelling of spellings(secret))
          expect({ place, leaked: text.includes(spelling) ? secret : '' }).toEqual({ place, leaked: '' });
  });

  test('secrets in the image itself (ENV) do not reach the report', async () => {
    const dockerfile = `FROM debian:12\nENV DATABASE_URL=postgres://admin:${CANARIES.environment}@db/prod\nUSER nobody\nCMD ["/bin/true"]\n`;
    const { run } = berth(harbour, 'seaworthy', { Dockerfile: dockerfile });
    const { outputs, summary } = await run({ inputs: { push: 'false' } });
    expect(readFileSync(outputs['report'] ?? '', 'utf8')).not.toContain(CANARIES.environment);
    expect(summary).not.toContain(CANARIES.environment);
    expect(JSON.stringify(outputs)).not.toContain(CANARIES.environment);
  });
});
