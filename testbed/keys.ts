/** Throw-away keys for signing without any service: no transparency log, no timestamps, no network but the registry. */
import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from './command.ts';
import { readTestbed } from './testbed.ts';

export interface OfflineSigning {
  /** Paths. */
  readonly key: string;
  readonly publicKey: string;
  /** For COSIGN_PASSWORD. */
  readonly password: string;
  /** Name no service, so that cosign asks none (without them it fetches Sigstore's own). */
  readonly signingConfig: string;
  readonly trustedRoot: string;
}

/** Makes a new key pair and the files for offline signing in a directory that has none yet. */
export async function offlineSigning(directory: string, password = randomBytes(12).toString('hex')): Promise<OfflineSigning> {
  const { cosign } = readTestbed().tools;
  await mkdir(directory, { recursive: true });
  const env = { COSIGN_PASSWORD: password, HOME: directory };
  const at = (file: string): string => path.join(directory, file);
  await run(cosign, ['generate-key-pair', '--output-key-prefix', 'cosign'], { cwd: directory, env });
  await run(cosign, ['signing-config', 'create', '--out', at('signing-config.json')], { env });
  await run(cosign, ['trusted-root', 'create', '--out', at('trusted-root.json')], { env });
  return {
    key: at('cosign.key'),
    publicKey: at('cosign.pub'),
    password,
    signingConfig: at('signing-config.json'),
    trustedRoot: at('trusted-root.json'),
  };
}
