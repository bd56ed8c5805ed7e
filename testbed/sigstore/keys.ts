/** The keys of the local Sigstore: made at the first start and kept, so that what was signed before a restart still verifies. */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

type CA = Awaited<ReturnType<typeof initializeCA>>;
type TLog = Awaited<ReturnType<typeof initializeTLog>>;

interface KeyPair {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface Authorities {
  readonly ca: CA;
  readonly log: TLog;
}

/** PEM of some DER. */
export function pem(der: Uint8Array, label: 'CERTIFICATE' | 'PUBLIC KEY'): string {
  const body = Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}

function keyPair(directory: string, name: string): KeyPair {
  const file = path.join(directory, `${name}.key`);
  if (!existsSync(file)) {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 });
  }
  const privateKey = createPrivateKey(readFileSync(file));
  return { privateKey, publicKey: createPublicKey(privateKey) };
}

/** The certificate authority and the two logs. Writes what verifiers need: fulcio.pem, ctlog.pub, rekor.pub. */
export async function openAuthorities(directory: string, url: string): Promise<Authorities> {
  const ctlog = await initializeCTLog(keyPair(directory, 'ctlog'));
  const fresh = await initializeCA(keyPair(directory, 'fulcio'), ctlog);
  const log = await initializeTLog(url, keyPair(directory, 'rekor'));
  // The library makes a new root certificate for the same key at each start; certificates issued before would be older than it.
  const rootFile = path.join(directory, 'fulcio.der');
  const { buffer, byteOffset, byteLength } = fresh.rootCertificate;
  if (!existsSync(rootFile)) writeFileSync(rootFile, Buffer.from(buffer, byteOffset, byteLength));
  const rootCertificate = new Uint8Array(readFileSync(rootFile));
  writeFileSync(path.join(directory, 'fulcio.pem'), pem(rootCertificate, 'CERTIFICATE'));
  writeFileSync(path.join(directory, 'ctlog.pub'), pem(ctlog.publicKey, 'PUBLIC KEY'));
  writeFileSync(path.join(directory, 'rekor.pub'), pem(log.publicKey, 'PUBLIC KEY'));
  return { ca: { rootCertificate, issueCertificate: options => fresh.issueCertificate(options) }, log };
}
