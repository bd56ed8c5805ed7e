// An image -> the run that a sound Trivy 0.76 would have made of it: a report in its form (learned from the recorded ones) and its log.

import type { PlatformImage } from '../../src/bundle/bundle.ts';
import type { Finding } from '../../src/scan/findings.ts';
import type { RawScan } from '../../src/scan/scan.ts';

export interface TrivyRun {
  readonly findings?: readonly Finding[];
  /** Null: nothing recognised. */
  readonly os?: { readonly family: string; readonly name: string; readonly endOfLife?: boolean } | null;
  readonly packages?: readonly { readonly name: string; readonly analyzedBy?: string; readonly thirdParty?: boolean }[];
  readonly scanners?: readonly ('vuln' | 'secret')[];
}

type Json = Record<string, unknown>;

/** A plain image of one layer, as the bundle describes it. */
export function anImage(change: Partial<PlatformImage> = {}): PlatformImage {
  const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
  return {
    platform: { os: 'linux', architecture: 'amd64' },
    manifest: { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: digest('a'), size: 400 },
    config: { mediaType: 'application/vnd.oci.image.config.v1+json', digest: digest('b'), size: 300 },
    layers: [
      { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('c'), size: 200 },
      { mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', digest: digest('d'), size: 100 },
    ],
    diffIds: [digest('e'), digest('f')],
    labels: {},
    attestations: [],
    ...change,
  };
}

export function trivyReport(image: PlatformImage, run: TrivyRun = {}): Json {
  const os = run.os === undefined ? { family: 'debian', name: '12.1' } : run.os;
  const packages = packagesOf(run);
  const of = (kind: Finding['kind'], inPackage: boolean): Finding[] =>
    (run.findings ?? []).filter(finding => finding.kind === kind && (kind === 'secret' || (finding.path !== '') === inPackage));
  return {
    SchemaVersion: 2,
    Trivy: { Version: '0.76.0' },
    ArtifactName: 'view',
    ArtifactType: 'container_image',
    Metadata: {
      ...(os === null ? {} : { OS: { Family: os.family, Name: os.name, ...(os.endOfLife === true ? { EOSL: true } : {}) } }),
      ImageID: image.config.digest,
      DiffIDs: [...image.diffIds],
      ImageConfig: { ...image.platform },
      Layers: image.layers.map((layer, at) => ({ Size: layer.size, Digest: layer.digest, DiffID: image.diffIds[at] })),
    },
    Results: [
      ...(os === null || os.family === 'none'
        ? []
        : [
            {
              Target: `view (${os.family} ${os.name})`,
              Class: 'os-pkgs',
              Type: os.family,
              Packages: packages.map(({ name, analyzedBy, thirdParty }) => ({
                ID: `${name}@1`,
                Name: name,
                Version: '1',
                Repository: { Class: thirdParty === true ? 'third-party' : 'official' },
                AnalyzedBy: analyzedBy ?? 'dpkg',
              })),
              Vulnerabilities: of('vuln', false).map(vulnerability),
            },
          ]),
      ...of('vuln', true).map(finding => ({
        Target: 'Node.js',
        Class: 'lang-pkgs',
        Type: 'node-pkg',
        Packages: [{ Name: finding.package, Version: finding.installed, FilePath: finding.path }],
        Vulnerabilities: [vulnerability(finding)],
      })),
      ...of('secret', false).map(finding => ({ Target: `/${finding.path}`, Class: 'secret', Secrets: [secret(finding)] })),
    ],
  };
}

/** The log as 0.76 writes it: time, level and text, separated by tabs. */
export function trivyLog(run: TrivyRun = {}): string {
  const os = run.os === undefined ? { family: 'debian', name: '12.1' } : run.os;
  const scanners = run.scanners ?? ['vuln', 'secret'];
  const counted = packagesOf(run).filter(entry => entry.thirdParty !== true).length;
  return [
    ...(scanners.includes('vuln') ? ['[vuln] Vulnerability scanning is enabled'] : []),
    ...(scanners.includes('secret') ? ['[secret] Secret scanning is enabled'] : []),
    ...(os === null ? [] : [`Detected OS\tfamily="${os.family}" version="${os.name}"`]),
    ...(os !== null && scanners.includes('vuln')
      ? [`[${os.family}] Detecting vulnerabilities...\tos_version="${os.name}" pkg_num=${counted}`]
      : []),
    'Number of language-specific files\tnum=0',
  ]
    .map(text => `2026-11-21T14:22:13Z\tINFO\t${text}`)
    .join('\n');
}

export function trivyRun(image: PlatformImage, run: TrivyRun = {}): RawScan {
  return {
    exitCode: 0,
    signal: null,
    timedOut: false,
    stderr: trivyLog(run),
    report: trivyReport(image, run),
    seconds: 0.5,
  };
}

function packagesOf(run: TrivyRun): NonNullable<TrivyRun['packages']> {
  return run.packages ?? (run.os === null ? [] : [{ name: 'base-files' }, { name: 'hostname' }]);
}

function vulnerability(finding: Finding): Json {
  return {
    VulnerabilityID: finding.id,
    ...(finding.aliases === undefined ? {} : { VendorIDs: [...finding.aliases] }),
    PkgName: finding.package,
    ...(finding.path === '' ? {} : { PkgPath: finding.path }),
    PkgIdentifier: { PURL: finding.purl },
    InstalledVersion: finding.installed,
    ...(finding.fixed === '' ? {} : { FixedVersion: finding.fixed }),
    Status: finding.status,
    ...(finding.layer === undefined ? {} : { Layer: { Digest: finding.layer } }),
    PrimaryURL: finding.url,
    Title: finding.title,
    Severity: finding.severity,
    ...(finding.published === undefined ? {} : { PublishedDate: finding.published }),
  };
}

function secret(finding: Finding): Json {
  return {
    RuleID: finding.id,
    Severity: finding.severity,
    Title: finding.title,
    StartLine: finding.line ?? 1,
    EndLine: finding.line ?? 1,
    ...(finding.layer === undefined ? {} : { Layer: { Digest: finding.layer } }),
  };
}
