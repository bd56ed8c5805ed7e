// Report -> blocks of Markdown that summary and comment share, in the order in which people ask: shipped? if not why? what do I do?

import { runUrl } from '../plan/event.ts';
import type { Block, Passage } from './fit.ts';
import { code, fence, head, rich, row, text } from './markdown.ts';
import type { Report } from './report.ts';
import { count, duration, list, moment, shortDigest, size, WORST_FIRST } from './wording.ts';

const ICONS: Readonly<Record<Report['word'], string>> = {
  Running: '⏳',
  Shipped: '🚢',
  'Would ship': '✅',
  Blocked: '⛔',
  'Could not tell': '❓',
  Incomplete: '🚧',
  Failed: '❌',
  Cancelled: '🚫',
  'Nothing to do': '💤',
};
const ALERTS: Readonly<Record<Report['tone'], string>> = { good: 'TIP', careful: 'WARNING', bad: 'CAUTION', neutral: 'NOTE' };
/** Tags beyond these are counted. */
const TAGS = 12;

/** A passage of a rank; empty text makes none. */
export function passage(rank: number, body: string): Passage[] {
  return body === '' ? [] : [{ kind: 'text', rank, text: body }];
}

/** Something folded: `summary` is Markdown-free text that is already safe in HTML. */
export function folded(summary: string, body: string, open = false): string {
  return `<details${open ? ' open' : ''}><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

/** The answer, why, and which image it is about. */
export function verdict(report: Report): Block[] {
  const name = report.title === 'seaworthy' ? '' : ` · ${text(report.title.replace(/^seaworthy \/ /, ''), 100)}`;
  const at = report.reason.search(/[.!?] /);
  const [first, rest] = at === -1 ? [report.reason, ''] : [report.reason.slice(0, at + 1), report.reason.slice(at + 2)];
  const lines = [`**${rich(capital(first), 600)}**${rest === '' ? '' : ` ${rich(rest, 600)}`}`, ...identity(report)];
  const alert = [`> [!${ALERTS[report.tone]}]`, ...lines.map(line => `> ${line}`)].join('\n');
  return passage(0, `## ${ICONS[report.word]} ${report.word}${name}\n\n${alert}`);
}

/** Digest and tags, on a line of their own. */
function identity(report: Report): string[] {
  if (report.digest === undefined) return [];
  const tags = report.tags.slice(0, TAGS).map(tag => code(tag, 128));
  const more = report.tags.length > TAGS ? ` and ${report.tags.length - TAGS} more` : '';
  const verb: Partial<Record<Report['word'], string>> = { Shipped: 'as', Incomplete: 'as', 'Would ship': 'tag here:' };
  const as = tags.length === 0 ? '' : ` · ${verb[report.word] ?? 'was to become'} ${tags.join(' ')}${more}`;
  return ['>'.slice(1), `${code(report.digest, 140)}${as}`];
}

function capital(value: string): string {
  return value.slice(0, 1).toUpperCase() + value.slice(1);
}

/** A numbered list of what to do. */
export function hints(report: Report): Block[] {
  const items = report.hints.slice(0, 8).map(({ text: hint, copy }, at) => {
    const block = copy === undefined ? '' : `\n\n${indent(fence(copy.lines, copy.language))}`;
    return `${at + 1}. ${rich(hint, 600)}${block}`;
  });
  return passage(2, items.length === 0 ? '' : `### What to do next\n\n${items.join('\n')}`);
}

function indent(block: string): string {
  return block
    .split('\n')
    .map(line => `   ${line}`)
    .join('\n');
}

/** One row a platform. */
export function platforms(report: Report): Block[] {
  if (report.platforms.every(platform => platform.manifest === '')) return [];
  const scanned = report.record.scan !== undefined;
  const numbers = WORST_FIRST.map(({ mark, name }) => `${mark} ${name}`);
  const titles = ['Platform', ...(scanned ? ['Blocks', ...numbers] : []), 'Image', 'Scan'];
  const rows = report.platforms.map(platform =>
    row([
      code(platform.platform, 60),
      ...(scanned ? [platform.blocking > 0 ? `**${platform.blocking}**` : '0'] : []),
      ...(scanned ? WORST_FIRST.map(({ severity }) => amount(platform.counts[severity], platform.accepted)) : []),
      imageFacts(platform),
      platform.accepted ? '✅ accepted' : `❌ ${text(platform.scan, 160)}`,
    ]),
  );
  return passage(3, [head(titles, ['Blocks', ...numbers]), ...rows].join('\n'));
}

function imageFacts(platform: Report['platforms'][number]): string {
  const facts = [
    ...(platform.system === '' ? [] : [text(platform.system, 60)]),
    ...(platform.packages === 0 ? [] : [count(platform.packages, 'package')]),
    ...(platform.compressedBytes === 0 ? [] : [size(platform.compressedBytes)]),
  ];
  return facts.join(' · ');
}

/** A count that was not established is not zero. */
function amount(value: number, accepted: boolean): string {
  return accepted || value > 0 ? value.toLocaleString('en-US') : '?';
}

/** References by digest with lines to copy, and what happened in each target. */
export function publication(report: Report): Block[] {
  const targets = report.record.publication?.targets ?? [];
  if (targets.length === 0) return [];
  const rows = targets.map(target =>
    row([
      code(target.image, 200),
      target.state === 'published' ? '✅ published' : `❌ ${text(target.error ?? target.state, 200)}`,
      target.verified ? `✅ ${target.signature}` : target.signature,
      target.tags.map(tag => `${code(tag.name, 128)} ${tag.state}`).join('<br>'),
      target.blobs.sent === 0 ? 'none, all there' : `${count(target.blobs.sent, 'blob')}, ${size(target.blobs.sentBytes)}`,
    ]),
  );
  const table = [head(['Target', 'State', 'Signature', 'Tags', 'Sent']), ...rows].join('\n');
  const pull = report.published.map(reference => `docker pull ${reference}`);
  const copy = [...pull, ...report.verifyCommands];
  return passage(5, `### Published\n\n${table}${copy.length === 0 ? '' : `\n\n${fence(copy, 'sh')}`}`);
}

/** Built = scanned = published, platform by platform. */
export function equality(report: Report, open: boolean): Block[] {
  const rows = report.equality;
  if (rows.length === 0 || report.record.scan === undefined) return [];
  const published = report.record.publication !== undefined;
  const same = rows.every(line => line.built === line.scanned && (!published || line.built === line.published));
  const claim = published ? 'built = scanned = published' : 'built = scanned';
  const titles = ['Platform', 'Built', 'Scanned', ...(published ? ['Published'] : []), ''];
  const lines = rows.map(line => {
    const equal = line.built === line.scanned && (!published || line.built === line.published);
    const digests = [line.built, line.scanned, ...(published ? [line.published] : [])];
    return row([
      code(line.platform, 60),
      ...digests.map(digest => (digest === '' ? 'none' : code(shortDigest(digest)))),
      equal ? '✅' : '❌',
    ]);
  });
  const summary = `${same ? '🟰' : '❌'} ${capital(claim)}, byte for byte${same ? '' : ': NOT on every platform'}`;
  return passage(6, folded(summary, [head(titles), ...lines].join('\n'), open || !same));
}

/** Scan problems, gate notes and warnings of side channels. */
export function notes(report: Report): Block[] {
  const lines = [...report.notes, ...report.record.warnings];
  if (lines.length === 0) return [];
  const shown = [...new Set(lines)].slice(0, 20).map(line => `- ${rich(line, 500)}`);
  const more = lines.length > 20 ? `\n- and ${lines.length - 20} more in the log` : '';
  return passage(4, `### Notes and warnings\n\n${shown.join('\n')}${more}`);
}

/** What was decided before anything ran. */
export function decisions(report: Report): Block[] {
  const made = report.record.plan?.decisions ?? [];
  const idle = report.record.plan?.idleRules ?? [];
  if (made.length === 0) return [];
  const rows = made.map(({ name, asked, outcome, reason }) =>
    row([text(name, 60), code(asked, 80), text(outcome, 120), text(reason, 300)]),
  );
  const rules = idle.slice(0, 20).map(line => `- no tag: ${text(line, 300)}`);
  const table = [head(['Decision', 'Asked', 'Outcome', 'Reason']), ...rows].join('\n');
  const summary = `🧭 Plan: ${text(list(made.slice(0, 2).map(({ name, outcome }) => `${name} ${outcome}`)), 120)}`;
  return passage(10, folded(summary, [table, ...(rules.length === 0 ? [] : [rules.join('\n')])].join('\n\n')));
}

/** Where the time went. */
export function timeline(report: Report): Block[] {
  const { stages } = report.record;
  if (stages.length === 0) return [];
  const longest = Math.max(...stages.map(stage => stage.seconds), 0.1);
  const total = stages.reduce((sum, stage) => sum + stage.seconds, 0);
  const rows = stages.map(stage => {
    const bar = '█'.repeat(Math.max(1, Math.round((stage.seconds / longest) * 20)));
    return row([stage.stage, code(bar), duration(stage.seconds), text(stage.result, 200)]);
  });
  const table = [head(['Stage', '', 'Time', 'Result'], ['Time']), ...rows].join('\n');
  return passage(12, folded(`⏱️ ${duration(total)} in ${count(stages.length, 'stage')}`, table));
}

/** Versions, database date, run. */
export function footer(report: Report): Block[] {
  const { seaworthy, scan, build, event } = report.record;
  const parts = [
    `Seaworthy ${text(seaworthy, 40)}`,
    ...(scan === undefined
      ? []
      : [`Trivy ${text(scan.scanner.version, 40)} with the database of ${text(moment(scan.scanner.database.updatedAt), 60)}`]),
    ...(build?.builder.buildkit === undefined ? [] : [`BuildKit ${text(build.builder.buildkit, 40)}`]),
    `commit ${code(event.headSha.slice(0, 7))}`,
    `[run ${text(event.runNumber, 20)}](${encodeURI(runUrl(event))})${event.runAttempt === '1' ? '' : `, attempt ${text(event.runAttempt, 10)}`}`,
  ];
  return passage(1, `<sub>${parts.join(' · ')}</sub>`);
}
