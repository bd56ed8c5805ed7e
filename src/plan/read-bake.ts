// The inputs bake, bake-files and bake-set -> typed values; what would be fetched from elsewhere -> a mistake: only local definitions are read (rules 21).

import { readList, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import type { Inputs } from './inputs.ts';
import { shorten } from './reference.ts';

export type BakeInputs = Pick<Inputs, 'bake' | 'bakeFiles' | 'bakeSet'>;

/** What buildx takes for the address of a definition, in any place of its arguments. */
const REMOTE = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i;
const CHECK_OUT = 'Only definitions of this machine are read: check the repository out (actions/checkout) and name its files.';
/** Service names of Compose files may hold dots; `*` and `?` match several. */
const TARGET = /^[\w.*?[\]-]+$/;

/** Reads them. */
export function readBake(source: Source): BakeInputs {
  const bake = readText(source, 'bake');
  const problem = bake === undefined ? undefined : targetProblem(bake);
  if (bake !== undefined && problem !== undefined)
    source.mistakes.add('bake', `"${shorten(bake)}" ${problem}`, REMOTE.test(bake) ? CHECK_OUT : undefined);
  return {
    bake: problem === undefined ? bake : undefined,
    bakeFiles: readList(source, 'bake-files', { commas: true, comments: false }).filter(file => isFile(source, file)),
    bakeSet: readList(source, 'bake-set', { commas: false, comments: false }).filter(entry => isOverride(source, entry)),
  };
}

function targetProblem(bake: string): string | undefined {
  if (REMOTE.test(bake)) return 'is the address of a remote bake definition, not the name of a target';
  if (/[\s,]/.test(bake)) return `is not the name of one target: a step builds one image; ${matrixHint(bake.split(/[\s,]+/))}`;
  return TARGET.test(bake) && !bake.startsWith('-') ? undefined : 'is not the name of a bake target';
}

/** How several targets are built: each by a job of its own. */
export function matrixHint(targets: readonly string[]): string {
  return `build them in a matrix: \`strategy: {matrix: {target: [${targets.map(name => shorten(name)).join(', ')}]}}\` and \`bake: \${{ matrix.target }}\``;
}

function isFile(source: Source, file: string): boolean {
  const local = file.replace(/^cwd:\/\//, '');
  if (REMOTE.test(local))
    source.mistakes.add('bake-files', `"${shorten(file)}" is the address of a remote bake definition`, CHECK_OUT);
  else if (local === '-')
    source.mistakes.add('bake-files', '"-" (standard input) cannot be a bake file; write the definition into a file');
  else return true;
  return false;
}

/** As buildx reads `--set`; of arguments the environment may hold the value. */
function isOverride(source: Source, entry: string): boolean {
  if (/^[^.=\s]+\.[^=\s]+=/.test(entry) || /^[^.=\s]+\.args\.[^=\s]+$/.test(entry)) return true;
  source.mistakes.add(
    'bake-set',
    `"${shorten(entry)}" is not target.key=value, e.g. app.args.VERSION=1.2 or *.platform=linux/arm64`,
  );
  return false;
}
