// Report -> the machine-readable report (schema/record.schema.json): what happened, without build argument values, tool output or environment.

import { platformName } from '../plan/platform.ts';
import type { Plan } from '../plan/plan.ts';
import { runUrl } from '../plan/event.ts';
import type { Event } from '../plan/event.ts';
import { exitCode } from '../record.ts';
import type { RunRecord } from '../record.ts';
import type { Explained } from '../errors.ts';
import { buildJson, buildPlanJson, callJson, deliveryJson, deliveryPlanJson } from './build-json.ts';
import type { Report } from './report.ts';

/** The version of the document; it grows when a reader of the older one would go wrong. */
export const REPORT_SCHEMA = 1;

/** The report as JSON text, two blanks indented, with a line end. */
export function renderJson(report: Report): string {
  return `${JSON.stringify(jsonReport(report), undefined, 2)}\n`;
}

/** The report as plain data. What the run did not reach is left out. */
export function jsonReport(report: Report) {
  const { record } = report;
  const { failure, facts, plan, build, bundle, publication, verdict, call, delivery, cacheWrites } = record;
  return {
    schemaVersion: REPORT_SCHEMA,
    seaworthy: record.seaworthy,
    startedAt: record.startedAt,
    state: record.state,
    outcome: report.outcome,
    exitCode: exitCode(record),
    title: report.title,
    headline: report.headline,
    hints: report.hints.map(hint => hint.text),
    event: eventJson(record.event),
    ...(failure && {
      failure: { stage: failure.stage, ...failureJson(failure.error) },
    }),
    ...(plan && { plan: planJson(plan) }),
    ...(facts?.adopt && { adopted: facts.adopt }),
    ...(call && { call: callJson(call) }),
    ...(build && { build: buildJson(build) }),
    ...(bundle && { image: imageJson(bundle) }),
    ...(record.scan && { scan: scanJson(report, record.scan) }),
    ...(verdict && {
      verdict: {
        outcome: verdict.outcome,
        publish: verdict.publish,
        headline: verdict.headline,
        problems: verdict.problems,
        notes: verdict.notes,
      },
      findings: [...report.blocking, ...report.excused, ...report.others].map(({ finding, ruling, reason }) => ({
        ...finding,
        ruling,
        reason,
      })),
    }),
    ...(delivery && { delivery: deliveryJson(delivery) }),
    ...(publication && { publication: { ...publication, references: report.published } }),
    ...(cacheWrites && { cacheWrites }),
    stages: record.stages,
    warnings: record.warnings,
  };
}

/** Without the details: they are the words of a tool. */
function failureJson({ kind, message, hint, place }: Explained) {
  return { kind, message, ...(hint !== undefined && { hint }), ...(place !== undefined && { place }) };
}

function eventJson(event: Event) {
  const { name, repository, ref, sha, headSha, pullRequest, actor, runId, runNumber, runAttempt, workflowRef, job } = event;
  const run = { runId, runNumber, runAttempt, workflowRef, job, url: runUrl(event) };
  return { name, repository, ref, sha, headSha, actor, ...run, ...(pullRequest && { pullRequest: pullRequest.number }) };
}

function planJson(plan: Plan) {
  const { images, tags, references, version, labels, annotations, push, signing, policy, decisions, idleRules, nothingToDo } =
    plan;
  return {
    mode: plan.mode,
    images,
    tags,
    references,
    version,
    labels,
    annotations,
    matrix: plan.matrix,
    platforms: plan.platforms.map(platformName),
    push,
    signing: signing.method,
    call: plan.call,
    build: buildPlanJson(plan),
    delivery: deliveryPlanJson(plan),
    policy,
    decisions,
    idleRules,
    ...(nothingToDo !== undefined && { nothingToDo }),
  };
}

function imageJson({ root, images }: NonNullable<RunRecord['bundle']>) {
  const { digest, mediaType, size } = root;
  return {
    digest,
    mediaType,
    size,
    platforms: images.map(image => ({
      platform: platformName(image.platform),
      manifest: image.manifest.digest,
      config: image.config.digest,
      layers: image.layers.map(layer => ({ digest: layer.digest, size: layer.size })),
      labels: image.labels,
      ...(image.created !== undefined && { created: image.created }),
      attestations: image.attestations.map(attestation => attestation.digest),
    })),
  };
}

function scanJson(report: Report, { scanner, platforms, problems }: NonNullable<RunRecord['scan']>) {
  return {
    scanner,
    problems,
    platforms: platforms.map(scan => {
      const platform = platformName(scan.platform);
      const row = report.platforms.find(each => each.platform === platform);
      return {
        platform,
        manifest: scan.manifest,
        status: scan.status,
        problems: scan.status === 'rejected' ? scan.problems : [],
        seconds: scan.seconds,
        packages: scan.packages,
        ...(scan.os && { os: scan.os }),
        ...(row && { counts: row.counts, blocking: row.blocking, excused: row.excused }),
      };
    }),
  };
}
