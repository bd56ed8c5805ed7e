// Build secrets -> what buildx can mount: typed values in private files for the time of one build, variables and files checked before anything runs.

import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { UserError } from '../errors.ts';
import type { BuildSecret } from '../plan/plan.ts';

export interface SecretOrder {
  readonly secrets: readonly BuildSecret[];
  /** Values that were typed, by id. */
  readonly values: ReadonlyMap<string, string>;
  /** The value of those from `github-token`. */
  readonly token?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The run's own private directory. */
  readonly directory: string;
  /** Where relative paths start. */
  readonly cwd: string;
  /** Told every value, so that no log shows it. */
  readonly onSecret: (value: string) => void;
}

export interface SecretsInPlace {
  /** Files with the typed values, by id. */
  readonly files: ReadonlyMap<string, string>;
  /** Variables that buildx must get although they are otherwise kept from it. */
  readonly env: Readonly<Record<string, string>>;
  /** Removes the files; never throws. */
  readonly remove: () => Promise<void>;
}

/** BuildKit takes no larger secret (moby/buildkit: 500 KiB); nor is a larger file masked. */
const LARGEST = 500 * 1024;
const INSIDE = 'Nothing was built. ';

/** Puts every secret where buildx finds it; planning has left empty ones out, and looked for what is not there. Throws UserError for a variable that is not set, and for a file that is missing, no file or too large. */
export async function placeSecrets(order: SecretOrder): Promise<SecretsInPlace> {
  const env: Record<string, string> = {};
  for (const secret of order.secrets) {
    if (secret.from === 'file') order.onSecret(await readSecretFile(order, secret.id, secret.file));
    if (secret.from === 'variable') env[secret.variable] = readVariable(order, secret.id, secret.variable);
  }
  for (const value of Object.values(env)) order.onSecret(value);
  const typed = order.secrets.filter(({ from }) => from === 'input' || from === 'token');
  if (typed.length === 0) return { files: new Map(), env, remove: () => Promise.resolve() };

  const directory = await mkdtemp(join(order.directory, 'secrets-'));
  const remove = (): Promise<void> => rm(directory, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined);
  try {
    const files = new Map<string, string>();
    for (const [at, { id, from }] of typed.entries()) {
      const value = from === 'token' ? order.token : order.values.get(id);
      if (value === undefined) throw new Error(`the secret ${id} was planned, but its value did not come along`);
      order.onSecret(value);
      const file = join(directory, String(at));
      await writeFile(file, value, { mode: 0o600, flag: 'wx' });
      files.set(id, file);
    }
    return { files, env, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function readVariable({ env }: SecretOrder, id: string, variable: string): string {
  const value = env[variable];
  if (value !== undefined) return value;
  throw new UserError(`secret-envs: the secret "${id}" is to come from the variable ${variable}, which is not set`, {
    hint: `${INSIDE}Correct its name, or set it in "env:" of the step.`,
  });
}

async function readSecretFile({ cwd }: SecretOrder, id: string, file: string): Promise<string> {
  const path = resolve(cwd, file);
  const found = await stat(path).catch(() => undefined);
  const problem = problemOf(found);
  if (problem === undefined) return readFile(path, 'utf8');
  throw new UserError(`secret-files: the secret "${id}" is to come from ${file}, which ${problem}`, {
    hint: `${INSIDE}Paths are relative to the workspace: was the file written before this step?`,
  });
}

function problemOf(found: { readonly size: number; isFile(): boolean } | undefined): string | undefined {
  if (found === undefined) return 'does not exist';
  if (!found.isFile()) return 'is not a file';
  return found.size > LARGEST ? `is larger than ${LARGEST / 1024} KiB, the most that BuildKit takes` : undefined;
}
