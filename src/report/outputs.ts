// Report -> the outputs of the step, each a string.

import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { isOut, totals } from './make-report.ts';
import type { Report } from './report.ts';

/** Every output, in the order of the documentation; a test compares with action.yml. */
export const OUTPUT_NAMES = [
  'verdict',
  'digest',
  'image',
  'references',
  'tags',
  'tag-names',
  'published-tags',
  'labels',
  'version',
  'json',
  'metadata',
  'digests',
  'push',
  'sign',
  'signed',
  'findings',
  'summary',
  'report',
  'bundle',
] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** The outputs of a run as far as it got. `reportPath`: where the report JSON was written. What is not known is the empty string. */
export function makeOutputs(report: Report, reportPath = ''): Record<OutputName, string> {
  return {
    ...planOutputs(report),
    ...imageOutputs(report),
    verdict: verdictOutput(report),
    findings: findings(report),
    summary: report.headline,
    report: reportPath,
  };
}

function planOutputs(report: Report) {
  const { plan } = report.record;
  if (plan === undefined) return { tags: '', 'tag-names': '', labels: '', version: '', json: '', push: '', sign: '' };
  return {
    tags: plan.references.join('\n'),
    'tag-names': plan.tags.map(tag => tag.name).join('\n'),
    labels: pairs(plan.labels).join('\n'),
    version: plan.version,
    json: metadataActionJson(plan),
    push: String(plan.push),
    sign: plan.signing.method,
  };
}

function imageOutputs(report: Report) {
  const { bundle, publication } = report.record;
  const out = (publication?.targets ?? []).flatMap(target => target.tags.filter(isOut).map(tag => `${target.image}:${tag.name}`));
  const digests = (bundle?.images ?? []).map(image => [platformName(image.platform), image.manifest.digest] as const);
  return {
    digest: report.digest ?? '',
    image: report.published[0] ?? '',
    references: report.published.join('\n'),
    'published-tags': out.join('\n'),
    metadata: buildPushMetadata(report),
    digests: JSON.stringify(Object.fromEntries(digests)),
    signed: String(isSigned(report)),
    bundle: bundle?.directory ?? '',
  };
}

/** passed, blocked, error or skipped; a run that ended before its verdict has proved nothing: `error`. */
function verdictOutput(report: Report): string {
  if (report.record.verdict !== undefined) return report.record.verdict.outcome;
  return report.outcome === 'nothing' ? 'skipped' : 'error';
}

/** True when every target has the image with a signature that was verified. */
function isSigned(report: Report): boolean {
  const targets = report.record.publication?.targets ?? [];
  return targets.length > 0 && targets.every(target => target.state === 'published' && target.verified);
}

function pairs(values: Readonly<Record<string, string>>): string[] {
  return Object.entries(values).map(([key, value]) => `${key}=${value}`);
}

function annotations(plan: Plan): string[] {
  return pairs(plan.annotations).map(pair => `index:${pair}`);
}

/** The shape of docker/metadata-action's output `json`. */
function metadataActionJson(plan: Plan): string {
  return JSON.stringify({
    'tag-names': plan.tags.map(tag => tag.name),
    tags: plan.references,
    labels: plan.labels,
    annotations: annotations(plan),
  });
}

/** The keys of docker/build-push-action's output `metadata` that mean the same here. */
function buildPushMetadata(report: Report): string {
  const { bundle, plan } = report.record;
  if (bundle === undefined) return '';
  const { mediaType, digest, size } = bundle.root;
  return JSON.stringify({
    'containerimage.digest': digest,
    'containerimage.descriptor': { mediaType, digest, size },
    'image.name': (plan?.buildNames ?? []).join(','),
  });
}

function findings(report: Report): string {
  if (report.record.verdict === undefined || report.record.scan === undefined) return '';
  const counts = Object.entries(totals(report)).map(([severity, amount]) => [severity.toLowerCase(), amount] as const);
  return JSON.stringify({
    blocking: report.blocking.length,
    excused: report.excused.length,
    shown: report.others.length,
    ...Object.fromEntries(counts),
  });
}
