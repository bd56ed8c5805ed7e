/** Free ports, chosen once and kept: tests never contain a port number. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';

/** Whether a server could listen there now. */
export function portIsFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise(resolve => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

/** A port nobody listens on at this moment. */
export function freePort(host = '127.0.0.1'): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, host, () => {
      const address = server.address();
      server.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error(`no free port on ${host}`));
      });
    });
  });
}

/** The port a server had last time when it is free again, else a free one; remembered in the run directory. */
export async function portFor(context: { readonly run: string }, name: string, host = '127.0.0.1'): Promise<number> {
  const file = path.join(context.run, 'ports', name);
  const before = Number(await readFile(file, 'utf8').catch(() => '0'));
  if (before > 0 && (await portIsFree(before, host))) return before;
  const port = await freePort(host);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, String(port));
  return port;
}
