// Outputs, job summary and report file of the step -> the files that the runner reads.

import { appendFile, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Metadata } from '../plan/metadata.ts';
import type { OutputFiles } from '../report/outputs.ts';
import { SUMMARY_BUDGET } from '../report/summary.ts';

/** A summary file above this is dropped whole by the runner, other tools' text included. */
const FILE_LIMIT = 1_048_576;
const SLACK = 4_096;
/** Below this there is no room for an answer. */
const SMALLEST = 1_000;

/** Hands every output to `set` (`@actions/core`'s setOutput). */
export function writeOutputs(outputs: Readonly<Record<string, string>>, set: (name: string, value: string) => void): void {
  for (const [name, value] of Object.entries(outputs)) set(name, value);
}

/**
 * Appends to the summary file what `render` makes of the bytes that are left in it. Without a file (outside of GitHub) nothing happens.
 * Never throws; `warn` gets at most one line.
 */
export async function appendSummary(
  file: string | undefined,
  render: (budget: number) => string,
  warn: (line: string) => void,
): Promise<void> {
  if (file === undefined || file === '') return;
  try {
    const used = await sizeOf(file);
    const left = Math.min(SUMMARY_BUDGET, FILE_LIMIT - used - SLACK);
    if (left < SMALLEST) {
      warn(`no job summary: ${used} bytes are in it already, and GitHub shows at most ${FILE_LIMIT} of a step`);
      return;
    }
    await appendFile(file, `${used > 0 ? '\n' : ''}${render(left - 2)}\n`);
  } catch (error) {
    warn(`no job summary: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The names that docker/metadata-action gives its files: people see them in the log of `docker buildx bake`. */
const BAKE_FILES: Readonly<Record<keyof Metadata['bake'], string>> = {
  all: 'docker-metadata-action-bake.json',
  tags: 'docker-metadata-action-bake-tags.json',
  labels: 'docker-metadata-action-bake-labels.json',
  annotations: 'docker-metadata-action-bake-annotations.json',
};

/** Writes the bake definitions into `directory`, which is made; returns their paths, an empty one (with a warning) for each that cannot be written. */
export async function writeBakeFiles(
  directory: string,
  bake: Metadata['bake'],
  warn: (line: string) => void,
): Promise<OutputFiles['bake']> {
  const write = async (kind: keyof Metadata['bake']): Promise<string> => {
    const file = path.join(directory, BAKE_FILES[kind]);
    try {
      await mkdir(directory, { recursive: true });
      await writeFile(file, bake[kind]);
      return file;
    } catch (error) {
      warn(`no bake file: ${error instanceof Error ? error.message : String(error)}`);
      return '';
    }
  };
  const [all, tags, labels, annotations] = await Promise.all([
    write('all'),
    write('tags'),
    write('labels'),
    write('annotations'),
  ]);
  return { all, tags, labels, annotations };
}

/** Writes the report JSON; returns its path, or undefined (with a warning) when it cannot be written. */
export async function writeReport(file: string, json: string, warn: (line: string) => void): Promise<string | undefined> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, json);
    return file;
  } catch (error) {
    warn(`no report file: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0;
    throw error;
  }
}
