// Report -> the outputs of the step, each a string.

import { matrixOutput } from '../plan/matrix.ts';
import type { Metadata } from '../plan/metadata.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import { isOut, totals } from './make-report.ts';
import type { Report } from './report.ts';

/** Every output, in the order of the documentation; a test compares with action.yml. */
export const OUTPUT_NAMES = [
  'verdict',
  'digest',
  'imageid',
  'image',
  'references',
  'tags',
  'tag-names',
  'published-tags',
  'labels',
  'annotations',
  'version',
  'json',
  'bake-file',
  'bake-file-tags',
  'bake-file-labels',
  'bake-file-annotations',
  'metadata',
  'digests',
  'matrix',
  'push',
  'sign',
  'decisions',
  'signed',
  'findings',
  'summary',
  'report',
  'sarif',
  'sbom',
  'bundle',
] as const;
export type OutputName = (typeof OUTPUT_NAMES)[number];

/** Files that outputs name; empty where there is none. */
export interface OutputFiles {
  readonly report: string;
  readonly sarif: string;
  /** By the kind of definition. */
  readonly bake: Readonly<Record<keyof Metadata['bake'], string>>;
}

export const NO_FILES: OutputFiles = { report: '', sarif: '', bake: { all: '', tags: '', labels: '', annotations: '' } };

/**
 * The outputs of a run as far as it got. What is not known is the empty string. `report` is of the run as it was: names, digests and paths are for
 * other steps, and a value of a secret that is part of one must stay in it. `shown` is the one that people may see: sentences are from there.
 */
export function makeOutputs(report: Report, files: OutputFiles = NO_FILES, shown = report): Record<OutputName, string> {
  const { plan } = shown.record;
  return {
    ...planOutputs(report.record.plan, files),
    ...imageOutputs(report),
    decisions: plan === undefined ? '' : JSON.stringify(plan.decisions),
    verdict: verdictOutput(report),
    findings: findings(report),
    summary: shown.headline,
    report: files.report,
    sarif: files.sarif,
    sbom: report.record.sbom?.path ?? '',
  };
}

function planOutputs(plan: Plan | undefined, { bake }: OutputFiles) {
  return {
    ...metadataOutputs(plan?.metadata),
    'bake-file': bake.all,
    'bake-file-tags': bake.tags,
    'bake-file-labels': bake.labels,
    'bake-file-annotations': bake.annotations,
    matrix: plan === undefined ? '' : matrixOutput(plan.matrix),
    push: plan === undefined ? '' : String(plan.push),
    sign: plan === undefined ? '' : String(plan.signing.method !== 'off'),
  };
}

/** The outputs of docker/metadata-action, to the byte. */
function metadataOutputs(metadata: Metadata | undefined) {
  if (metadata === undefined) return { version: '', tags: '', 'tag-names': '', labels: '', annotations: '', json: '' };
  const { separators } = metadata;
  return {
    version: metadata.version,
    tags: metadata.tags.join(separators.tags),
    'tag-names': metadata.tagNames.join(separators.tags),
    labels: metadata.labels.join(separators.labels),
    annotations: metadata.annotations.join(separators.annotations),
    json: metadata.json,
  };
}

function imageOutputs(report: Report) {
  const { bundle, publication } = report.record;
  const out = (publication?.targets ?? []).flatMap(target => target.tags.filter(isOut).map(tag => `${target.image}:${tag.name}`));
  const digests = (bundle?.images ?? []).map(image => [platformName(image.platform), image.manifest.digest] as const);
  return {
    digest: report.digest ?? '',
    imageid: imageId(report),
    image: report.published[0] ?? '',
    references: report.published.join('\n'),
    'published-tags': out.join('\n'),
    metadata: buildPushMetadata(report),
    digests: JSON.stringify(Object.fromEntries(digests)),
    signed: String(isSigned(report)),
    bundle: bundle?.directory ?? '',
  };
}

/**
 * What `docker run` takes: the id in the engine when the image was loaded. Else, as docker/build-push-action has it, the digest of the config where there is one
 * image, and of the index where there are several.
 */
function imageId({ record: { bundle, delivery } }: Report): string {
  if (delivery?.loaded !== undefined) return delivery.loaded.id;
  return configDigest(bundle) ?? bundle?.root.digest ?? '';
}

function configDigest(bundle: Report['record']['bundle']): string | undefined {
  return bundle?.images.length === 1 ? bundle.images[0]?.config.digest : undefined;
}

/** passed, blocked, error or skipped; a run that ended before its verdict has proved nothing: `error`. */
function verdictOutput(report: Report): string {
  if (report.record.verdict !== undefined) return report.record.verdict.outcome;
  return report.outcome === 'nothing' || report.outcome === 'skipped' ? 'skipped' : 'error';
}

/** True when every target has the image with a signature that was verified. */
function isSigned(report: Report): boolean {
  const targets = report.record.publication?.targets ?? [];
  return targets.length > 0 && targets.every(target => target.state === 'published' && target.verified);
}

/** The keys of docker/build-push-action's output `metadata` that mean the same here. */
function buildPushMetadata(report: Report): string {
  const { bundle, plan } = report.record;
  if (bundle === undefined) return '';
  const { mediaType, digest, size } = bundle.root;
  const config = configDigest(bundle);
  return JSON.stringify({
    ...(config !== undefined && { 'containerimage.config.digest': config }),
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
