/** QEMU for RUN steps of other platforms, registered with the kernel under names of this testbed's own. */
import { access, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { architecture, ownEngine, testbedId } from '../context.ts';
import { attempt, run, type Context, type Part } from '../part.ts';
import { allTaken, shortVersion, take, taken, type ToolPackage } from '../tools.ts';

const BINFMT = '/proc/sys/fs/binfmt_misc';

interface Emulator {
  readonly platform: string;
  readonly qemu: string;
  /** How the kernel knows the programs: the start of an ELF header and which bits of it count. */
  readonly magic: string;
  readonly mask: string;
}

const bytes = (hex: string): string => hex.replaceAll(/../g, '\\x$&');
const LITTLE_MASK = 'ffffffffffffff00fffffffffffffffffeffffff';
const EMULATORS: readonly Emulator[] = [
  {
    platform: 'linux/amd64',
    qemu: 'x86_64',
    magic: '7f454c4602010100000000000000000002003e00',
    mask: 'fffffffffffefe00fffffffffffffffffeffffff',
  },
  { platform: 'linux/arm64', qemu: 'aarch64', magic: '7f454c460201010000000000000000000200b700', mask: LITTLE_MASK },
  { platform: 'linux/arm/v7', qemu: 'arm', magic: '7f454c4601010100000000000000000002002800', mask: LITTLE_MASK },
  {
    platform: 'linux/s390x',
    qemu: 's390x',
    magic: '7f454c4602020100000000000000000000020016',
    mask: 'fffffffffffffffcfffffffffffffffffffeffff',
  },
];

const foreign = EMULATORS.filter(({ platform }) => platform !== `linux/${architecture()}`);
/** Taken and never registered: with it a test registers an emulator itself. */
const SPARE = 'riscv64';
const QEMU: ToolPackage = {
  package: 'qemu-user-static',
  programs: [...foreign.map(({ qemu }) => qemu), SPARE].map(qemu => ({
    from: `usr/bin/qemu-${qemu}-static`,
    to: `emulators/${qemu}-binfmt-P`,
    check: ['--version'],
  })),
};
const entry = (context: Context, { qemu }: Emulator): string => `seaworthy-${testbedId(context.run)}-${qemu}`;
const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

/** The platforms whose RUN steps work here, this machine's first. */
export async function runnablePlatforms(context: Context): Promise<readonly string[]> {
  const entries = await readdir(BINFMT).catch((): string[] => []);
  const works = ({ qemu }: Emulator): boolean => entries.some(name => name === `qemu-${qemu}` || name.endsWith(`-${qemu}`));
  const found = ownEngine ? foreign.filter(emulator => entries.includes(entry(context, emulator))) : foreign.filter(works);
  return [`linux/${architecture()}`, ...found.map(({ platform }) => platform)];
}

export const emulation: Part = {
  name: 'emulation',
  about: 'QEMU for RUN steps of other platforms',
  needs: [],
  set: 'demo',
  async present(context) {
    if (!ownEngine) return true; // only root may register emulators: what is there has to do
    const registered = await Promise.all(foreign.map(emulator => exists(path.join(BINFMT, entry(context, emulator)))));
    return registered.every(Boolean) && (await exists(path.join(context.cache, 'emulators', `${SPARE}-binfmt-P`)));
  },
  async bring(context) {
    await take(context.cache, QEMU);
    const mounted = path.join(context.run, 'binfmt-mounted');
    if (!(await exists(path.join(BINFMT, 'register')))) {
      await run('mount', ['-t', 'binfmt_misc', 'binfmt_misc', BINFMT]).catch((error: unknown) => {
        throw new Error(`this kernel has no binfmt_misc, so RUN steps of other platforms cannot work here (${String(error)})`);
      });
      await mkdir(context.run, { recursive: true });
      await writeFile(mounted, '');
    }
    for (const emulator of foreign) {
      if (await exists(path.join(BINFMT, entry(context, emulator)))) continue;
      const program = path.join(context.cache, 'emulators', `${emulator.qemu}-binfmt-P`);
      // P: keep the name the program was called by (busybox is what it is called), O: pass the file opened, C: keep its rights,
      // F: open QEMU now, so that it works inside of any container. Debian's QEMU looks for the end of its own name to know P.
      const rule = [entry(context, emulator), 'M', '', bytes(emulator.magic), bytes(emulator.mask), program, 'POCF'];
      await writeFile(path.join(BINFMT, 'register'), `:${rule.join(':')}`);
    }
  },
  async status(context) {
    const platforms = await runnablePlatforms(context);
    if (platforms.length === 1) return { state: 'absent' };
    const version = shortVersion((await taken(context.cache, QEMU.package))?.version ?? '');
    const paths = (await allTaken(context.cache, [QEMU])) ? [path.join(context.cache, 'emulators')] : [];
    return { state: 'running', version: `QEMU ${version}`.trim(), address: platforms.slice(1).join(', '), paths };
  },
  async stop(context) {
    for (const emulator of foreign) {
      const file = path.join(BINFMT, entry(context, emulator));
      if (await exists(file)) await writeFile(file, '-1');
    }
    const mounted = path.join(context.run, 'binfmt-mounted');
    const left = (await readdir(BINFMT).catch((): string[] => [])).filter(name => name !== 'register' && name !== 'status');
    if (left.length === 0 && (await exists(mounted))) await attempt('umount', [BINFMT]);
    await rm(mounted, { force: true });
  },
};
