// The situations of `mode: plan`: records around plans that were really made from inputs, so that what is looked at is what people get.

import type { Event } from '../../src/plan/event.ts';
import type { PlanOrder } from '../../src/plan/make-plan.ts';
import type { RunRecord } from '../../src/record.ts';
import { aPullRequest, aTag, anEvent, planOf, type Typed } from '../plan/plan-builders.ts';
import { aRecord, stagesUntil } from './record.ts';

/** The record of a run with `mode: plan`, unless another mode is typed. */
export function aPlannedRecord(event: Event, typed: Typed = {}, order: Partial<PlanOrder> = {}): RunRecord {
  const plan = planOf(event, { mode: 'plan', ...typed }, order);
  return aRecord({
    event,
    plan,
    facts: undefined,
    build: undefined,
    bundle: undefined,
    scan: undefined,
    verdict: undefined,
    publication: undefined,
    stages: stagesUntil('plan'),
    warnings: plan.warnings,
  });
}

const SEMVER = 'type=semver,pattern={{version}}\ntype=semver,pattern={{major}}.{{minor}}\ntype=semver,pattern={{major}}';
const TWO_PLATFORMS = 'linux/amd64,linux/arm64';
/** Foreign text in what strangers choose: the name of a branch. */
const HOSTILE_BRANCH = 'fix/</details><script>alert(1)</script>|`code`](https://evil.example)@octocat#1-**bold**-{{version}}';

export const PLAN_SITUATIONS: Readonly<Record<string, RunRecord>> = {
  plan: aPlannedRecord(aTag('v1.4.2'), {
    images: 'ghcr.io/acme/app\ndocker.io/acme/app',
    tags: `${SEMVER}\ntype=ref,event=pr`,
    platforms: TWO_PLATFORMS,
  }),
  'plan-default': aPlannedRecord(anEvent()),
  'plan-pull-request': aPlannedRecord(aPullRequest({}, true), { platforms: TWO_PLATFORMS, labels: 'team=harbour' }),
  'plan-many': aPlannedRecord(aTag('v1.4.2-rc.1'), {
    images: [
      'ghcr.io/acme/app',
      'docker.io/acme/app',
      'quay.io/acme/app',
      'registry.gitlab.com/acme/platform/images/app',
      '123456789012.dkr.ecr.eu-central-1.amazonaws.com/acme/app',
      'europe-docker.pkg.dev/acme-production/containers/app',
    ].join('\n'),
    tags: `${SEMVER}
type=sha
type=sha,format=long,prefix=
type=ref,event=tag
type=ref,event=branch
type=raw,value=candidate
type=raw,value=candidate-{{date 'YYYYMMDD'}}
type=raw,value=nightly,enable={{is_default_branch}}
type=raw,value=from-{{sha}},priority=10
type=raw,value=everything`,
    platforms: 'linux/amd64,linux/arm64,linux/arm/v7,linux/386,linux/ppc64le,linux/s390x,linux/riscv64',
    runners: 'linux/s390x=["self-hosted","s390x"]',
  }),
  'plan-no-tag': aPlannedRecord(anEvent({ ref: 'refs/heads/feature/login' }), {
    tags: `${SEMVER}\ntype=raw,value=edge,enable={{is_default_branch}}\ntype=ref,event=pr`,
    platforms: TWO_PLATFORMS,
  }),
  'plan-privileged': aPlannedRecord(
    aPullRequest({ name: 'pull_request_target', ref: 'refs/heads/main' }, true),
    { push: 'true', sign: 'keyless' },
    { checkouts: [{ directory: 'the workspace', commit: 'b'.repeat(40) }] },
  ),
  'plan-cannot-sign': aPlannedRecord(anEvent({ idToken: false, private: true }), { sign: 'keyless', platforms: TWO_PLATFORMS }),
  'plan-hostile': aPlannedRecord(anEvent({ ref: `refs/heads/${HOSTILE_BRANCH}` }), {
    tags: `type=ref,event=branch\ntype=raw,value=${'very-long-tag-name-'.repeat(6)}x\ntype=ref,event=pr,prefix=</details>|x\`y\`-`,
    labels: `branch={{branch}}\nhtml=<img src=x onerror=alert(1)> | ${'long '.repeat(200)}\n@octocat=#1`,
  }),
  'ship-many': aRecord({
    plan: planOf(aTag('v1.4.2'), {
      images: 'ghcr.io/acme/app\ndocker.io/acme/app\nquay.io/acme/app',
      tags: `${SEMVER}\ntype=sha\ntype=ref,event=branch\ntype=ref,event=pr`,
      platforms: TWO_PLATFORMS,
    }),
  }),
};
