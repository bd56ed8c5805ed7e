/** The bridge under which containers of the own engine reach the registries of the testbed. No firewall rule is touched. */
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { ownEngine } from '../context.ts';
import { run, type Context, type Part } from '../part.ts';
import { take } from '../tools.ts';
import { BUSYBOX } from './programs.ts';

export interface Bridge {
  readonly device: string;
  readonly address: string;
}

/** Every testbed on the machine takes the first of these that nobody has. */
const BRIDGES: readonly Bridge[] = Array.from({ length: 8 }, (_, index) => ({
  device: `swtb${index}`,
  address: `172.31.${250 - index}.1`,
}));

const file = (context: Context): string => path.join(context.run, 'bridge.json');
const busybox = (context: Context): string => path.join(context.cache, 'engine', 'busybox');
const devices = (): Promise<string[]> => readdir('/sys/class/net');

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** The kernel's table has addresses as hexadecimal words with the bytes turned around. */
function word(text: string): number {
  return Buffer.from(text, 'hex').readUInt32LE(0);
}

/** Whether a route of the machine, other than the default one, already leads to the address. */
export function isRouted(address: string, table: string): boolean {
  return table
    .split('\n')
    .slice(1)
    .some(line => {
      const [, destination = '', , , , , , mask = ''] = line.split('\t').map(field => field.trim());
      if (destination.length !== 8 || mask.length !== 8 || word(mask) === 0) return false;
      return (toNumber(address) & word(mask)) >>> 0 === (word(destination) & word(mask)) >>> 0;
    });
}

/** The bridge of this testbed; undefined when it has none or it is gone. */
export async function readBridge(context: Context): Promise<Bridge | undefined> {
  try {
    const bridge = JSON.parse(await readFile(file(context), 'utf8')) as Bridge;
    return (await devices()).includes(bridge.device) ? bridge : undefined;
  } catch {
    return undefined;
  }
}

/** The address servers listen on that builds have to reach: the bridge's, or loopback when the engine is not ours. */
export async function reachableAddress(context: Context): Promise<string> {
  return (await readBridge(context))?.address ?? '127.0.0.1';
}

export const network: Part = {
  name: 'network',
  about: 'bridge between containers and registries',
  needs: [],
  set: 'demo',
  present: async context => !ownEngine || (await readBridge(context)) !== undefined,
  async bring(context) {
    await take(context.cache, BUSYBOX); // a bare machine has no `ip`
    const names = await devices();
    const table = await readFile('/proc/net/route', 'utf8');
    const free = BRIDGES.find(({ device, address }) => !names.includes(device) && !isRouted(address, table));
    if (free === undefined) throw new Error('no free network for a bridge: stop other testbeds with "npm run testbed -- down"');
    const ip = (...args: string[]): Promise<string> => run(busybox(context), ['ip', ...args]);
    await ip('link', 'add', free.device, 'type', 'bridge');
    await mkdir(context.run, { recursive: true });
    await writeFile(file(context), JSON.stringify(free)); // first of all, so that `down` finds it whatever happens next
    await ip('addr', 'add', `${free.address}/24`, 'dev', free.device);
    await ip('link', 'set', free.device, 'up');
  },
  async status(context) {
    const bridge = await readBridge(context);
    if (bridge !== undefined) return { state: 'running', address: `${bridge.address} on ${bridge.device}` };
    return ownEngine ? { state: 'absent' } : { state: 'ready', version: 'the network of the existing engine' };
  },
  async stop(context) {
    const bridge = await readBridge(context);
    if (bridge !== undefined) await run(busybox(context), ['ip', 'link', 'del', bridge.device]);
    await rm(file(context), { force: true });
  },
};
