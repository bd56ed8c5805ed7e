// Builders of realistic values of every stage: a test names only what it is about.

import { createHash } from 'node:crypto';
import type { BuildFacts } from '../../src/build/build.ts';
import type { Bundle, PlatformImage } from '../../src/bundle/bundle.ts';
import { MEDIA, type Descriptor } from '../../src/bundle/oci.ts';
import type { Judged, Verdict } from '../../src/gate/verdict.ts';
import type { Event, PullRequest } from '../../src/plan/event.ts';
import type { Plan } from '../../src/plan/plan.ts';
import type { Platform } from '../../src/plan/platform.ts';
import { platformName } from '../../src/plan/platform.ts';
import type { Policy } from '../../src/plan/policy.ts';
import type { Facts } from '../../src/preflight/preflight.ts';
import type { Publication, TargetResult } from '../../src/publish/publish.ts';
import { aRequest } from '../build/orders.ts';
import { STAGES, type RunRecord, type StageTime } from '../../src/record.ts';
import type { Finding } from '../../src/scan/findings.ts';
import type { PlatformScan, ScannerFacts, ScanResult } from '../../src/scan/scan.ts';

export const SHA = '3f786850e387550fdab836ed7e6dc881de23001b';
export const AMD64: Platform = { os: 'linux', architecture: 'amd64' };
export const ARM64: Platform = { os: 'linux', architecture: 'arm64' };
export const IMAGE = 'ghcr.io/acme/app';

/** A digest that is always the same for the same seed. */
export function aDigest(seed: string): string {
  return `sha256:${createHash('sha256').update(seed).digest('hex')}`;
}

export const ROOT = aDigest('root');

/** A push to main, unless told otherwise. */
export function anEvent(over: Partial<Event> = {}): Event {
  return {
    name: 'push',
    repository: 'acme/app',
    private: false,
    defaultBranch: 'main',
    description: 'The acme service',
    license: 'Apache-2.0',
    ref: 'refs/tags/v1.4.2',
    sha: SHA,
    headSha: SHA,
    deleted: false,
    actor: 'octocat',
    runId: '9876543210',
    runNumber: '57',
    runAttempt: '1',
    workflowRef: 'acme/app/.github/workflows/ship.yml@refs/tags/v1.4.2',
    job: 'image',
    serverUrl: 'https://github.com',
    apiUrl: 'https://api.github.com',
    idToken: true,
    ...over,
  };
}

/** A pull request of the same repository. */
export function aPullRequestEvent(pull: Partial<PullRequest> = {}, over: Partial<Event> = {}): Event {
  const headSha = '89e6c98d92887913cadf06b2adb97f26cde4849b';
  const pullRequest: PullRequest = { number: 104, headSha, headRef: 'feature', baseRef: 'main', fork: false, ...pull };
  return anEvent({
    name: 'pull_request',
    ref: `refs/pull/${pullRequest.number}/merge`,
    headSha: pullRequest.headSha,
    pullRequest,
    ...over,
  });
}

export function aPolicy(over: Partial<Policy> = {}): Policy {
  return {
    block: { vuln: ['HIGH', 'CRITICAL'], secret: ['UNKNOWN', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] },
    ignoreUnfixed: false,
    exceptions: [],
    gate: 'enforce',
    onScanError: 'fail',
    allowUnrecognised: false,
    scanners: ['vuln', 'secret'],
    sources: { severity: '.github/seaworthy.yml:3', 'ignore-unfixed': 'default', gate: 'default' },
    file: { path: '.github/seaworthy.yml', commit: SHA },
    ...over,
  };
}

function aMetadata(references: readonly string[], tags: Plan['tags']): Plan['metadata'] {
  const tagNames = tags.map(tag => tag.name);
  return {
    version: tagNames[0] ?? '',
    tags: references,
    tagNames,
    labels: [`org.opencontainers.image.revision=${SHA}`],
    annotations: ['manifest:org.opencontainers.image.title=app'],
    json: JSON.stringify({ tags: references, 'tag-names': tagNames, labels: {}, annotations: [] }),
    bake: { all: '{}', tags: '{}', labels: '{}', annotations: '{}' },
    separators: { tags: '\n', labels: '\n', annotations: '\n' },
  };
}

/** Two platforms, one image, three tags, push and keyless signature. References follow images and tags. */
export function aPlan(over: Partial<Plan> = {}): Plan {
  const images = over.images ?? [IMAGE];
  const tags: Plan['tags'] = over.tags ?? [
    { name: '1.4.2', kind: 'immutable', rule: 'type=semver,pattern={{version}}' },
    { name: '1.4', kind: 'floating', rule: 'type=semver,pattern={{major}}.{{minor}}' },
    { name: 'latest', kind: 'floating', rule: 'flavor latest=auto' },
  ];
  const references = images.flatMap(image => tags.map(tag => `${image}:${tag.name}`));
  return {
    mode: 'ship',
    commit: SHA,
    images,
    tags,
    references,
    buildNames: references.length > 0 ? references : ['localhost/acme/app:sha-3f78685'],
    version: '1.4.2',
    labels: {
      'org.opencontainers.image.revision': SHA,
      'org.opencontainers.image.source': 'https://github.com/acme/app',
      'org.opencontainers.image.version': '1.4.2',
    },
    buildLabels: { 'org.opencontainers.image.revision': SHA },
    annotations: [{ level: 'manifest', key: 'org.opencontainers.image.title', value: 'app' }],
    metadata: aMetadata(references, tags),
    matrix: [
      { platform: 'linux/amd64', pair: 'linux-amd64', runner: 'ubuntu-24.04', native: true },
      { platform: 'linux/arm64', pair: 'linux-arm64', runner: 'ubuntu-24.04-arm', native: true },
    ],
    platforms: [AMD64, ARM64],
    build: aRequest({ buildArgs: ['VERSION=1.4.2', 'NPM_TOKEN=s3cr3t-build-arg'] }),
    call: 'build',
    attestations: 'inline',
    delivery: { outputs: [] },
    push: true,
    signing: { method: 'keyless', log: true },
    comment: true,
    status: true,
    sarif: true,
    policy: aPolicy(),
    decisions: [
      { name: 'push', asked: 'auto', outcome: 'yes', reason: 'a tag push publishes' },
      { name: 'sign', asked: 'auto', outcome: 'keyless', reason: 'public repository with id-token: write' },
    ],
    warnings: [],
    idleRules: [],
    ...over,
  };
}

/** A plan as a pull request gets it: nothing is pushed or signed. */
export function aPullRequestPlan(over: Partial<Plan> = {}): Plan {
  return aPlan({
    tags: [{ name: 'pr-104', kind: 'floating', rule: 'type=ref,event=pr' }],
    push: false,
    signing: { method: 'off' },
    decisions: [
      { name: 'push', asked: 'auto', outcome: 'no', reason: 'a pull request does not publish; it builds, scans and reports' },
      { name: 'sign', asked: 'auto', outcome: 'no', reason: 'nothing is pushed' },
    ],
    ...over,
  });
}

function descriptor(mediaType: string, seed: string, size: number): Descriptor {
  return { mediaType, digest: aDigest(seed), size };
}

/** One platform's image; digests are made from the platform's name. */
export function aPlatformImage(platform: Platform): PlatformImage {
  const name = platformName(platform);
  return {
    platform,
    manifest: { ...descriptor(MEDIA.manifest, `m-${name}`, 1_243), platform },
    config: descriptor(MEDIA.config, `c-${name}`, 4_102),
    layers: [
      descriptor('application/vnd.oci.image.layer.v1.tar+gzip', `l1-${name}`, 48_497_215),
      descriptor('application/vnd.oci.image.layer.v1.tar+gzip', `l2-${name}`, 1_320_011),
    ],
    diffIds: [aDigest(`d1-${name}`), aDigest(`d2-${name}`)],
    labels: { 'org.opencontainers.image.revision': SHA },
    created: '2026-11-21T10:00:00Z',
    attestations: [descriptor(MEDIA.manifest, `a-${name}`, 841)],
  };
}

export function aBundle(platforms: readonly Platform[] = [AMD64, ARM64]): Bundle {
  const images = platforms.map(aPlatformImage);
  const root: Descriptor = { mediaType: MEDIA.index, digest: ROOT, size: 1_609 };
  return {
    directory: '/tmp/seaworthy/layout',
    root,
    images,
    manifests: [...images.flatMap(image => [image.manifest, ...image.attestations]), root],
    referrers: [],
    blobs: images.flatMap(image => [image.config, ...image.layers]),
  };
}

/** A vulnerability in a Debian package, on both platforms, with a fix. */
export function aFinding(over: Partial<Finding> = {}): Finding {
  return {
    kind: 'vuln',
    id: 'CVE-2026-1234',
    severity: 'HIGH',
    title: 'openssl: possible denial of service in X.509 name checks',
    package: 'libssl3',
    purl: 'pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12.9',
    installed: '3.0.15-1~deb12u1',
    fixed: '3.0.17-1~deb12u2',
    status: 'fixed',
    path: '',
    url: 'https://avd.aquasec.com/nvd/cve-2026-1234',
    published: '2026-09-02T10:15:00Z',
    layer: aDigest('d1-linux/amd64'),
    platforms: ['linux/amd64', 'linux/arm64'],
    ...over,
  };
}

export function aSecret(over: Partial<Finding> = {}): Finding {
  return aFinding({
    kind: 'secret',
    id: 'github-pat',
    severity: 'CRITICAL',
    title: 'GitHub Personal Access Token',
    package: '',
    purl: '',
    installed: '',
    fixed: '',
    status: '',
    path: 'srv/app/.env',
    line: 3,
    url: '',
    ...over,
  });
}

export function blocks(finding: Finding, reason = `${finding.severity} blocks (severity, .github/seaworthy.yml:3)`): Judged {
  return { finding, ruling: 'blocks', reason };
}

export function excused(
  finding: Finding,
  reason = 'not reachable: minizip is not built (until 2027-06-30, .github/seaworthy.yml:7)',
): Judged {
  return { finding, ruling: 'excused', reason };
}

export function shown(finding: Finding, reason = `${finding.severity} does not block`): Judged {
  return { finding, ruling: 'shown', reason };
}

export function aScanner(over: Partial<ScannerFacts> = {}): ScannerFacts {
  return {
    name: 'trivy',
    version: '0.76.0',
    origin: 'pinned',
    sha256: aDigest('trivy').slice(7),
    isolation: 'process',
    database: {
      version: 2,
      updatedAt: '2026-11-21T06:25:00Z',
      ageSeconds: 28_800,
      maxAgeSeconds: 172_800,
      digest: aDigest('db'),
      repository: 'ghcr.io/aquasecurity/trivy-db:2',
    },
    ...over,
  };
}

/** An accepted scan of one platform with those of `findings` that are on it. */
export function aPlatformScan(platform: Platform, findings: readonly Finding[] = []): PlatformScan {
  const name = platformName(platform);
  return {
    platform,
    manifest: aPlatformImage(platform).manifest.digest,
    seconds: 4.2,
    os: { family: 'debian', name: '12.9', endOfLife: false },
    packages: 88,
    findings: findings.filter(finding => finding.platforms.includes(name)).map(finding => ({ ...finding, platforms: [name] })),
    status: 'accepted',
  };
}

export function aRejectedScan(platform: Platform, problems: readonly string[]): PlatformScan {
  return {
    platform,
    manifest: aPlatformImage(platform).manifest.digest,
    seconds: 3.1,
    packages: 0,
    findings: [],
    status: 'rejected',
    problems,
  };
}

export function aScan(findings: readonly Finding[] = [], over: Partial<ScanResult> = {}): ScanResult {
  return {
    scanner: aScanner(),
    platforms: [AMD64, ARM64].map(platform => aPlatformScan(platform, findings)),
    problems: [],
    ...over,
  };
}

/** The verdict that follows from how the findings were judged, with `gate: enforce`. */
export function aVerdict(findings: readonly Judged[] = [], over: Partial<Verdict> = {}): Verdict {
  const blocking = findings.filter(judged => judged.ruling === 'blocks').length;
  return {
    outcome: blocking > 0 ? 'blocked' : 'passed',
    publish: blocking === 0,
    exitCode: blocking > 0 ? 1 : 0,
    headline: blocking > 0 ? `blocked: ${blocking} finding(s) block` : 'passed: nothing blocks',
    findings,
    problems: [],
    notes: [],
    ...over,
  };
}

export function aTarget(over: Partial<TargetResult> = {}): TargetResult {
  return {
    image: IMAGE,
    state: 'published',
    blobs: { sent: 5, sentBytes: 99_642_654, mounted: 0, present: 1 },
    signature: 'added',
    verified: true,
    tags: [
      { name: '1.4.2', state: 'created' },
      { name: '1.4', state: 'moved', before: aDigest('old') },
      { name: 'latest', state: 'moved', before: aDigest('old') },
    ],
    ...over,
  };
}

export function aPublication(over: Partial<Publication> = {}): Publication {
  const targets = over.targets ?? [aTarget()];
  return {
    digest: ROOT,
    complete: targets.every(target => target.state === 'published'),
    targets,
    equality: aBundle().images.map(({ platform, manifest: { digest } }) => ({
      platform: platformName(platform),
      built: digest,
      scanned: digest,
      published: digest,
    })),
    verifyCommands: targets.map(
      target =>
        `cosign verify --certificate-identity-regexp '^https://github.com/acme/app/.github/workflows/ship.yml@' --certificate-oidc-issuer https://token.actions.githubusercontent.com ${target.image}@${ROOT}`,
    ),
    ...over,
  };
}

export function someFacts(over: Partial<Facts> = {}): Facts {
  return { targets: [{ image: IMAGE, tags: { latest: aDigest('old') } }], notes: [], ...over };
}

export function someBuildFacts(over: Partial<BuildFacts> = {}): BuildFacts {
  return {
    builder: {
      name: 'default',
      driver: 'docker',
      reason: 'the engine stores containerd images',
      nodes: 1,
      buildkit: 'v0.31.2',
      buildx: 'v0.32.1',
    },
    metadataDigest: ROOT,
    steps: [
      { name: '[linux/amd64 1/2] FROM docker.io/library/debian:12', cached: true, seconds: 0 },
      { name: '[linux/amd64 2/2] COPY app/hello /usr/local/bin/hello', cached: false, seconds: 0.2 },
    ],
    seconds: 21.4,
    caches: [],
    notes: [],
    ...over,
  };
}

const SECONDS: Readonly<Record<string, number>> = {
  plan: 0.1,
  preflight: 0.6,
  build: 21.4,
  scan: 4.3,
  gate: 0,
  publish: 6.9,
  report: 0.4,
};

/** The stages up to and including `last`. */
export function stagesUntil(last: (typeof STAGES)[number]): StageTime[] {
  // `call` stands in for all that follows it: a run has either.
  return STAGES.slice(0, STAGES.indexOf(last) + 1)
    .filter(stage => stage !== 'call' || last === 'call')
    .map(stage => ({
      stage,
      seconds: SECONDS[stage] ?? 1,
      result: `${stage} done`,
    }));
}

/** A run that shipped, unless `over` says otherwise: set a part to `undefined` for a run that did not get that far. */
export function aRecord(over: { readonly [K in keyof RunRecord]?: RunRecord[K] | undefined } = {}): RunRecord {
  const whole: RunRecord = {
    schemaVersion: 1,
    seaworthy: '0.1.0',
    startedAt: '2026-11-21T14:20:00.000Z',
    event: anEvent(),
    state: 'completed',
    plan: aPlan(),
    facts: someFacts(),
    build: someBuildFacts(),
    bundle: aBundle(),
    scan: aScan(),
    verdict: aVerdict(),
    publication: aPublication(),
    stages: stagesUntil('publish'),
    warnings: [],
  };
  return Object.fromEntries(
    Object.entries({ ...whole, ...over }).filter(([, value]) => value !== undefined),
  ) as unknown as RunRecord;
}

/** A run that the gate stopped, with these findings judged as given. */
export function aBlockedRecord(findings: readonly Judged[], over: Parameters<typeof aRecord>[0] = {}): RunRecord {
  return aRecord({
    scan: aScan(findings.map(judged => judged.finding)),
    verdict: aVerdict(findings),
    publication: undefined,
    stages: stagesUntil('gate'),
    ...over,
  });
}

/** A pull request that would ship. */
export function aPullRequestRecord(over: Parameters<typeof aRecord>[0] = {}): RunRecord {
  return aRecord({
    event: aPullRequestEvent(),
    plan: aPullRequestPlan(),
    publication: undefined,
    stages: stagesUntil('gate'),
    ...over,
  });
}

/** A run that failed in `stage`: nothing of that stage or later is there. */
export function aFailedRecord(
  stage: (typeof STAGES)[number],
  error: NonNullable<RunRecord['failure']>['error'],
  over: Parameters<typeof aRecord>[0] = {},
): RunRecord {
  const reached = (part: (typeof STAGES)[number]): boolean => STAGES.indexOf(part) < STAGES.indexOf(stage);
  return aRecord({
    state: error.kind === 'cancelled' ? 'cancelled' : 'failed',
    failure: { stage, error },
    ...(reached('plan') ? {} : { plan: undefined }),
    ...(reached('preflight') ? {} : { facts: undefined }),
    ...(reached('build') ? {} : { build: undefined, bundle: undefined }),
    ...(reached('scan') ? {} : { scan: undefined }),
    ...(reached('gate') ? {} : { verdict: undefined }),
    ...(reached('publish') ? {} : { publication: undefined }),
    stages: STAGES.slice(0, STAGES.indexOf(stage)).flatMap(name => stagesUntil(name).slice(-1)),
    ...over,
  });
}
