// src/ -> dist/: ESM files made by ncc (what a plan does not need is in files of its own), and the licences of everything in them.
// `--check` builds into a temporary folder and compares every byte; `--into FOLDER` builds there and leaves dist/ alone.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './process.ts';

interface StatsModule {
  readonly name?: string;
  readonly modules?: readonly StatsModule[];
}

/** What src/plan/engines.cjs loads late: files of their own, because all of a file is read and compiled when it is loaded. */
const LATE = ['handlebars', 'moment'];

/** Builds the bundle into `target` (emptied before). Throws with ncc's output when it fails or when a module is missing in the bundle. */
export function build(target: string): void {
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  const work = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-build-'));
  try {
    // tsc strips the types, ncc only bundles: its own TypeScript loader would read every test as well. Types are checked by `npm run check`.
    const lib = path.join(root, 'lib');
    rmSync(lib, { recursive: true, force: true });
    tool('node_modules/typescript/bin/tsc', ['-p', 'tsconfig.build.json']);
    for (const file of list(path.join(root, 'src')).filter(name => name.endsWith('.cjs')))
      cpSync(path.join(root, 'src', file), path.join(lib, file));
    const out = path.join(work, 'out');
    const post = path.join(work, 'post');
    const stats = [
      ncc('lib/index.js', out, ['-e', './engines.cjs']),
      ncc('lib/post.js', post),
      ...LATE.map(name => ncc(`lib/plan/${name}.cjs`, path.join(work, name))),
    ];
    for (const name of LATE) cpSync(path.join(work, name, 'index.cjs'), path.join(out, `${name}.cjs`));
    cpSync(path.join(lib, 'plan', 'engines.cjs'), path.join(out, 'engines.cjs'));
    rmSync(lib, { recursive: true, force: true });
    cpSync(out, target, { recursive: true });
    cpSync(post, path.join(target, 'post'), { recursive: true });
    for (const file of list(target)) {
      if (readFileSync(path.join(target, file), 'utf8').includes('webpackMissingModule'))
        throw new Error(`${file}: a module is missing in the bundle`);
    }
    writeFileSync(path.join(target, 'LICENSES.txt'), licences({ modules: stats }));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Bundles one entry into a folder; answers the statistics. */
function ncc(entry: string, out: string, options: readonly string[] = []): StatsModule {
  const stats = `${out}.json`;
  const args = ['build', entry, '-o', out, '--no-cache', '--stats-out', stats, ...options];
  tool('node_modules/@vercel/ncc/dist/ncc/cli.js', args);
  return JSON.parse(readFileSync(stats, 'utf8')) as StatsModule;
}

/** Runs one of the compilers; throws with what it said. */
function tool(program: string, args: readonly string[]): void {
  const result = spawnSync(process.execPath, [path.join(root, program), ...args], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`${path.basename(program)} failed:\n${result.stdout}\n${result.stderr}`);
}

/** Names of files that differ between two folders, both ways. */
export function differences(a: string, b: string): string[] {
  const names = new Set([...list(a), ...list(b)]);
  return [...names].sort().filter(name => !same(path.join(a, name), path.join(b, name)));
}

function list(folder: string): string[] {
  return existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter(entry => entry.isFile())
        .map(entry => path.relative(folder, path.join(entry.parentPath, entry.name)))
    : [];
}

function same(a: string, b: string): boolean {
  return existsSync(a) && existsSync(b) && readFileSync(a).equals(readFileSync(b));
}

/** The licence text of every package that has a module in the bundle, by name. Throws when a package has none. */
function licences(stats: StatsModule): string {
  const folders = new Set<string>();
  const visit = (module: StatsModule): void => {
    const match = /((?:.*?node_modules\/(?:@[^/]+\/)?[^/]+)+)\//.exec(module.name ?? '');
    if (match?.[1] !== undefined) folders.add(path.resolve(root, match[1].slice(match[1].indexOf('node_modules'))));
    for (const inner of module.modules ?? []) visit(inner);
  };
  visit(stats);
  if (folders.size === 0) throw new Error('no package was found in the statistics of the bundle');
  return [...folders]
    .map(licenceOf)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(entry => `${entry.name}\n${entry.licence}\n\n${entry.text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

function licenceOf(folder: string): { readonly name: string; readonly licence: string; readonly text: string } {
  const manifest = JSON.parse(readFileSync(path.join(folder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
    license?: string;
  };
  const file = readdirSync(folder).find(name => /^(licen[cs]e|copying)(\.|-|$)/i.test(name));
  if (file === undefined && manifest.license === undefined) throw new Error(`${manifest.name}: no licence`);
  const text =
    file === undefined
      ? `(no licence file in the package; its package.json says ${String(manifest.license)})`
      : readFileSync(path.join(folder, file), 'utf8');
  return { name: `${manifest.name}@${manifest.version}`, licence: manifest.license ?? 'see below', text };
}

function folderAfter(option: number): string {
  const folder = process.argv[option + 1];
  if (folder === undefined) throw new Error('--into needs a folder: what is in it will be replaced');
  return path.resolve(folder);
}

/** Compares dist/ with a fresh build; prints what differs. True when equal. */
export function distIsFresh(keep?: string): boolean {
  const fresh = keep ?? mkdtempSync(path.join(os.tmpdir(), 'seaworthy-dist-'));
  try {
    build(fresh);
    const differing = differences(path.join(root, 'dist'), fresh);
    for (const name of differing) console.error(`dist/${name} does not match src/. Run: npm run build`);
    return differing.length === 0;
  } finally {
    if (keep === undefined) rmSync(fresh, { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const [check, into] = ['--check', '--into'].map(option => process.argv.indexOf(option)) as [number, number];
  if (into !== -1) build(folderAfter(into));
  else if (check === -1) build(path.join(root, 'dist'));
  else process.exitCode = distIsFresh(process.argv[check + 1]) ? 0 : 1;
}
