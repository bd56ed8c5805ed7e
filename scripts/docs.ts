// action.yml -> the tables of README.md, and the rows of src/plan/moving-over.ts -> those of docs/moving-over.md, between their markers. With --check: fails when
// they differ, changes nothing.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
import { MOVED_INPUTS, MOVED_OUTPUTS, MOVED_VARIABLES, PEER_ACTIONS } from '../src/plan/moving-over.ts';
import { root } from './process.ts';

/** The part of action.yml that the tables show. */
export interface ActionFile {
  readonly inputs: Readonly<Record<string, { readonly description?: string; readonly default?: string }>>;
  readonly outputs: Readonly<Record<string, { readonly description?: string }>>;
}

/** Reads action.yml. */
export function readAction(file = path.join(root, 'action.yml')): ActionFile {
  return load(readFileSync(file, 'utf8')) as ActionFile;
}

/** A Markdown table of names and descriptions. Throws when a description is missing: it is the only documentation of the field. */
export function table(kind: 'input' | 'output', entries: ActionFile['inputs']): string {
  const rows = Object.entries(entries).map(([name, { description }]) => {
    const text = description?.trim() ?? '';
    if (text === '') throw new Error(`action.yml: the ${kind} "${name}" has no description`);
    return `| \`${name}\` | ${text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ')} |`;
  });
  return [`| ${kind} | meaning |`, '|---|---|', ...rows].join('\n');
}

/** Replaces what stands between `<!-- NAME:start -->` and `<!-- NAME:end -->`. Throws when a marker is missing. */
export function fillMarkers(page: string, name: string, content: string): string {
  const [start, end] = [`<!-- ${name}:start -->`, `<!-- ${name}:end -->`];
  const [from, to] = [page.indexOf(start), page.indexOf(end)];
  if (from === -1 || to < from) throw new Error(`the page has no pair of markers ${start} ... ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${content}\n\n${page.slice(to)}`;
}

/** The README as it should be. */
export function renderReadme(page: string, action: ActionFile): string {
  return fillMarkers(fillMarkers(page, 'inputs', table('input', action.inputs)), 'outputs', table('output', action.outputs));
}

interface Moved {
  readonly name: string;
  readonly ours: string;
  readonly note: string;
}

/** A Markdown table of what becomes of each name. */
function movedTable(title: string, rows: readonly Moved[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  const words: Readonly<Record<string, string>> = { same: 'same', none: '–', read: 'read' };
  const lines = rows.map(({ name, ours, note }) => `| \`${name}\` | ${words[ours] ?? `\`${ours}\``} | ${cell(note)} |`);
  return [`| ${title} | here | what to do |`, '|---|---|---|', ...lines].join('\n');
}

/** docs/moving-over.md as it should be: a table for each action, one of the outputs, one of the variables. */
export function renderMovingOver(page: string): string {
  let filled = page;
  for (const action of Object.keys(PEER_ACTIONS)) {
    const rows = MOVED_INPUTS.filter(row => row.action === action).map(({ input, ...row }) => ({ ...row, name: input }));
    filled = fillMarkers(filled, action, movedTable('input', rows));
  }
  const outputs = MOVED_OUTPUTS.map(({ action, output, ...row }) => ({
    ...row,
    name: `${action.split('/')[1] ?? ''} ${output}`,
  }));
  const variables = MOVED_VARIABLES.map(({ variable, ...row }) => ({ ...row, name: variable }));
  filled = fillMarkers(filled, 'moved-outputs', movedTable('output', outputs));
  return fillMarkers(filled, 'moved-variables', movedTable('variable', variables));
}

const PAGES: Readonly<Record<string, (page: string) => string>> = {
  'README.md': page => renderReadme(page, readAction()),
  'docs/moving-over.md': renderMovingOver,
};

if (import.meta.main) {
  for (const [name, render] of Object.entries(PAGES)) {
    const file = path.join(root, name);
    const page = readFileSync(file, 'utf8');
    const wanted = render(page);
    if (page === wanted) console.log(`${name}: the tables are those of the code`);
    else if (process.argv.includes('--check')) {
      console.error(`${name}: the tables differ from the code. Run: npm run docs`);
      process.exitCode = 1;
    } else {
      writeFileSync(file, wanted);
      console.log(`${name}: tables written`);
    }
  }
}
