/** The files through which a step talks back to the runner. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

const FILES = {
  GITHUB_OUTPUT: 'output',
  GITHUB_STATE: 'state',
  GITHUB_ENV: 'env',
  GITHUB_PATH: 'path',
  GITHUB_STEP_SUMMARY: 'summary',
  GITHUB_ARTIFACTS: 'artifacts',
  GITHUB_ARTIFACTS_LIST: 'artifacts-list',
} as const;

export type FileVariable = keyof typeof FILES;

export interface StepFiles {
  readonly variables: Readonly<Record<FileVariable, string>>;
  read(variable: FileVariable): string;
}

/** Fresh, empty files, as every step gets them. */
export function stepFiles(temporary: string): StepFiles {
  const directory = mkdtempSync(path.join(temporary, '_runner_file_commands-'));
  const paths = Object.entries(FILES).map(([variable, name]) => [variable, path.join(directory, name)] as const);
  for (const [, file] of paths) writeFileSync(file, '');
  const variables = Object.fromEntries(paths) as Record<FileVariable, string>;
  return { variables, read: variable => readFileSync(variables[variable], 'utf8') };
}

/** `name=value` and `name<<DELIMITER … DELIMITER`; what the runner would refuse is an error. */
export function parsePairs(text: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  const lines = text.split(/\r?\n/);
  for (let line = lines.shift(); line !== undefined; line = lines.shift()) {
    if (line === '') continue;
    const equals = line.indexOf('=');
    const heredoc = line.indexOf('<<');
    if (heredoc > 0 && (equals < 0 || heredoc < equals)) {
      const end = lines.indexOf(line.slice(heredoc + 2));
      if (end < 0) throw new Error(`Invalid value. Matching delimiter not found '${line.slice(heredoc + 2)}'`);
      pairs[line.slice(0, heredoc)] = lines
        .splice(0, end + 1)
        .slice(0, -1)
        .join('\n');
    } else if (equals > 0) pairs[line.slice(0, equals)] = line.slice(equals + 1);
    else throw new Error(`Invalid format '${line}'`);
  }
  return pairs;
}
