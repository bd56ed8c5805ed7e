// RunRecord -> Report: everything that the renderings say, computed once. Total: works however far the run got.

import type { Judged } from '../gate/verdict.ts';
import { platformName } from '../plan/platform.ts';
import { severityRank, type Severity } from '../plan/severity.ts';
import type { EqualityRow } from '../publish/publish.ts';
import type { RunRecord } from '../record.ts';
import type { Finding } from '../scan/findings.ts';
import type { PlatformScan } from '../scan/scan.ts';
import { answer, severities, withoutPlatform, type Answer } from './headline.ts';
import { makeHints } from './hints.ts';
import type { PlatformRow, Report } from './report.ts';
import { list } from './wording.ts';

/** Makes the report of a run: also of one that is running, failed or was cancelled. */
export function makeReport(record: RunRecord): Report {
  const findings = [...(record.verdict?.findings ?? [])].sort(byWeight);
  const ruled = (ruling: Judged['ruling']): Judged[] => findings.filter(judged => judged.ruling === ruling);
  const published = (record.publication?.targets ?? []).filter(target => target.state === 'published');
  const references = published.map(target => `${target.image}@${record.publication?.digest ?? ''}`);
  const digest = record.publication?.digest ?? record.bundle?.root.digest;
  const tags = tagNames(record);
  const said = answer(record);
  return {
    title: title(record.plan?.images ?? []),
    ...said,
    headline: headline(said, digest, tags),
    hints: makeHints(record, ruled('blocks')),
    ...(digest !== undefined && { digest }),
    tags,
    platforms: platformRows(record, findings),
    blocking: ruled('blocks'),
    excused: ruled('excused'),
    others: ruled('shown'),
    published: references,
    verifyCommands: (record.publication?.verifyCommands ?? []).filter(command =>
      references.some(reference => command.includes(reference)),
    ),
    equality: equality(record),
    notes: notes(record),
    record,
  };
}

/** `seaworthy / acme/app` for `ghcr.io/acme/app`: the same for every registry, different for every image of a repository. */
export function title(images: readonly string[]): string {
  const first = images[0];
  if (first === undefined) return 'seaworthy';
  const [host = '', ...path] = first.split('/');
  const registry = path.length > 0 && (/[.:]/.test(host) || host === 'localhost');
  return `seaworthy / ${registry ? path.join('/') : first}`;
}

function headline({ word, reason }: Answer, digest: string | undefined, tags: readonly string[]): string {
  if (digest === undefined) return `${word}: ${reason}`;
  const as = tags.length === 0 ? '' : ` as ${list(tags)}`;
  const verb = { Shipped: 'It is', Incomplete: 'It is' }[word as string] ?? 'It was built as';
  return `${word}: ${reason} ${verb} ${digest}${word === 'Shipped' ? as : ''}.`;
}

/** What is out when something is; else what was planned. */
function tagNames(record: RunRecord): string[] {
  if (record.call !== undefined) return [];
  if (record.publication === undefined) return (record.plan?.tags ?? []).map(tag => tag.name);
  const out = record.publication.targets.flatMap(target => target.tags).filter(isOut);
  return [...new Set(out.map(tag => tag.name))];
}

/** True when the tag points to this run's image now. */
export function isOut(tag: { readonly state: string }): boolean {
  return ['created', 'moved', 'unchanged'].includes(tag.state);
}

/** Worst first; then what can be fixed; then by name, so that two runs list alike. */
function byWeight(a: Judged, b: Judged): number {
  const [one, other] = [a.finding, b.finding];
  return (
    severityRank(other.severity) - severityRank(one.severity) ||
    Number(one.fixed === '') - Number(other.fixed === '') ||
    compare(one.package, other.package) ||
    compare(one.id, other.id) ||
    compare(one.path, other.path)
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function platformRows(record: RunRecord, findings: readonly Judged[]): PlatformRow[] {
  const images = record.bundle?.images ?? [];
  const scans = record.scan?.platforms ?? [];
  const names = [
    ...new Set(
      [
        ...images,
        ...scans,
        ...(record.bundle === undefined ? (record.plan?.platforms ?? []).map(platform => ({ platform })) : []),
      ].map(part => platformName(part.platform)),
    ),
  ];
  return names.map(platform => {
    const image = images.find(each => platformName(each.platform) === platform);
    const scan = scans.find(each => platformName(each.platform) === platform);
    const here = (ruling: Judged['ruling']): number =>
      findings.filter(judged => judged.ruling === ruling && judged.finding.platforms.includes(platform)).length;
    return {
      platform,
      manifest: image?.manifest.digest ?? scan?.manifest ?? '',
      system: scan?.os === undefined ? '' : `${scan.os.family} ${scan.os.name}${scan.os.endOfLife ? ' (end of life)' : ''}`,
      packages: scan?.packages ?? 0,
      compressedBytes: (image?.layers ?? []).reduce((sum, layer) => sum + layer.size, 0),
      counts: severities((scan?.findings ?? []).map(asShown)),
      blocking: here('blocks'),
      excused: here('excused'),
      ...scanState(record, scan),
    };
  });
}

function asShown(finding: Finding): Judged {
  return { finding, ruling: 'shown', reason: '' };
}

function scanState(record: RunRecord, scan: PlatformScan | undefined): Pick<PlatformRow, 'scan' | 'accepted'> {
  if (scan?.status === 'accepted') return { scan: 'accepted', accepted: true };
  if (scan?.status === 'rejected')
    return { scan: withoutPlatform(scan.problems[0] ?? 'not accepted', platformName(scan.platform)), accepted: false };
  return { scan: record.verdict?.outcome === 'skipped' ? 'not scanned (gate: off)' : 'not scanned', accepted: false };
}

/** What publish proved; before that, what was built and scanned. */
function equality(record: RunRecord): readonly EqualityRow[] {
  if (record.publication !== undefined) return record.publication.equality;
  return (record.bundle?.images ?? []).map(({ platform, manifest }) => {
    const name = platformName(platform);
    const scan = record.scan?.platforms.find(each => platformName(each.platform) === name);
    return { platform: name, built: manifest.digest, scanned: scan?.manifest ?? '', published: '' };
  });
}

function notes(record: RunRecord): string[] {
  const rejected = (record.scan?.platforms ?? []).flatMap(scan => (scan.status === 'rejected' ? scan.problems : []));
  const problems = record.verdict?.problems ?? [...(record.scan?.problems ?? []), ...rejected];
  // That nothing that blocks can be fixed is the first hint already.
  const noted = (record.verdict?.notes ?? []).filter(note => !note.includes('ignore-unfixed'));
  // The first problem is in the first line.
  const told = record.verdict?.outcome === 'error' && (problems[0]?.length ?? 0) <= 200 ? 1 : 0;
  return [...new Set([...problems.slice(told), ...noted])];
}

/** Counts over the whole image: a finding on two platforms counts once. */
export function totals(report: Report): Record<Severity, number> {
  return severities([...report.blocking, ...report.excused, ...report.others]);
}
