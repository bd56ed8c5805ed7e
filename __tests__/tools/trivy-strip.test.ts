// Reports as Trivy writes them -> nothing of what may hold a secret.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canaryArguments, scanArguments } from '../../src/tools/trivy-args.ts';
import { stripReport } from '../../src/tools/trivy-strip.ts';

const SECRET = 'hunter2';

describe('stripReport', () => {
  test('environment, history, command lines and the lines of secrets stay behind; identity stays', () => {
    const report = {
      SchemaVersion: 2,
      Metadata: {
        ImageID: 'sha256:1',
        ImageConfig: {
          architecture: 'amd64',
          os: 'linux',
          history: [{ created_by: `RUN |1 PASSWORD=${SECRET} make` }],
          rootfs: { type: 'layers', diff_ids: ['sha256:2'] },
          config: { Env: [`PASSWORD=${SECRET}`], Cmd: [SECRET], Labels: { note: SECRET } },
        },
        Layers: [{ Digest: 'sha256:3', DiffID: 'sha256:2' }],
      },
      Results: [
        {
          Target: '/srv/app.env',
          Class: 'secret',
          Secrets: [
            {
              RuleID: 'github-pat',
              Severity: 'CRITICAL',
              StartLine: 2,
              Match: SECRET,
              Code: { Lines: [{ Content: SECRET }] },
              Layer: { Digest: 'sha256:3', CreatedBy: SECRET },
            },
          ],
          ExperimentalModifiedFindings: [{ Finding: { Match: SECRET } }],
          Misconfigurations: [{ CauseMetadata: { Code: SECRET } }],
        },
        {
          Class: 'os-pkgs',
          Packages: [{ Name: 'apt', Layer: { Digest: 'sha256:3', CreatedBy: SECRET } }],
          Vulnerabilities: null,
        },
      ],
    };
    const stripped = stripReport(report);
    expect(JSON.stringify(stripped)).not.toContain(SECRET);
    expect(stripped).toEqual({
      SchemaVersion: 2,
      Metadata: {
        ImageID: 'sha256:1',
        ImageConfig: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: ['sha256:2'] } },
        Layers: [{ Digest: 'sha256:3', DiffID: 'sha256:2' }],
      },
      Results: [
        {
          Target: '/srv/app.env',
          Class: 'secret',
          Secrets: [{ RuleID: 'github-pat', Severity: 'CRITICAL', StartLine: 2, Layer: { Digest: 'sha256:3' } }],
        },
        { Class: 'os-pkgs', Packages: [{ Name: 'apt', Layer: { Digest: 'sha256:3' } }], Vulnerabilities: null },
      ],
    });
  });

  test('what is no list stays malformed, without its content', () => {
    const stripped = stripReport({ Results: [{ Secrets: { Match: SECRET } }, SECRET] });
    expect(stripped).toEqual({ Results: [{ Secrets: 'malformed' }, 'malformed'] });
  });

  test('the text of a secret goes nowhere, whatever the report looks like around it', () => {
    const anything = fc.jsonValue();
    fc.assert(
      fc.property(anything, anything, (config, code) => {
        const report = {
          Metadata: { ImageConfig: { config: { other: config, Env: [SECRET] }, history: [SECRET, config] } },
          Results: [{ Secrets: [{ Match: SECRET, Code: [code, SECRET] }] }],
        };
        expect(JSON.stringify(stripReport(report))).not.toContain(SECRET);
      }),
    );
  });

  test.each([undefined, null, 'x', 3, []])('%p is no report', value => {
    expect(stripReport(value)).toBeUndefined();
  });
});

describe('arguments', () => {
  const neutral = { config: '/n/trivy.yaml', ignore: '/n/trivyignore', secrets: '/n/trivy-secret.yaml' };
  const scan = scanArguments({
    view: 'v',
    cacheDirectory: '/c',
    scanners: ['vuln', 'secret'],
    timeout: 300,
    parallel: 2,
    output: '/o',
    neutral,
  });

  test('nothing is filtered, nothing is read from the working directory, nothing is fetched', () => {
    for (const absent of ['--severity', '--ignore-unfixed', '--quiet', '--ignore-policy', '--vex'])
      expect(scan).not.toContain(absent);
    for (const file of ['--config', '--ignorefile', '--secret-config']) expect(scan[scan.indexOf(file) + 1]).toMatch(/^\/n\//);
    for (const args of [scan, canaryArguments('f', '/c', 60, neutral)]) {
      expect(args).toEqual(
        expect.arrayContaining([
          '--skip-db-update',
          '--skip-java-db-update',
          '--offline-scan',
          '--skip-version-check',
          '--disable-telemetry',
        ]),
      );
      expect(args[args.indexOf('--exit-code') + 1]).toBe('0');
    }
    expect(scan[scan.indexOf('--cache-backend') + 1]).toBe('memory');
    expect(scan[scan.indexOf('--timeout') + 1]).toBe('300s');
  });
});
