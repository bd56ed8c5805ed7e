/** The registries: one program, several faces. They listen on loopback, except the hub, which builds have to reach. */
import { mkdir, writeFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { readFile } from 'node:fs/promises';
import { makeCertificates, type Certificates } from '../certificates.ts';
import { taken } from '../tools.ts';
import { daemonDirectory, portFor, readDaemon, startDaemon, type Context, type Part } from '../part.ts';
import { reachableAddress } from './network.ts';

/** The login of the registries that want one. It guards nothing: a throw-away store on loopback. */
const LOGIN = {
  username: 'harbourmaster',
  password: 'rope-lantern-tide-42',
  htpasswd: 'harbourmaster:$2y$05$seaworthytestbed2026xuo0ob3kM9EXccd.h0lo9.tgiyvqnSoB.\n',
};

interface Face {
  readonly name: string;
  readonly about: string;
  readonly tls: boolean;
  readonly auth: boolean;
  /** Kept in the cache, for what takes long to make; the others forget at `down`. */
  readonly kept: boolean;
  readonly needs: readonly string[];
}

/** Whether a registry answers: any status but a server error, for a login may be asked for. */
export async function answers(host: string, ca?: string): Promise<boolean> {
  const authority = ca === undefined ? undefined : await readFile(ca);
  return new Promise(resolve => {
    const options = { timeout: 2_000, agent: false, ...(authority === undefined ? {} : { ca: authority }) };
    const client = authority === undefined ? http : https;
    const request = client.get(`${authority === undefined ? 'http' : 'https'}://${host}/v2/`, options, response => {
      response.resume();
      resolve((response.statusCode ?? 500) < 500);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
  });
}

/** The configuration of a distribution registry; JSON is YAML. */
export function registryConfig(
  address: string,
  storage: string,
  htpasswd: string | undefined,
  tls: Certificates | undefined,
): string {
  return JSON.stringify({
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: {
      addr: address,
      secret: 'testbed',
      ...(tls === undefined ? {} : { tls: { certificate: tls.certificate, key: tls.key } }),
    },
    ...(htpasswd === undefined ? {} : { auth: { htpasswd: { realm: 'testbed', path: htpasswd } } }),
  });
}

async function bring(context: Context, face: Face): Promise<void> {
  const directory = await daemonDirectory(context, face.name);
  const address = face.name === 'hub' ? await reachableAddress(context) : '127.0.0.1';
  const port = await portFor(context, face.name, address);
  const tls = face.tls ? await makeCertificates(context.cache, path.join(directory, 'tls')) : undefined;
  const htpasswd = face.auth ? path.join(directory, 'htpasswd') : undefined;
  if (htpasswd !== undefined) await writeFile(htpasswd, LOGIN.htpasswd);
  const storage = path.join(face.kept ? context.cache : context.data, 'registries', face.name);
  await mkdir(storage, { recursive: true });
  const config = path.join(directory, 'config.json');
  await writeFile(config, registryConfig(`${address}:${port}`, storage, htpasswd, tls));
  // The certificate is for both names; the TLS registry goes by its DNS name, as registries out there do.
  const host = `${face.tls ? 'localhost' : address}:${port}`;
  await startDaemon(context, {
    name: face.name,
    command: path.join(context.cache, 'servers', 'docker-registry'),
    args: ['serve', config],
    stdout: path.join(directory, 'access.log'),
    data: {
      host,
      log: path.join(directory, 'access.log'),
      ...(face.auth ? { username: LOGIN.username, password: LOGIN.password } : {}),
      ...(tls === undefined ? {} : { ca: tls.ca }),
    },
    ready: () => answers(host, tls?.ca),
  });
}

function registry(face: Face): Part {
  return {
    name: face.name,
    about: face.about,
    needs: face.needs,
    set: 'demo',
    present: async context => (await readDaemon(context, face.name)) !== undefined,
    bring: context => bring(context, face),
    async status(context) {
      const record = await readDaemon(context, face.name);
      if (record === undefined) return { state: 'absent' };
      const storage = path.join(face.kept ? context.cache : context.data, 'registries', face.name);
      const version = (await taken(context.cache, 'docker-registry'))?.version ?? '';
      return {
        state: 'running',
        version: `distribution ${version.split('+')[0] ?? ''}`,
        address: record.data['host'] ?? '',
        paths: [storage],
      };
    },
  };
}

const loopback = { kept: false, needs: ['tools'] };

export const hub: Part = registry({
  name: 'hub',
  about: 'stands in for Docker Hub: base images under their real names',
  tls: false,
  auth: false,
  kept: true,
  needs: ['tools', 'network'],
});
export const plain: Part = registry({
  name: 'plain',
  about: 'registry without TLS or login',
  tls: false,
  auth: false,
  ...loopback,
});
export const secure: Part = registry({
  name: 'secure',
  about: 'registry with TLS and login',
  tls: true,
  auth: true,
  ...loopback,
});
export const htpasswd: Part = registry({
  name: 'htpasswd',
  about: 'registry with login, without TLS',
  tls: false,
  auth: true,
  ...loopback,
});
