/** A throw-away certificate authority and a server certificate for loopback names, by openssl. */
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { findProgram, run } from './command.ts';
import { lookUp, suite, unpack } from './debian.ts';

export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** The machine's openssl, else Debian's, unpacked. */
async function openssl(cache: string): Promise<{ program: string; env: Record<string, string> }> {
  const program = await findProgram('openssl');
  if (program !== undefined) return { program, env: {} };
  const roots = await Promise.all(
    ['openssl', 'libssl3'].map(async name => {
      const [found] = await lookUp(await suite(cache, 'own'), [name]);
      if (found === undefined) throw new Error(`openssl is missing: install it, then run "npm run testbed -- up" again`);
      return unpack(cache, found);
    }),
  );
  const [programRoot = '', libraryRoot = ''] = roots;
  const [triplet = ''] = await readdir(path.join(libraryRoot, 'usr', 'lib'));
  return {
    program: path.join(programRoot, 'usr/bin/openssl'),
    env: { LD_LIBRARY_PATH: path.join(libraryRoot, 'usr/lib', triplet) },
  };
}

/** Makes both in the directory: valid for a month, for localhost and 127.0.0.1. */
export async function makeCertificates(cache: string, directory: string): Promise<Certificates> {
  const { program, env } = await openssl(cache);
  await mkdir(directory, { recursive: true });
  const config = path.join(directory, 'openssl.cnf'); // the machine's own need not exist
  await writeFile(config, '[req]\ndistinguished_name = name\n[name]\n');
  const made = {
    ca: path.join(directory, 'ca.pem'),
    certificate: path.join(directory, 'server.pem'),
    key: path.join(directory, 'server.key'),
  };
  const caKey = path.join(directory, 'ca.key');
  const request = [
    'req',
    '-x509',
    '-config',
    config,
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-days',
    '30',
  ];
  const authority = [
    '-subj',
    '/CN=Seaworthy testbed CA',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign',
  ];
  await run(program, [...request, '-keyout', caKey, '-out', made.ca, ...authority], { env });
  const server = [
    '-subj',
    '/CN=localhost',
    '-addext',
    'subjectAltName=DNS:localhost,IP:127.0.0.1',
    '-addext',
    'basicConstraints=critical,CA:FALSE',
  ];
  const signed = ['-CA', made.ca, '-CAkey', caKey, '-addext', 'extendedKeyUsage=serverAuth'];
  await run(program, [...request, '-keyout', made.key, '-out', made.certificate, ...server, ...signed], { env });
  return made;
}
