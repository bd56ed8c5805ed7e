/** Where this testbed lives: read from the environment once, then passed along. */
import { createHash } from 'node:crypto';
import os from 'node:os';
import path from 'node:path';
import type { Context } from './part.ts';

/** True where the testbed runs a Docker engine of its own; elsewhere it uses the engine that is there. */
export const ownEngine =
  process.platform === 'linux' && process.getuid?.() === 0 && process.env['SEAWORTHY_TESTBED_ENGINE'] !== 'existing';

/** Short name of the run directory: keeps two testbeds apart in what belongs to the machine. */
export function testbedId(run: string): string {
  return createHash('sha256').update(run).digest('hex').slice(0, 6);
}

/** The directories of the testbed, from SEAWORTHY_TESTBED_CACHE and SEAWORTHY_TESTBED_RUN. */
export function testbedContext(note: (text: string) => void = () => undefined): Context {
  const cache = path.resolve(process.env['SEAWORTHY_TESTBED_CACHE'] ?? path.join(os.homedir(), '.cache', 'seaworthy-testbed'));
  const usual = process.platform === 'linux' && process.getuid?.() === 0 ? '/run/seaworthy-testbed' : path.join(cache, 'run');
  const run = path.resolve(process.env['SEAWORTHY_TESTBED_RUN'] ?? usual);
  // What servers store may be large and the run directory is often in memory, so it is kept beside the cache.
  return { cache, run, data: path.join(cache, 'data', testbedId(run)), note };
}

/** The name of this machine's processor as container platforms and Debian have it. */
export function architecture(): 'amd64' | 'arm64' {
  if (process.arch === 'x64') return 'amd64';
  if (process.arch === 'arm64') return 'arm64';
  throw new Error(`the testbed knows amd64 and arm64 machines, this one is ${process.arch}`);
}
