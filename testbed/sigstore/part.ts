/** The local Sigstore as a part of the testbed: keyless signing that needs nobody outside of this machine. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  daemonDirectory,
  findProgram,
  portFor,
  readDaemon,
  run,
  startDaemon,
  stopDaemon,
  type Context,
  type Part,
} from '../part.ts';
import { ISSUER } from './services.ts';
import { readSigstore, sigstoreFile, type Sigstore } from './sigstore.ts';

const NAME = 'sigstore';
const SERVER = fileURLToPath(new URL('server.ts', import.meta.url));
/** Long before any key was made: the files say from when on a service counts. */
const START = 'start-time=2020-01-01T00:00:00Z';

/** A server that was started from other sources is not the one that tests mean. */
function sources(): string {
  const directory = path.dirname(SERVER);
  const files = readdirSync(directory)
    .filter(name => name.endsWith('.ts'))
    .sort();
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(path.join(directory, file)));
  return hash.digest('hex');
}

async function answers(url: string): Promise<boolean> {
  return (await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(2_000) })).ok;
}

/** The two files that cosign takes instead of the public instance's, made by cosign itself. */
async function describe(context: Context, directory: string, url: string): Promise<Sigstore> {
  const cosign = path.join(context.cache, 'tools', 'cosign');
  const file = (name: string): string => path.join(directory, name);
  const stamp = `${url}/api/v1/timestamp`;
  const service = (kind: string, address: string): string => `--${kind}=url=${address},api-version=1,${START},operator=testbed`;
  const withoutLog = [service('fulcio', url), service('tsa', stamp), '--tsa-config=EXACT:1'];
  const made = {
    url,
    signingConfig: file('signing-config.json'),
    signingConfigWithoutLog: file('signing-config-without-log.json'),
    trustedRoot: file('trusted-root.json'),
    issuer: ISSUER,
  };
  await run(cosign, ['signing-config', 'create', ...withoutLog, '--out', made.signingConfigWithoutLog]);
  const log = [service('rekor', url), '--rekor-config=EXACT:1'];
  await run(cosign, ['signing-config', 'create', ...withoutLog, ...log, '--out', made.signingConfig]);
  await run(cosign, [
    'trusted-root',
    'create',
    `--fulcio=url=${url},certificate-chain=${file('fulcio.pem')},${START}`,
    `--ctfe=url=${url},public-key=${file('ctlog.pub')},${START}`,
    `--rekor=url=${url},public-key=${file('rekor.pub')},${START}`,
    `--tsa=url=${stamp},certificate-chain=${file('tsa-chain.pem')},${START}`,
    '--out',
    made.trustedRoot,
  ]);
  return made;
}

export const sigstore: Part = {
  name: NAME,
  about: 'signs without keys: certificates, transparency log, timestamps',
  needs: ['tools'],
  set: 'demo',

  async present(context) {
    const running = await readDaemon(context, NAME);
    if (running?.data['sources'] !== sources()) return false;
    try {
      readSigstore(context);
      return true;
    } catch {
      return false;
    }
  },

  async bring(context) {
    const openssl = await findProgram('openssl');
    if (openssl === undefined) throw new Error('openssl is missing: install it, then run "npm run testbed -- up" again');
    const directory = await daemonDirectory(context, NAME, 'files');
    const running = await readDaemon(context, NAME);
    if (running !== undefined && running.data['sources'] !== sources()) await stopDaemon(context, NAME);
    const url = (await readDaemon(context, NAME))?.data['url'] ?? `http://127.0.0.1:${await portFor(context, NAME)}`;
    await startDaemon(context, {
      name: NAME,
      command: process.execPath,
      args: [SERVER, directory, new URL(url).port, openssl],
      data: { url, sources: sources() },
      ready: () => answers(url),
    });
    await rm(sigstoreFile(context.run), { force: true });
    await writeFile(sigstoreFile(context.run), JSON.stringify(await describe(context, directory, url), null, 2));
  },

  async status(context) {
    const record = await readDaemon(context, NAME);
    if (record === undefined) return { state: 'absent' };
    return { state: 'running', version: 'of @sigstore/mock', address: record.data['url'] ?? '' };
  },
};
