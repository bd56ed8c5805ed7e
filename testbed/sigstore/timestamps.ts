/** A timestamp authority (RFC 3161) by openssl. */
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../command.ts';

const REQUEST = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** openssl refuses to start without a configuration, and the machine's own need not fit. */
function configuration(directory: string): string {
  return `
[req]
distinguished_name = name
[name]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[signer]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[tsa]
default_tsa = here
[here]
serial = ${directory}/tsa.serial
signer_cert = ${directory}/tsa.crt
certs = ${directory}/tsa-chain.pem
signer_key = ${directory}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ordering = yes
ess_cert_id_alg = sha256
`;
}

export interface TimestampAuthority {
  /** Answers a timestamp query with a signed reply, both DER. */
  reply(query: Buffer): Promise<Buffer>;
}

/** Makes the authority's certificates at the first start; writes tsa-chain.pem for verifiers. */
export async function openTimestampAuthority(directory: string, openssl: string): Promise<TimestampAuthority> {
  const file = (name: string): string => path.join(directory, name);
  const config = file('tsa.cnf');
  const call = (...args: string[]): Promise<string> => run(openssl, args, { cwd: directory, env: { OPENSSL_CONF: config } });
  await writeFile(config, configuration(directory));
  if (!existsSync(file('tsa-chain.pem'))) {
    const root = ['-keyout', file('tsa-ca.key'), '-out', file('tsa-ca.crt'), '-days', '3650', '-subj', '/O=testbed/CN=tsa-ca'];
    await call(...REQUEST, '-x509', '-config', config, '-extensions', 'authority', ...root);
    const asked = ['-keyout', file('tsa.key'), '-out', file('tsa.csr'), '-subj', '/O=testbed/CN=tsa'];
    await call(...REQUEST, '-config', config, ...asked);
    const signed = ['-CA', file('tsa-ca.crt'), '-CAkey', file('tsa-ca.key'), '-set_serial', '2', '-days', '3650'];
    const extensions = ['-extfile', config, '-extensions', 'signer'];
    await call('x509', '-req', '-in', file('tsa.csr'), ...signed, ...extensions, '-out', file('tsa.crt'));
    await writeFile(file('tsa.serial'), '01\n');
    await writeFile(
      file('tsa-chain.pem'),
      `${await readFile(file('tsa.crt'), 'utf8')}${await readFile(file('tsa-ca.crt'), 'utf8')}`,
    );
  }
  let previous: Promise<unknown> = Promise.resolve();
  const reply = async (query: Buffer): Promise<Buffer> => {
    const work = await mkdtemp(file('query-'));
    try {
      const [asked, answered] = [path.join(work, 'query'), path.join(work, 'reply')];
      await writeFile(asked, query);
      await call('ts', '-reply', '-config', config, '-section', 'here', '-queryfile', asked, '-out', answered);
      return await readFile(answered);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  };
  return {
    // One at a time: openssl keeps the serial number in a file.
    reply: query => {
      const mine = previous.then(() => reply(query));
      previous = mine.catch(() => undefined);
      return mine;
    },
  };
}
