// Bake files -> whether asking buildx about them would empty a file: before version 0.30 it opens the files of outputs even to print.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { overridesOf } from '../plan/bake-order.ts';
import { CsvMistake, splitFields } from '../plan/csv.ts';
import type { CommandResult } from './command.ts';

export interface OutputsQuestion {
  /** Runs `docker buildx bake` with these arguments. */
  readonly ask: (args: readonly string[]) => Promise<CommandResult>;
  readonly cwd: string;
  /** The run's own private directory. */
  readonly directory: string;
  /** Every file that bake reads, relative to `cwd`. */
  readonly files: readonly string[];
  readonly set: readonly string[];
}

/** Attributes of `bake-set` that say what the outputs are. */
const SAYS_OUTPUT = /^[^.]+\.(?:output|push|load)\+?=/;

/** Overrides that leave the outputs alone. */
export function withoutOutputs(set: readonly string[]): readonly string[] {
  return set.filter(entry => !SAYS_OUTPUT.test(entry));
}

/** False when nothing speaks of outputs: neither a file (also no spelling that hides the word, and no file that another one brings in) nor an override. */
export async function mayHaveOutputs({ cwd, files, set }: OutputsQuestion): Promise<boolean> {
  if (set.some(entry => SAYS_OUTPUT.test(entry))) return true;
  const texts = await Promise.all(files.map(file => textOf(cwd, file)));
  return texts.some(
    (text, at) => text === undefined || /output|\\[ux]/i.test(text) || (isCompose(files[at]) && BRINGS.test(text)),
  );
}

const BRINGS = /include|extends/;

function isCompose(file = ''): boolean {
  return !/\.(?:hcl|json)$/i.test(file);
}

function textOf(cwd: string, file: string): Promise<string | undefined> {
  return readFile(path.resolve(cwd, file), 'utf8').catch(() => undefined);
}

/** Tries it on a file of our own; when that cannot be tried, it is taken to. */
export async function opensToPrint({ ask, directory }: OutputsQuestion): Promise<boolean> {
  return inPrivate(directory, async place => {
    const [file, dest] = [path.join(place, 'bake.json'), path.join(place, 'kept')];
    await writeFile(dest, 'kept');
    await writeFile(file, JSON.stringify({ target: { default: { output: [`type=tar,dest=${dest}`] } } }));
    const { exitCode } = await ask(['--print', '--file', file, '--', 'default']);
    return exitCode !== 0 || (await readFile(dest, 'utf8')) !== 'kept';
  });
}

/**
 * The files that the outputs of these targets, and of those that they inherit from, may name, without any being opened: a target beside them, which has no
 * output, says what theirs are. Undefined when that cannot be known (Compose files with outputs, which no target can speak of; names that HCL cannot).
 */
export async function outputFiles(question: OutputsQuestion, names: readonly string[]): Promise<readonly string[] | undefined> {
  const { cwd, files, set } = question;
  const foreign = await Promise.all(files.filter(isCompose).map(file => textOf(cwd, file)));
  if (foreign.some(text => text === undefined || /output/.test(text) || BRINGS.test(text))) return undefined;
  const typed = names.flatMap(name => overridesOf({ set, target: { name } }, 'output').map(({ value }) => value));
  const outputs: unknown[] = [...typed];
  const seen = new Set<string>();
  for (let next = [...names]; next.length > 0;) {
    for (const name of next) seen.add(name);
    const said = await askProbe(question, next);
    if (said === undefined) return undefined;
    outputs.push(...said.flatMap(({ output }) => output));
    next = [...new Set(said.flatMap(({ inherits }) => inherits))].filter(name => !seen.has(name));
  }
  return [...new Set(outputs.flatMap(fileOf))];
}

interface Said {
  readonly output: readonly unknown[];
  readonly inherits: readonly string[];
}

async function askProbe(question: OutputsQuestion, names: readonly string[]): Promise<readonly Said[] | undefined> {
  if (!names.every(name => /^[A-Za-z_][\w-]*$/.test(name))) return undefined;
  return inPrivate(question.directory, async place => {
    const probe = path.basename(place);
    const file = path.join(place, 'probe.hcl');
    const labels = names.map(
      name => `"${name}" = jsonencode({ output = target.${name}.output, inherits = target.${name}.inherits })`,
    );
    await writeFile(file, `target "${probe}" {\n  labels = {\n${labels.join('\n')}\n  }\n}\n`);
    const args = [...question.files, file].flatMap(each => ['--file', each]);
    const { exitCode, stdout } = await question.ask(['--print', ...args, '--', probe]);
    if (exitCode !== 0) return undefined;
    const printed = JSON.parse(stdout) as { target?: Record<string, { labels?: Record<string, string> }> };
    const answers = printed.target?.[probe]?.labels ?? {};
    return names.map(name => {
      const text = (answers[name] ?? '{}').replaceAll('$${', '${').replaceAll('%%{', '%{');
      const { output, inherits } = JSON.parse(text) as { output?: unknown; inherits?: unknown };
      return { output: listOf(output), inherits: listOf(inherits).filter(one => typeof one === 'string') };
    });
  });
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** An output is an object, or a line of fields. Directories are not opened. */
function fileOf(output: unknown): string[] {
  const { type, dest } = (typeof output === 'string' ? fieldsOf(output) : Object(output)) as Record<string, unknown>;
  return typeof dest === 'string' && dest !== '' && dest !== '-' && type !== 'local' ? [dest] : [];
}

function fieldsOf(text: string): Record<string, string> {
  try {
    return Object.fromEntries(
      splitFields(text).map(field => [
        field.slice(0, field.indexOf('=')).trim().toLowerCase(),
        field.slice(field.indexOf('=') + 1),
      ]),
    );
  } catch (error) {
    if (error instanceof CsvMistake) return {};
    throw error;
  }
}

/** Those of the files that hold something, and those that are not there. */
export async function sortFiles(
  cwd: string,
  files: readonly string[],
): Promise<{ readonly full: readonly string[]; readonly absent: readonly string[] }> {
  const found = await Promise.all(
    files.map(async file => ({ file, there: await stat(path.resolve(cwd, file)).catch(() => undefined) })),
  );
  return {
    full: found.filter(({ there }) => there?.isFile() === true && there.size > 0).map(({ file }) => file),
    absent: found.filter(({ there }) => there === undefined).map(({ file }) => file),
  };
}

/** Takes away what printing made: files that were not there before and are empty. */
export async function dropMade(cwd: string, absent: readonly string[]): Promise<void> {
  for (const file of absent) {
    const place = path.resolve(cwd, file);
    const there = await stat(place).catch(() => undefined);
    if (there?.isFile() === true && there.size === 0) await rm(place, { force: true });
  }
}

async function inPrivate<T>(directory: string, work: (place: string) => Promise<T>): Promise<T> {
  const place = await mkdtemp(path.join(directory, 'outputs-'));
  try {
    return await work(place);
  } finally {
    await rm(place, { recursive: true, force: true });
  }
}
