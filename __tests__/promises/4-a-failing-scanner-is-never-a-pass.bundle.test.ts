// Promise 4 (gate: enforce): a scanner that fails, lies or finds nothing because it could not look ends in `error`, exit 1, and nothing leaves.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { berth, openHarbour, type Harbour } from './harbour.ts';
import { isWrite } from './recording-proxy.ts';

let harbour: Harbour;
let directory: string;
beforeAll(async () => {
  harbour = await openHarbour();
  directory = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-scanners-'));
});
afterAll(async () => {
  rmSync(directory, { recursive: true, force: true });
  await harbour.close();
});

/** A scanner that is the real one but for one thing: `body` is a shell script in which `real "$@"` runs Trivy. */
function scanner(name: string, body: string): string {
  const file = path.join(directory, name);
  writeFileSync(
    file,
    `#!/bin/sh\nreal() { "${harbour.testbed.tools.trivy}" "$@"; }\nout() { while [ $# -gt 1 ]; do [ "$1" = --output ] && echo "$2"; shift; done; }\n${body}\n`,
  );
  chmodSync(file, 0o755);
  return file;
}

const IMAGE_ONLY = 'case "$1" in image) ;; *) real "$@"; exit $?;; esac\n';

describe('promise 4: a failing scanner is never a pass', () => {
  test.each([
    ['crashes', 'echo "FATAL boom" >&2; exit 2'],
    ['is killed', 'kill -9 $$'],
    ['exits 0 without a report', 'exit 0'],
    ['writes half a report', 'echo "{\\"SchemaVersion\\":2," > "$(out "$@")"; exit 0'],
    [
      'says that it found nothing at all',
      'echo "{\\"SchemaVersion\\":2,\\"ArtifactType\\":\\"container_image\\"}" > "$(out "$@")"; exit 0',
    ],
    ['reports on arm64 only', 'case "$*" in *linux-amd64*) exit 1;; *) real "$@";; esac'],
  ])('a scanner that %s', async (name, body) => {
    const { run } = berth(harbour, 'seaworthy');
    const { exitCode, outputs, requests, summary } = await run({
      inputs: { 'trivy-path': scanner(name.replaceAll(' ', '-'), IMAGE_ONLY + body) },
    });
    expect({ exitCode, verdict: outputs['verdict'] }).toEqual({ exitCode: 1, verdict: 'error' });
    expect(requests.filter(isWrite)).toEqual([]);
    expect(summary).toMatch(/could not tell/i);
  });

  test('a scanner whose known-bad canary is not found', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const blind = scanner(
      'blind',
      'case "$1" in sbom) echo "{\\"SchemaVersion\\":2,\\"ArtifactType\\":\\"cyclonedx\\",\\"Results\\":[]}" > "$(out "$@")"; [ -n "$(out "$@")" ] || echo "{\\"SchemaVersion\\":2}"; exit 0;; *) real "$@";; esac',
    );
    const { exitCode, outputs, requests } = await run({ inputs: { 'trivy-path': blind } });
    expect({ exitCode, verdict: outputs['verdict'] }).toEqual({ exitCode: 1, verdict: 'error' });
    expect(requests.filter(isWrite)).toEqual([]);
  });

  test('a database that cannot be had', async () => {
    const { run } = berth(harbour, 'seaworthy');
    const { exitCode, outputs, requests, log } = await run({
      inputs: { 'db-repository': `${harbour.registry.host}/nothing/here:2` },
    });
    expect(exitCode).toBe(1);
    expect(outputs['verdict']).not.toBe('passed');
    expect(requests.filter(isWrite)).toEqual([]);
    expect(log).toMatch(/db-repository/);
  });
});
