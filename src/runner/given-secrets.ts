// The inputs, the environment and the files of secrets -> every secret that this step was given: to recognise them where they would be published.

import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import type { KnownSecret } from '../plan/exposed-secrets.ts';
import type { Inputs } from '../plan/inputs.ts';

type SecretInputs = Pick<
  Inputs,
  'secrets' | 'secretEnvs' | 'secretFiles' | 'githubToken' | 'password' | 'cosignPassword' | 'cosignKey'
>;

/** BuildKit takes no larger one. */
const LARGEST = 500 * 1024;

/** Values stay in memory, and are for comparing only. A file that cannot be read is left out: whoever mounts it tells. */
export async function givenSecrets(
  workspace: string,
  env: Readonly<Record<string, string | undefined>>,
  inputs: SecretInputs,
): Promise<readonly KnownSecret[]> {
  const files = inputs.secretFiles.map(async ({ id, file }) => ({
    name: called(id),
    value: await read(path.resolve(workspace, file)),
  }));
  const { cosignKey } = inputs;
  const all = [
    ...inputs.secrets.map(({ id, value }) => ({ name: called(id), value })),
    ...inputs.secretEnvs.map(({ id, variable }) => ({ name: called(id), value: env[variable] })),
    ...(await Promise.all(files)),
    { name: 'github-token', value: inputs.githubToken },
    { name: 'the input "password"', value: inputs.password },
    { name: 'the input "cosign-password"', value: inputs.cosignPassword },
    { name: 'the input "cosign-key"', value: cosignKey?.includes('-----BEGIN') === true ? cosignKey : undefined },
  ];
  return all.filter((one): one is KnownSecret => one.value !== undefined && one.value.trim() !== '');
}

function called(id: string): string {
  return `the secret "${id}"`;
}

async function read(file: string): Promise<string | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() && found.size <= LARGEST ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}
