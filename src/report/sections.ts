// Report -> blocks of Markdown that summary and comment share, in the order in which people ask: shipped? if not why? what do I do?

import { runUrl } from '../plan/event.ts';
import type { Block, Passage } from './fit.ts';
import { code, fence, head, rich, row, text } from './markdown.ts';
import type { Report } from './report.ts';
import { count, duration, moment, shortDigest, size, WORST_FIRST } from './wording.ts';

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
  Planned: '🧭',
  Checked: '🔍',
  'Check failed': '❌',
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
  const lines = [
    `**${rich(['Failed', 'Check failed'].includes(report.word) ? first : capital(first), 600)}**${rest === '' ? '' : ` ${rich(rest, 600)}`}`,
    ...identity(report),
  ];
  const alert = [`> [!${ALERTS[report.tone]}]`, ...lines.map(line => `> ${line}`)].join('\n');
  return passage(0, `## ${ICONS[report.word]} ${report.word}${name}\n\n${alert}`);
}

/** Digest and tags, on a line of their own. */
function identity(report: Report): string[] {
  if (report.digest === undefined) return [];
  const tags = report.tags.slice(0, TAGS).map(tag => code(tag, 128));
  const more = report.tags.length > TAGS ? ` and ${report.tags.length - TAGS} more` : '';
  const verb = report.published.length > 0 ? 'tags' : 'planned tags';
  return ['', `${code(report.digest, 140)}${tags.length === 0 ? '' : ` · ${verb} ${tags.join(' ')}${more}`}`];
}

function capital(value: string): string {
  return value.slice(0, 1).toUpperCase() + value.slice(1);
}

/** A numbered list of what to do; what is there to be pasted is folded below it. */
export function hints(report: Report): Block[] {
  const shown = report.hints.slice(0, 8);
  const steps = shown.filter(hint => hint.copy === undefined).map(hint => hint.text);
  const pastes = shown.flatMap(({ text: hint, copy }) =>
    copy === undefined ? [] : [folded(`📋 ${text(hint, 300)}`, fence(copy.lines, copy.language))],
  );
  const numbered =
    steps.length === 1 ? rich(steps[0] ?? '', 600) : steps.map((step, at) => `${at + 1}. ${rich(step, 600)}`).join('\n');
  const parts = [...(numbered === '' ? [] : [numbered]), ...pastes];
  return passage(2, parts.length === 0 ? '' : ['### What to do next', ...parts].join('\n\n'));
}

/** One row a platform. */
export function platforms(report: Report): Block[] {
  if (report.platforms.every(platform => platform.manifest === '')) return [];
  const scanned = report.record.scan !== undefined;
  const rows = report.platforms.map(platform =>
    row([code(platform.platform, 60), result(platform), ...(scanned ? [found(platform)] : []), imageFacts(platform)]),
  );
  const legend = WORST_FIRST.map(({ mark, name }) => `${mark} ${name.toLowerCase()}`).join(' · ');
  const table = [head(['Platform', 'Result', ...(scanned ? ['Found'] : []), 'Image']), ...rows].join('\n');
  return passage(3, scanned ? `${table}\n\n<sub>${legend}</sub>` : table);
}

function result(platform: Report['platforms'][number]): string {
  if (!platform.accepted)
    return platform.scan.startsWith('not scanned')
      ? text(platform.scan, 80)
      : `❓ **not accepted**<br><sub>${text(platform.scan, 200)}</sub>`;
  const verdict =
    platform.blocking === 0
      ? '✅&nbsp;nothing blocks'
      : `⛔&nbsp;**${platform.blocking.toLocaleString('en-US')}&nbsp;${platform.blocking === 1 ? 'blocks' : 'block'}**`;
  return `${verdict}<br><sub>scan accepted${platform.excused === 0 ? '' : `, ${platform.excused} excused`}</sub>`;
}

/** Counts by severity; those that were not established are not zero. */
function found({ counts, accepted }: Report['platforms'][number]): string {
  const marks = WORST_FIRST.filter(({ severity }) => counts[severity] > 0).map(
    ({ severity, mark }) => `${mark}&nbsp;${counts[severity].toLocaleString('en-US')}`,
  );
  if (marks.length > 0) return marks.join(' &nbsp;');
  return accepted ? 'nothing' : 'unknown';
}

function imageFacts(platform: Report['platforms'][number]): string {
  const facts = [
    ...(platform.packages === 0 ? [] : [count(platform.packages, 'package')]),
    ...(platform.compressedBytes === 0 ? [] : [size(platform.compressedBytes)]),
  ].join(' · ');
  if (platform.system === '') return facts;
  return `${text(platform.system, 60)}${facts === '' ? '' : `<br><sub>${facts}</sub>`}`;
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
  const copy = [...pull, ...report.verifyCommands].flatMap(wrap);
  return passage(5, `### Published\n\n${table}${copy.length === 0 ? '' : `\n\n${fence(copy, 'sh')}`}`);
}

/** A long command over several lines that can be pasted as they are: broken before flags and the reference, never inside of quotes. */
export function wrap(command: string): string[] {
  if (command.length <= 100) return [command];
  const lines: string[] = [];
  let line = '';
  let quote = '';
  for (const word of command.split(' ')) {
    if (quote === '' && line !== '' && (word.startsWith('--') || word.includes('@sha256:'))) {
      lines.push(line);
      line = `  ${word}`;
    } else line += line === '' ? word : ` ${word}`;
    for (const char of word.match(/['"]/g) ?? []) quote = quote === '' ? char : quote === char ? '' : quote;
  }
  return [...lines, line].map((each, at, all) => (at < all.length - 1 ? `${each} \\` : each));
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
  const shown = [...new Set(lines)].slice(0, 20).map(note);
  const more = lines.length > 20 ? `\n- and ${lines.length - 20} more in the log` : '';
  return passage(4, `### Notes and warnings\n\n${shown.join('\n')}${more}`);
}

/** One note; its lines after the first are a list below it. */
function note(lines: string): string {
  const [first = '', ...rest] = lines.split('\n');
  const shown = rest.slice(0, 20).map(line => `\n  - ${rich(line.replace(/^- /, ''), 300)}`);
  return `- ${rich(first, 500)}${shown.join('')}${rest.length > 20 ? `\n  - and ${rest.length - 20} more` : ''}`;
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
