// Report -> SARIF 2.1.0 for GitHub's code scanning: one run and category for each platform, stable fingerprints, GitHub's limits kept.

import type { Judged } from '../gate/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import { severityRank } from '../plan/severity.ts';
import type { Finding } from '../scan/findings.ts';
import { findingKey } from '../scan/merge.ts';
import { indexLockFiles, type LockFiles, type LockLine } from './lock-lines.ts';
import { plain, safeAddress } from './markdown.ts';
import type { PlatformRow, Report } from './report.ts';
import { category, dockerfile, fingerprint, identity, imagePath, uri } from './sarif-location.ts';
import { level, makeRule, message, ruleId } from './sarif-rules.ts';

/** GitHub refuses a file with more than 25,000 results in a run, or more than 20 runs (it shows 5,000 of a run, the most severe). */
const MOST_RESULTS = 25_000;
const MOST_RUNS = 20;

export interface SarifOptions {
  /** `file`: with what is excused, as suppressions. `upload`: without, because GitHub shows suppressed results as open alerts. */
  readonly purpose: 'file' | 'upload';
  /** Results of one run at most; what is left out is the least severe. */
  readonly most?: number;
  readonly lockFiles?: LockFiles;
  /** GITHUB_WORKSPACE: paths below it are in the repository. */
  readonly workspace?: string;
}

export interface Sarif {
  readonly text: string;
  /** Platforms with a run of their own. */
  readonly platforms: readonly string[];
  readonly results: number;
  /** Results that were left out of these. */
  readonly dropped: number;
  /** Platforms beyond the number of runs that one file may have. */
  readonly unseen: readonly string[];
}

/**
 * The findings as SARIF; undefined when nothing was judged. A platform whose scan was not accepted has no run: a run without its findings would close
 * its alerts. When that leaves none, there is one without results and without a category, which says why and touches no alert.
 */
export function renderSarif(report: Report, options: SarifOptions): Sarif | undefined {
  const { plan, scan, verdict } = report.record;
  if (plan === undefined || scan === undefined || verdict === undefined || verdict.outcome === 'skipped') return undefined;
  const seen = scan.problems.length > 0 ? [] : report.platforms.filter(platform => platform.accepted);
  const rows = seen.slice(0, MOST_RUNS);
  const lockLine = indexLockFiles(options.lockFiles ?? {});
  const parts = rows.map(row => platformRun({ report, plan, row, options, lockLine }));
  const runs = parts.length > 0 ? parts.map(part => part.run) : [failedRun(report)];
  const log = { $schema: 'https://json.schemastore.org/sarif-2.1.0.json', version: '2.1.0', runs };
  return {
    text: `${JSON.stringify(log, undefined, 2)}\n`,
    platforms: rows.map(row => row.platform),
    results: parts.reduce((sum, part) => sum + part.run.results.length, 0),
    dropped: parts.reduce((sum, part) => sum + part.dropped, 0),
    unseen: seen.slice(MOST_RUNS).map(row => row.platform),
  };
}

interface Part {
  readonly report: Report;
  readonly plan: Plan;
  readonly row: PlatformRow;
  readonly options: SarifOptions;
  readonly lockLine: (purl: string) => LockLine | undefined;
}

function platformRun(part: Part) {
  const { report, plan, row, options } = part;
  const all = numbered(plan, judgedOn(report, row.platform)).filter(
    ({ judged }) => options.purpose === 'file' || judged.ruling !== 'excused',
  );
  const kept = all.slice(0, Math.min(options.most ?? MOST_RESULTS, MOST_RESULTS));
  const dropped = all.length - kept.length;
  const byRule = [...Map.groupBy(kept, ({ judged }) => ruleId(judged.finding))].sort(([a], [b]) => compare(a, b));
  const index = new Map(byRule.map(([id], at) => [id, at]));
  const rules = byRule.flatMap(([, [first, ...rest]]) =>
    first === undefined ? [] : [makeRule([first.judged.finding, ...rest.map(({ judged }) => judged.finding)])],
  );
  return {
    dropped,
    run: {
      ...runFrame(report, true, cutNote(dropped, all.length)),
      tool: tool(report, rules),
      automationDetails: { id: category(plan, row.platform) },
      properties: {
        image: plain(imagePath(plan), 500),
        platform: row.platform,
        manifest: row.manifest,
        ...(report.digest === undefined ? {} : { digest: report.digest }),
      },
      results: kept.map(entry => result(part, entry, index.get(ruleId(entry.judged.finding)) ?? -1)),
    },
  };
}

/** What concerns a platform: what blocks first, then worst first, in an order that no input order changes. */
function judgedOn(report: Report, platform: string): Judged[] {
  const here = (judged: readonly Judged[]): Judged[] =>
    judged
      .filter(({ finding }) => finding.platforms.includes(platform))
      // Made once for each: thousands of findings are compared many times.
      .map(each => ({ each, key: `${9 - severityRank(each.finding.severity)}${each.finding.kind} ${findingKey(each.finding)}` }))
      .sort((a, b) => compare(a.key, b.key))
      .map(({ each }) => each);
  return [...here(report.blocking), ...here([...report.excused, ...report.others])];
}

interface Numbered {
  readonly judged: Judged;
  readonly nth: number;
}

/** Findings that differ in version or line only are numbered, smallest first, so that each keeps a fingerprint of its own. */
function numbered(plan: Plan, all: readonly Judged[]): Numbered[] {
  const key = (finding: Finding): string =>
    JSON.stringify([finding.installed, String(finding.line ?? 0).padStart(9, '0'), findingKey(finding)]);
  const places = new Map<Judged, number>();
  for (const group of Map.groupBy(all, ({ finding }) => identity(plan, finding)).values()) {
    const sorted = group.map(judged => ({ judged, key: key(judged.finding) })).sort((a, b) => compare(a.key, b.key));
    for (const [at, { judged }] of sorted.entries()) places.set(judged, at + 1);
  }
  return all.map(judged => ({ judged, nth: places.get(judged) ?? 1 }));
}

function result({ plan, row, options, lockLine }: Part, { judged, nth }: Numbered, ruleIndex: number) {
  const { finding, ruling, reason } = judged;
  const lock = finding.purl === '' ? undefined : lockLine(finding.purl);
  const path = lock?.path ?? dockerfile(plan, options.workspace) ?? imagePath(plan);
  const line = lock?.line ?? 1;
  const suppressions =
    ruling === 'excused' ? [{ kind: 'external', status: 'accepted', justification: plain(reason, 1_000) }] : [];
  return {
    ruleId: ruleId(finding),
    ruleIndex,
    level: level(finding.severity),
    message: message(sentence(judged, row.platform)),
    locations: [
      {
        physicalLocation: {
          artifactLocation: { uri: uri(path) },
          region: { startLine: line, startColumn: 1, endLine: line, endColumn: 1 },
        },
        ...(finding.purl === ''
          ? {}
          : {
              logicalLocations: [
                { name: plain(finding.package), fullyQualifiedName: plain(finding.purl, 1_000), kind: 'package' },
              ],
            }),
      },
    ],
    partialFingerprints: { primaryLocationLineHash: fingerprint(plan, finding, nth) },
    // All results of a run have them, or none (SARIF 2.1.0, 3.27.23).
    ...(options.purpose === 'file' ? { suppressions } : {}),
    properties: details(judged),
  };
}

/** The first sentence stands for the alert where there is little room. */
function sentence({ finding, ruling, reason }: Judged, platform: string): string {
  const { kind, id, severity, installed, fixed, title, path, line } = finding;
  const file = path === '' ? '' : ` in /${path}${line === undefined ? '' : `:${line}`}`;
  const verb = { blocks: 'It blocks', excused: 'It is excused', shown: 'It does not block' }[ruling];
  const said = `${verb} on ${platform}: ${reason}.`;
  if (kind === 'secret') return `A secret of the kind ${id} (${severity}) is in the image${file}. ${title}. ${said}`;
  const way = fixed === '' ? 'no fixed version yet' : `fixed in ${fixed}`;
  return `${finding.package} ${installed}${file}: ${id} (${severity}), ${way}.${title === '' ? '' : ` ${title}.`} ${said}`;
}

function details({ finding, ruling, reason }: Judged) {
  const { kind, severity, installed, fixed, status, path, line, layer, aliases, cvss, platforms } = finding;
  const given = { package: finding.package, installed, fixed, status, path, line, layer, reason };
  const known = Object.entries(given).filter(([, value]) => value !== undefined && value !== '');
  return {
    kind,
    ruling,
    severity,
    ...Object.fromEntries(known.map(([name, value]) => [name, typeof value === 'string' ? plain(value, 1_000) : value])),
    ...(cvss === undefined ? {} : { cvss }),
    ...(aliases === undefined ? {} : { aliases: aliases.map(alias => plain(alias, 255)) }),
    platforms,
  };
}

function tool({ record }: Report, rules: readonly ReturnType<typeof makeRule>[]) {
  const scanner = record.scan?.scanner;
  return {
    driver: {
      name: 'Seaworthy',
      semanticVersion: record.seaworthy,
      informationUri: 'https://github.com/seaworthy/seaworthy',
      rules,
    },
    ...(scanner === undefined ? {} : { extensions: [{ name: 'Trivy', semanticVersion: scanner.version }] }),
  };
}

function cutNote(dropped: number, all: number): readonly string[] {
  if (dropped === 0) return [];
  return [`${dropped} of ${all} results are left out, the least severe ones: GitHub limits what one file may hold`];
}

/** What all runs share. Without `executionSuccessful` there is nothing to be believed in the run. */
function runFrame({ record }: Report, executionSuccessful: boolean, cut: readonly string[] = []) {
  const { event, verdict } = record;
  const repositoryUri = safeAddress(`${event.serverUrl}/${event.repository}`);
  const started = new Date(record.startedAt);
  const say = (level: 'error' | 'warning' | 'note') => (line: string) => ({ level, message: message(line) });
  return {
    columnKind: 'utf16CodeUnits',
    invocations: [
      {
        executionSuccessful,
        ...(Number.isNaN(started.getTime()) ? {} : { startTimeUtc: started.toISOString() }),
        toolExecutionNotifications: [
          ...(verdict?.problems ?? []).map(say('error')),
          ...cut.map(say('warning')),
          ...(verdict?.notes ?? []).map(say('note')),
        ],
      },
    ],
    ...(repositoryUri === undefined
      ? {}
      : { versionControlProvenance: [{ repositoryUri, revisionId: event.sha, branch: plain(event.ref, 500) }] }),
  };
}

function failedRun(report: Report) {
  return { ...runFrame(report, false), tool: tool(report, []), results: [] };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
