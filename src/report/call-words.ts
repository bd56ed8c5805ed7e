// What `call` answered -> the first line of its report, and the lines of the log.

import type { BuildNote, CallResult } from '../build/build.ts';
import { notePlace, ranked } from './build-words.ts';
import { columns } from './columns.ts';
import type { Answer } from './headline.ts';
import { plain } from './markdown.ts';
import { count } from './wording.ts';

/** Remarks beyond these are counted. */
const SHOWN = 50;

/** Nothing was scanned or judged: the verdict is `skipped` either way, and the exit status tells. */
export function callAnswer({ call, failed, notes, problem, tables }: CallResult): Answer {
  if (failed) {
    const remarks = notes.length === 0 ? '' : `${count(notes.length, 'rule')} broken`;
    const what =
      problem === undefined
        ? remarks || 'the check failed'
        : `${prefix(problem)}${plain(problem.message, 300).replace(/\.$/, '')}${remarks === '' ? '' : ` (${remarks})`}`;
    return { outcome: 'skipped', word: 'Check failed', tone: 'bad', reason: `${what}. Nothing was built.` };
  }
  const rows = tables.map(({ columns: [name = 'row'], rows: { length } }) => count(length, lower(name))).join(', ');
  const found = call === 'check' ? 'the Dockerfile breaks no rule' : rows === '' ? 'nothing to tell' : rows;
  return {
    outcome: 'skipped',
    word: 'Checked',
    tone: call === 'check' ? 'good' : 'neutral',
    reason: `${found}. Nothing was built (call: ${call}).`,
  };
}

/** Tables and remarks, lined up. */
export function callLines({ tables, notes }: CallResult): string[] {
  const remarks = ranked(notes).map(note => [notePlace(note), note.rule ?? '', note.message]);
  const more = remarks.length > SHOWN ? [`and ${remarks.length - SHOWN} more`] : [];
  return [
    ...tables.flatMap(({ columns: titles, rows }, at) => [
      ...(at === 0 ? [] : ['']),
      ...columns([titles.map(title => title.toUpperCase()), ...rows]),
    ]),
    ...(remarks.length === 0 || tables.length === 0 ? [] : ['']),
    ...columns(remarks.slice(0, SHOWN)),
    ...more,
  ];
}

/** `Build argument` inside of a sentence; `SSH` stays. */
function lower(name: string): string {
  return /^[A-Z][a-z]/.test(name) ? name.toLowerCase() : name;
}

function prefix(problem: BuildNote): string {
  const place = notePlace(problem);
  return place === '' ? '' : `${place}: `;
}
