/**
 * Where the real parts are: the one module tests and the demo import to find them. `npm run testbed -- up` writes the file that
 * is read here.
 */
import { existsSync, readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { testbedContext } from './context.ts';

export interface RegistryAddress {
  /** "127.0.0.1:5002", "localhost:5003": what stands before the first slash of an image's name. */
  readonly host: string;
  /** Path of its access log, one line per request. */
  readonly log: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM file of the authority behind its certificate; absent: plain HTTP. */
  readonly ca?: string;
}

export interface Registries {
  /** Plays Docker Hub: base images under their real names. */
  readonly hub: RegistryAddress;
  readonly plain: RegistryAddress;
  /** TLS with an authority of its own, and a login. */
  readonly secure: RegistryAddress;
  /** Plain HTTP and a login. */
  readonly htpasswd: RegistryAddress;
  /** With the referrers API; `up --all` only. */
  readonly referrers?: RegistryAddress;
  /** The current major version of distribution; `up --all` only. */
  readonly distribution3?: RegistryAddress;
}

export interface Testbed {
  readonly cache: string;
  readonly run: string;
  readonly engine: {
    readonly dockerHost: string;
    /** For DOCKER_CONFIG: has the buildx plugin, and where Docker Hub's stand-in is. */
    readonly dockerConfig: string;
    /** Directory with the docker command and nothing else. */
    readonly bin: string;
    /** Address under which containers reach the host; "" when an existing engine is used. */
    readonly bridge: string;
    readonly own: boolean;
  };
  readonly tools: {
    readonly docker: string;
    readonly trivy: string;
    readonly cosign: string;
    readonly crane: string;
    readonly oras: string;
  };
  readonly registries: Registries;
  readonly trivyDb: {
    /** On the plain registry, for the db-repository input. */
    readonly repository: string;
    /** A cache directory for Trivy with db/trivy.db and db/metadata.json. Copy it: scans write into theirs. */
    readonly directory: string;
  };
  /** Platforms whose RUN steps work here. */
  readonly emulation: readonly string[];
  /** Programs that only `up --all` brings, by name (actionlint, zizmor, …), with their paths. */
  readonly extras: Readonly<Record<string, string>>;
}

/** What `up` writes down; a part that did not come leaves its field out. */
export type TestbedFile = {
  readonly [Key in keyof Testbed]: Record<string, unknown> | string | readonly string[] | undefined;
} & {
  readonly processes: Readonly<Record<string, number>>;
};

const COMMAND = 'npm run testbed -- up';

/** The file the addresses are in. */
export function testbedFile(run: string): string {
  return path.join(run, 'testbed.json');
}

function missing(part: string, command = COMMAND): Error {
  return new Error(`The testbed has no ${part}. Run "${command}" and try again.`);
}

/** Whether a process runs; one that has ended and that nobody collected does not. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Names, with dots, of what every testbed has. */
const STRINGS = [
  ...['engine.dockerHost', 'engine.dockerConfig', 'engine.bin'],
  ...['tools.docker', 'tools.trivy', 'tools.cosign', 'tools.crane', 'tools.oras'],
  ...[
    'registries.hub.host',
    'registries.plain.host',
    'registries.secure.host',
    'registries.secure.ca',
    'registries.htpasswd.host',
  ],
  ...['trivyDb.repository', 'trivyDb.directory'],
];
const PATHS = [
  'engine.bin',
  'tools.docker',
  'tools.trivy',
  'tools.cosign',
  'tools.crane',
  'tools.oras',
  'registries.secure.ca',
  'trivyDb.directory',
];

function field(value: unknown, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>(
      (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined),
      value,
    );
}

function parse(file: string): TestbedFile {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as TestbedFile;
  } catch (cause) {
    throw new Error(`The testbed cannot be read (${file}). Run "${COMMAND}" and try again.`, { cause });
  }
}

/** Reads the addresses; throws an Error that names the missing part and the command that brings it. */
export function readTestbed(): Testbed {
  const { run } = testbedContext();
  const file = testbedFile(run);
  if (!existsSync(file)) throw new Error(`The testbed is not up (no ${file}). Run "${COMMAND}" and try again.`);
  const read = parse(file);
  for (const name of STRINGS) {
    const value = field(read, name);
    if (typeof value !== 'string' || value === '') throw missing(name);
    if (PATHS.includes(name) && !existsSync(value)) throw missing(`${name} (${value} is gone)`);
  }
  for (const [name, pid] of Object.entries(read.processes)) if (!isAlive(pid)) throw missing(`running ${name}`);
  return read as unknown as Testbed;
}

function listens(host: string): Promise<boolean> {
  const [name = '', port = ''] = host.split(':');
  return new Promise(resolve => {
    const socket = net.connect({ host: name, port: Number(port), timeout: 2_000 });
    const done = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => done(true));
    socket.once('error', () => done(false));
    socket.once('timeout', () => done(false));
  });
}

/** A testbed that surely has the registries that only `up --all` brings. */
export type TestbedWith<Name extends keyof Registries> = Omit<Testbed, 'registries'> & {
  readonly registries: Registries & Required<Pick<Registries, Name>>;
};

/** The testbed for a test: read, and every registry asked whether it listens; name optional registries that the test needs. */
export async function needTestbed<Name extends keyof Registries = 'plain'>(
  ...names: readonly Name[]
): Promise<TestbedWith<Name>> {
  const testbed = readTestbed();
  for (const name of names) if (testbed.registries[name] === undefined) throw missing(`${name} registry`, `${COMMAND} --all`);
  const addresses = Object.entries(testbed.registries) as [string, RegistryAddress][];
  const answers = await Promise.all(addresses.map(([, { host }]) => listens(host)));
  const silent = addresses.find((_, index) => answers[index] === false);
  if (silent !== undefined) throw missing(`${silent[0]} registry that answers at ${silent[1].host}`);
  return testbed as TestbedWith<Name>;
}
