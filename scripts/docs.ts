// action.yml -> the input and output tables of README.md, between their markers. With --check: fails when they differ, changes nothing.

import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { load } from 'js-yaml';
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
  if (from === -1 || to < from) throw new Error(`README.md has no pair of markers ${start} ... ${end}`);
  return `${page.slice(0, from + start.length)}\n\n${content}\n\n${page.slice(to)}`;
}

/** The README as it should be. */
export function renderReadme(page: string, action: ActionFile): string {
  return fillMarkers(fillMarkers(page, 'inputs', table('input', action.inputs)), 'outputs', table('output', action.outputs));
}

if (import.meta.main) {
  const file = path.join(root, 'README.md');
  const page = readFileSync(file, 'utf8');
  const wanted = renderReadme(page, readAction());
  if (page === wanted) console.log('README.md: the tables are those of action.yml');
  else if (process.argv.includes('--check')) {
    console.error('README.md: the tables differ from action.yml. Run: npm run docs');
    process.exitCode = 1;
  } else {
    writeFileSync(file, wanted);
    console.log('README.md: tables written from action.yml');
  }
}
