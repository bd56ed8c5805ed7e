/**
 * A small Debian 12: a shell runs in it, a scanner finds its packages. Made by unpacking, so no emulator, no chroot and no root
 * is needed, for any architecture.
 */
import { appendFile, chmod, copyFile, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../command.ts';
import { download, suite, unpackFile } from '../debian.ts';
import { BUSYBOX } from '../parts/programs.ts';
import { take } from '../tools.ts';

const RELEASE = 'bookworm';
const ARCHITECTURES = ['amd64', 'arm64', 'armhf'] as const;
const PACKAGES = [
  ...['base-files', 'base-passwd', 'libc6', 'libgcc-s1', 'gcc-12-base', 'libcrypt1', 'dash', 'coreutils', 'libacl1', 'libattr1'],
  ...['libgmp10', 'libselinux1', 'libpcre2-8-0', 'libssl3', 'zlib1g', 'ca-certificates', 'openssl'],
];
const LEFT_OUT = ['./usr/share/doc/*', './usr/share/man/*', './usr/share/locale/*'];

/** Directories of Debian's merged /usr, where /bin is a link to /usr/bin. */
async function skeleton(root: string, architecture: string): Promise<void> {
  const merged = ['bin', 'sbin', 'lib', ...(architecture === 'amd64' ? ['lib64'] : [])];
  for (const name of merged) {
    await mkdir(path.join(root, 'usr', name), { recursive: true });
    await symlink(`usr/${name}`, path.join(root, name));
  }
  for (const name of ['etc', 'tmp', 'var/lib/dpkg/info']) await mkdir(path.join(root, name), { recursive: true });
  await chmod(path.join(root, 'tmp'), 0o1777);
}

async function addPackage(root: string, name: string, file: string): Promise<void> {
  const control = await run('dpkg-deb', ['-f', file]);
  const exclude = LEFT_OUT.map(pattern => `--exclude=${pattern}`);
  const names = await unpackFile(file, root, exclude);
  const status = control.trimEnd().replace('\n', '\nStatus: install ok installed\n');
  await appendFile(path.join(root, 'var/lib/dpkg/status'), `${status}\n\n`);
  const list = names.map(entry => entry.replace(/^\./, '').replace(/(.)\/$/, '$1'));
  await writeFile(path.join(root, 'var/lib/dpkg/info', `${name}.list`), `${list.join('\n')}\n`);
}

/** The root directory of the small Debian for one architecture. */
export async function debianRoot(cache: string, architecture: 'amd64' | 'arm64', root: string): Promise<void> {
  const from = await suite(cache, RELEASE, ARCHITECTURES);
  const directory = `${root}.packages`;
  await rm(root, { recursive: true, force: true });
  await skeleton(root, architecture);
  const files = await download(
    from,
    PACKAGES.map(name => `${name}:${name === 'ca-certificates' ? 'all' : architecture}`),
    directory,
  );
  for (const [index, name] of PACKAGES.entries()) await addPackage(root, name, files[index] ?? '');
  for (const name of ['passwd', 'group'])
    await copyFile(path.join(root, 'usr/share/base-passwd', `${name}.master`), path.join(root, 'etc', name));
  await rm(path.join(root, 'usr/bin/sh'), { force: true });
  await symlink('dash', path.join(root, 'usr/bin/sh'));
  await rm(directory, { recursive: true });
}

/** Debian's static busybox for an architecture, as a root directory with all its commands. */
export async function busyboxRoot(cache: string, architecture: (typeof ARCHITECTURES)[number], root: string): Promise<void> {
  const from = await suite(cache, RELEASE, ARCHITECTURES);
  const [file = ''] = await download(from, [`busybox-static:${architecture}`], `${root}.packages`);
  await rm(root, { recursive: true, force: true });
  await unpackFile(file, root, ['./bin/busybox']);
  // Foreign ones cannot be asked, but all are built from one configuration.
  await take(cache, BUSYBOX);
  const commands = (await run(path.join(cache, 'engine', 'busybox'), ['--list'])).split('\n');
  for (const command of commands)
    if (command !== '' && command !== 'busybox') await symlink('busybox', path.join(root, 'bin', command));
  for (const name of ['etc', 'tmp', 'root']) await mkdir(path.join(root, name));
  await chmod(path.join(root, 'tmp'), 0o1777);
  await writeFile(path.join(root, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n');
  await writeFile(path.join(root, 'etc/group'), 'root:x:0:\nnogroup:x:65534:\n');
  await rm(`${root}.packages`, { recursive: true });
}
