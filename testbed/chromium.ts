/** A Chromium for looking at what the action renders: Debian's, with fonts, unpacked into the cache the first time somebody asks. */
import { access, chmod, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { attempt, findProgram, run } from './command.ts';
import { testbedContext } from './context.ts';
import { suite, unpackFile } from './debian.ts';

const PACKAGES = ['chromium', 'fonts-noto-color-emoji', 'fonts-liberation'];
/** What pages ask for, and what stands in for it. */
const FAMILIES = ['Helvetica', 'Arial', 'sans-serif'];

function fontConfiguration(root: string, cache: string): string {
  const alias = (family: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>Liberation Sans</family></prefer></alias>`;
  const places = `<dir>${root}/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>${cache}</cachedir>`;
  return `<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig>${places}${FAMILIES.map(alias).join('')}</fontconfig>\n`;
}

async function download(cache: string, archives: string): Promise<void> {
  const own = await suite(cache, 'own');
  await mkdir(path.join(archives, 'partial'), { recursive: true });
  // apt works out which packages this machine lacks; it only downloads, so it needs no lock and no root.
  const only = ['-o', `Dir::Cache::archives=${archives}/`, '-o', 'Debug::NoLocking=true', '-qq', 'install', '--download-only'];
  await run('apt-get', [...own.options, ...only, '--assume-yes', '--no-install-recommends', ...PACKAGES]);
}

async function bring(cache: string, directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true });
  const root = path.join(directory, 'root');
  const archives = path.join(directory, 'archives');
  await download(cache, archives);
  for (const file of (await readdir(archives)).filter(name => name.endsWith('.deb')))
    await unpackFile(path.join(archives, file), root);
  await rm(archives, { recursive: true });
  const fonts = path.join(directory, 'fonts.conf');
  await writeFile(fonts, fontConfiguration(root, path.join(directory, 'fonts-cache')));
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = [`usr/lib/${triplet}`, `usr/lib/${triplet}/pulseaudio`, `lib/${triplet}`]
    .map(part => path.join(root, part))
    .join(':');
  const wrapper = path.join(directory, 'run');
  const settings = `LD_LIBRARY_PATH='${libraries}' FONTCONFIG_FILE='${fonts}'`;
  await writeFile(wrapper, `#!/bin/sh\nexport ${settings}\nexec '${root}/usr/lib/chromium/chromium' "$@"\n`);
  await chmod(wrapper, 0o755);
  const answer = await attempt(wrapper, ['--version'], { timeoutMs: 60_000 });
  if (answer.status !== 0) {
    await rm(wrapper);
    throw new Error(`Debian's Chromium does not run here: ${answer.stderr.trim().split('\n').at(-1) ?? ''}`);
  }
}

async function firstFound(names: readonly string[]): Promise<string | undefined> {
  const found = await Promise.all(names.map(name => findProgram(name)));
  return found.find(file => file !== undefined);
}

/** The path of a Chromium that runs: the machine's, else one in the cache. As root it needs --no-sandbox. */
export async function chromium(): Promise<string> {
  const installed = await firstFound(['chromium', 'google-chrome', 'chromium-browser']);
  if (installed !== undefined) return installed;
  const { cache } = testbedContext();
  const directory = path.join(cache, 'chromium');
  const wrapper = path.join(directory, 'run');
  const there = await access(wrapper).then(
    () => true,
    () => false,
  );
  if (!there) await bring(cache, directory);
  return wrapper;
}
