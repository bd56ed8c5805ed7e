// The situations that a reader may find a run in: every rendering is tried, photographed and validated on all of them.

import type { Judged } from '../../src/gate/verdict.ts';
import type { RunRecord } from '../../src/record.ts';
import { BUILD_SITUATIONS } from './build-situations.ts';
import { PLAN_SITUATIONS } from './plan-situations.ts';
import {
  aBlockedRecord,
  aFailedRecord,
  aFinding,
  AMD64,
  anEvent,
  aPlan,
  aPlatformScan,
  aPublication,
  aPullRequestEvent,
  aPullRequestPlan,
  aPullRequestRecord,
  aRecord,
  aRejectedScan,
  ARM64,
  aScan,
  aSecret,
  aTarget,
  aVerdict,
  blocks,
  excused,
  IMAGE,
  ROOT,
  shown,
  someFacts,
  stagesUntil,
} from './record.ts';

const LODASH = aFinding({
  id: 'CVE-2019-10744',
  severity: 'CRITICAL',
  title: 'nodejs-lodash: prototype pollution in defaultsDeep function leading to modifying properties',
  package: 'lodash',
  purl: 'pkg:npm/lodash@4.17.11',
  installed: '4.17.11',
  fixed: '4.17.12',
  path: 'srv/app/node_modules/lodash/package.json',
  url: 'https://avd.aquasec.com/nvd/cve-2019-10744',
  platforms: ['linux/arm64'],
});
const ZLIB = aFinding({
  id: 'CVE-2023-45853',
  severity: 'CRITICAL',
  title: 'zlib: integer overflow and resultant heap-based buffer overflow in zipOpenNewFileInZip4_64',
  package: 'zlib1g',
  purl: 'pkg:deb/debian/zlib1g@1.2.13.dfsg-1?arch=amd64&distro=debian-12.9',
  installed: '1:1.2.13.dfsg-1',
  fixed: '',
  status: 'will_not_fix',
  url: 'https://avd.aquasec.com/nvd/cve-2023-45853',
});
const REST: Judged[] = [
  ['CVE-2024-26462', 'MEDIUM', 'libgssapi-krb5-2', '1.20.1-2+deb12u2', 'krb5: memory leak at /krb5/src/kdc/ndr.c'],
  ['CVE-2011-3374', 'LOW', 'apt', '2.6.1', 'It was found that apt-key in apt, all versions, do not correctly validate gpg keys'],
  [
    'CVE-2022-0563',
    'LOW',
    'util-linux',
    '2.38.1-5+deb12u3',
    'util-linux: partial disclosure of arbitrary files in chfn and chsh',
  ],
  ['TEMP-0841856-B18BAF', 'UNKNOWN', 'bash', '5.2.15-2+b7', '[Privilege escalation possible to other user than root]'],
].map(([id = '', severity, name = '', installed = '', title = '']) =>
  shown(
    aFinding({
      id,
      severity: severity as 'LOW',
      package: name,
      installed,
      title,
      fixed: '',
      status: 'affected',
      url: `https://avd.aquasec.com/nvd/${id.toLowerCase()}`,
    }),
  ),
);
const OPENSSL = aFinding();
const excusedZlib = excused(
  ZLIB,
  'not reachable: the overflow is in minizip, which Debian does not build into zlib1g (until 2027-06-30, .github/seaworthy.yml:7)',
);
const pull = { event: aPullRequestEvent(), plan: aPullRequestPlan() };
const everything = [excusedZlib, ...REST];

function manyFindings(amount: number): Judged[] {
  const names = [
    'libssl3',
    'libxml2',
    'curl',
    '@babel/traverse',
    'golang.org/x/crypto',
    'org.apache.logging.log4j:log4j-core',
    'libc6',
  ];
  return Array.from({ length: amount }, (_, index) =>
    blocks(
      aFinding({
        id: `CVE-2026-${10_000 + index}`,
        severity: index % 7 === 0 ? 'CRITICAL' : 'HIGH',
        package: names[index % names.length] ?? '',
        path: index % 3 === 0 ? `srv/app/node_modules/some-package-${index}/package.json` : '',
        fixed: index % 5 === 0 ? '' : '3.0.17-1~deb12u2',
        status: index % 5 === 0 ? 'affected' : 'fixed',
        url: `https://avd.aquasec.com/nvd/cve-2026-${10_000 + index}`,
      }),
    ),
  );
}

/** Foreign text that would break or deface a careless rendering. */
const HOSTILE = aFinding({
  id: 'CVE-2026-6666|<img src=x>',
  severity: 'CRITICAL',
  title:
    '@octocat fixes #1 </details> <script>alert(1)</script> | https://evil.example \u202etxt.exe\u202c `code` :bug: **bold**',
  package: '@acme/evil|pkg`name`<b>',
  installed: '1.0 | 2.0',
  fixed: '](https://evil.example)',
  path: 'a/very/long/path/that/goes/on/and/on/because/somebody/nested/node_modules/deeply/enough/to/overflow/every/reasonable/column/package.json',
  url: 'javascript:alert(1)',
});

/** Name -> what happened. The names are file names of the gallery. */
export const SITUATIONS: Readonly<Record<string, RunRecord>> = {
  shipped: aRecord({ scan: aScan(everything.map(judged => judged.finding)), verdict: aVerdict(everything) }),
  'shipped-clean': aRecord(),
  blocked: aBlockedRecord([blocks(LODASH), blocks(OPENSSL), ...everything]),
  'blocked-pull-request': aBlockedRecord([blocks(LODASH), ...everything], pull),
  'blocked-unfixable': aBlockedRecord([blocks(ZLIB)]),
  'blocked-secret': aBlockedRecord([blocks(aSecret(), 'secrets block (default)'), ...REST], pull),
  'would-ship': aPullRequestRecord({ scan: aScan(everything.map(judged => judged.finding)), verdict: aVerdict(everything) }),
  'two-thousand-findings': aBlockedRecord(manyFindings(2000), pull),
  hostile: aBlockedRecord([blocks(HOSTILE)], {
    ...pull,
    warnings: ['no commit status: the token may not write it; give the job "permissions: statuses: write"'],
  }),
  'scanner-error': aRecord({
    scan: aScan([], {
      platforms: [
        aPlatformScan(AMD64, [OPENSSL]),
        aRejectedScan(ARM64, ['linux/arm64: Trivy recognised no operating system and no packages']),
      ],
    }),
    verdict: aVerdict([], {
      outcome: 'error',
      publish: false,
      exitCode: 1,
      headline: 'Could not tell',
      problems: ['linux/arm64: Trivy recognised no operating system and no packages'],
    }),
    publication: undefined,
    stages: stagesUntil('gate'),
  }),
  'gate-warn': aRecord({
    scan: aScan([LODASH]),
    verdict: aVerdict([blocks(LODASH)], { publish: true, exitCode: 0 }),
  }),
  'gate-off': aRecord({ scan: undefined, verdict: aVerdict([], { outcome: 'skipped', headline: 'Not scanned' }) }),
  'not-signed': aRecord({
    event: anEvent({ idToken: false }),
    plan: aPlan({
      signing: { method: 'off' },
      decisions: [
        { name: 'push', asked: 'auto', outcome: 'yes', reason: 'a tag push publishes' },
        {
          name: 'sign',
          asked: 'auto',
          outcome: 'no',
          reason: 'no cosign-key, and the job has no "permissions: id-token: write" for keyless signing',
        },
      ],
    }),
    publication: aPublication({ targets: [aTarget({ signature: 'off', verified: false })], verifyCommands: [] }),
  }),
  adopted: aRecord({
    facts: someFacts({
      adopt: {
        image: IMAGE,
        digest: ROOT,
        tag: '1.4.2',
        reason: 'ghcr.io/acme/app:1.4.2 is this commit, built from the same inputs and signed by us',
      },
    }),
    build: undefined,
    publication: aPublication({
      targets: [
        aTarget({
          blobs: { sent: 0, sentBytes: 0, mounted: 0, present: 6 },
          signature: 'already there',
          tags: [
            { name: '1.4.2', state: 'unchanged' },
            { name: '1.4', state: 'unchanged' },
            { name: 'latest', state: 'moved' },
          ],
        }),
      ],
    }),
  }),
  'one-target-failed': aRecord({
    plan: aPlan({ images: [IMAGE, 'docker.io/acme/app'] }),
    publication: aPublication({
      targets: [
        aTarget({
          tags: [
            { name: '1.4.2', state: 'not attempted' },
            { name: '1.4', state: 'not attempted' },
            { name: 'latest', state: 'not attempted' },
          ],
        }),
        aTarget({
          image: 'docker.io/acme/app',
          state: 'failed',
          tags: [],
          signature: 'missing',
          verified: false,
          error: 'docker.io answers 403 to a push of acme/app: the account "acme-bot" may not write there',
        }),
      ],
    }),
  }),
  'build-failed': aFailedRecord('build', {
    kind: 'tool',
    message: 'The build failed at Dockerfile:7: RUN make test: exit code 2 (linux/arm64)',
    hint: 'Run `docker buildx build --platform linux/arm64 .` to see it on your machine.',
    details: ['#12 3.2 FAIL: test_login'],
  }),
  'bad-input': aFailedRecord('plan', {
    kind: 'user',
    message: 'input "platforms": "linux/amd65" is not known',
    hint: 'Did you mean linux/amd64?',
    details: [],
  }),
  cancelled: aFailedRecord('scan', { kind: 'cancelled', message: 'The run was cancelled.', details: [] }, pull),
  'no-images': aPullRequestRecord({
    event: anEvent({ ref: 'refs/heads/main' }),
    plan: aPullRequestPlan({
      images: [],
      tags: [],
      decisions: [{ name: 'push', asked: 'auto', outcome: 'no', reason: 'no image is given or enabled' }],
    }),
  }),
  'nothing-to-do': aRecord({
    plan: aPlan({ nothingToDo: 'refs/tags/v1.4.2 was deleted: there is nothing to build.', images: [], tags: [], push: false }),
    facts: undefined,
    build: undefined,
    bundle: undefined,
    scan: undefined,
    verdict: undefined,
    publication: undefined,
    stages: stagesUntil('plan'),
  }),
  ...BUILD_SITUATIONS,
  ...PLAN_SITUATIONS,
};
