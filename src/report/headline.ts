// RunRecord -> the answer: shipped, would ship, blocked, could not tell ... and why, in one sentence.

import type { Judged } from '../gate/verdict.ts';
import type { Plan } from '../plan/plan.ts';
import { platformName } from '../plan/platform.ts';
import type { Severity } from '../plan/severity.ts';
import type { RunRecord } from '../record.ts';
import type { Report, Tone, Word } from './report.ts';
import { callAnswer } from './call-words.ts';
import { plain } from './markdown.ts';
import { planSentence } from './plan-words.ts';
import { count, counted, list, shortDigest } from './wording.ts';

export interface Answer {
  readonly outcome: Report['outcome'];
  readonly word: Word;
  readonly tone: Tone;
  readonly reason: string;
}

/** What is said first. Total: every record gets an answer, however far the run got. */
export function answer(record: RunRecord): Answer {
  if (record.state === 'running')
    return { outcome: 'running', word: 'Running', tone: 'neutral', reason: 'building and scanning.' };
  if (record.state === 'cancelled')
    return {
      outcome: 'cancelled',
      word: 'Cancelled',
      tone: 'careful',
      reason: `stopped ${during(record)}. ${whatIsOut(record)}`,
    };
  if (record.state === 'failed') return failed(record);
  if (record.plan?.nothingToDo !== undefined)
    return { outcome: 'nothing', word: 'Nothing to do', tone: 'neutral', reason: sentence(record.plan.nothingToDo) };
  if (record.plan?.mode === 'plan') return planned(record.plan);
  if (record.call !== undefined) return callAnswer(record.call);
  const { verdict } = record;
  if (verdict === undefined)
    return { outcome: 'failed', word: 'Failed', tone: 'bad', reason: `the run ended without a verdict. ${whatIsOut(record)}` };
  if (!verdict.publish) return refused(record);
  return record.publication === undefined ? wouldShip(record) : shipped(record);
}

/** `mode: plan`: what a step that ships would do. Without a tag the reader has something to mend. */
function planned(plan: Plan): Answer {
  return {
    outcome: 'skipped',
    word: 'Planned',
    tone: plan.tags.length === 0 || plan.stops !== undefined ? 'careful' : 'neutral',
    reason: `${planSentence(plan)}.${plan.stops === undefined ? '' : ' `mode: ship` would stop before the build, see the warnings.'}`,
  };
}

function failed(record: RunRecord): Answer {
  const failure = record.failure;
  const what =
    failure === undefined ? 'the run failed.' : `${sentence(plain(failure.error.message, 300))} Ended in ${failure.stage}.`;
  return { outcome: 'failed', word: 'Failed', tone: 'bad', reason: `${what} ${whatIsOut(record)}` };
}

/** The gate said no, or could not say. */
function refused(record: RunRecord): Answer {
  const { verdict, facts } = record;
  const adopted = facts?.adopt;
  const consequence =
    adopted === undefined
      ? 'Nothing was published.'
      : `It is already published as ${adopted.image}:${adopted.tag} by an earlier run; completing it was refused, nothing further was written.`;
  if (verdict?.outcome === 'error') {
    const also = blockingText(record);
    const what = `${trouble(record)}${also === '' ? '' : `; besides, ${also}`}. ${consequence}`;
    return { outcome: 'error', word: 'Could not tell', tone: 'bad', reason: what };
  }
  return {
    outcome: verdict?.outcome ?? 'blocked',
    word: 'Blocked',
    tone: 'bad',
    reason: `${blockingText(record)}. ${consequence}`,
  };
}

function wouldShip(record: RunRecord): Answer {
  const push = record.plan?.decisions.find(decision => decision.name === 'push');
  // What the run does instead follows after a semicolon, and everybody sees that.
  const why = push === undefined ? 'Nothing was to be pushed' : `Not pushed: ${push.reason.split(';')[0] ?? push.reason}`;
  const judged = judgement(record);
  return {
    outcome: record.verdict?.outcome ?? 'passed',
    word: 'Would ship',
    tone: judged.tone,
    reason: `${judged.text}. ${why}.`,
  };
}

function shipped(record: RunRecord): Answer {
  const outcome = record.verdict?.outcome ?? 'passed';
  const { publication } = record;
  const targets = publication?.targets ?? [];
  const done = targets.filter(target => target.state === 'published');
  if (publication?.complete !== true) {
    const wrong = targets.filter(target => target.state !== 'published').map(target => target.image);
    const reason = `published in ${done.length} of ${count(targets.length, 'target')}; not finished: ${list(wrong, 3)}.`;
    return { outcome: 'failed', word: 'Incomplete', tone: 'bad', reason };
  }
  const judged = judgement(record);
  const signed = done.every(target => target.verified) ? ', signed and verified' : ', not signed';
  const where = done.length === 1 ? '' : ` in ${count(done.length, 'repository', 'repositories')}`;
  const adopted = record.facts?.adopt === undefined ? '' : ' The image of an earlier run was completed, not built again.';
  return { outcome, word: 'Shipped', tone: judged.tone, reason: `${judged.text}; published${where}${signed}.${adopted}` };
}

/** What an image that may leave was judged on; anything but a clean pass is said here, in the first line. */
function judgement(record: RunRecord): { readonly tone: Tone; readonly text: string } {
  const scans = count(record.scan?.platforms.length ?? 0, 'platform');
  switch (record.verdict?.outcome) {
    case 'skipped':
      return { tone: 'careful', text: 'not scanned (gate: off)' };
    case 'blocked':
      return { tone: 'careful', text: `although ${blockingText(record)} (gate: warn)` };
    case 'error':
      return { tone: 'careful', text: `although ${trouble(record)} (on-scan-error: warn)` };
    default:
      return { tone: 'good', text: `${scans} scanned, nothing blocks${excusedText(record)}` };
  }
}

/** `2 findings block (1 critical, 1 high), all on linux/arm64`; empty when none does. */
function blockingText(record: RunRecord): string {
  const blocking = (record.verdict?.findings ?? []).filter(judged => judged.ruling === 'blocks');
  if (blocking.length === 0) return record.verdict?.outcome === 'blocked' ? record.verdict.headline : '';
  const platforms = new Set(blocking.flatMap(judged => judged.finding.platforms));
  const scanned = record.scan?.platforms.length ?? 0;
  const only = platforms.size === 1 && scanned > 1 ? `, all on ${[...platforms].join('')}` : '';
  return `${count(blocking.length, 'finding')} ${blocking.length === 1 ? 'blocks' : 'block'} (${counted(severities(blocking))})${only}`;
}

function excusedText(record: RunRecord): string {
  const excused = (record.verdict?.findings ?? []).filter(judged => judged.ruling === 'excused').length;
  return excused === 0 ? '' : ` (${excused} excused)`;
}

function trouble(record: RunRecord): string {
  const rejected = (record.scan?.platforms ?? [])
    .filter(scan => scan.status === 'rejected')
    .map(scan => platformName(scan.platform));
  const said = record.verdict?.problems[0] ?? record.scan?.problems[0] ?? 'it is not known why';
  const problem = plain(withoutPlatform(said, rejected.length === 1 ? rejected[0] : undefined), 200).replace(/\.$/, '');
  const what = rejected.length === 0 ? 'the scan' : `the scan of ${list(rejected)}`;
  return `${what} could not be accepted: ${problem}`;
}

/** Problems begin with their platform; where it is said already it is left out. */
export function withoutPlatform(problem: string, platform: string | undefined): string {
  return platform !== undefined && problem.startsWith(`${platform}: `) ? problem.slice(platform.length + 2) : problem;
}

/** Findings per severity. */
export function severities(findings: readonly Judged[]): Record<Severity, number> {
  const counts: Record<Severity, number> = { UNKNOWN: 0, LOW: 0, MEDIUM: 0, HIGH: 0, CRITICAL: 0 };
  for (const { finding } of findings) counts[finding.severity]++;
  return counts;
}

function during(record: RunRecord): string {
  return record.failure === undefined ? 'before it ended' : `during ${record.failure.stage}`;
}

/** What a run that did not end well may have left behind. */
function whatIsOut(record: RunRecord): string {
  if (record.publication !== undefined) {
    const done = record.publication.targets.filter(target => target.state === 'published').length;
    return `${shortDigest(record.publication.digest)} is published in ${done} of ${count(record.publication.targets.length, 'target')}.`;
  }
  if (record.failure?.stage === 'publish') return 'Publishing did not finish; tags move last.';
  return 'Nothing was published.';
}

function sentence(text: string): string {
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
