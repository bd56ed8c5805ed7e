/** The list of parts. A new part is one file beside this one and one line here. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Part } from '../part.ts';
import { baseImages } from './base-images.ts';
import { builderImages } from './builder-images.ts';
import { emulation } from './emulation.ts';
import { engine } from './engine.ts';
import { go, goPrograms } from './go-programs.ts';
import { distribution3, referrers } from './go-registries.ts';
import { network } from './network.ts';
import { dockerCli, enginePrograms, tools } from './programs.ts';
import { htpasswd, hub, plain, secure } from './registries.ts';
import { trivyDb } from './trivy-db.ts';
import { trivy } from './trivy.ts';
import { zizmor } from './zizmor.ts';

const PARTS: readonly Part[] = [
  network,
  tools,
  trivy,
  dockerCli,
  enginePrograms,
  hub,
  plain,
  secure,
  htpasswd,
  engine,
  emulation,
  baseImages,
  trivyDb,
  zizmor,
  go,
  ...goPrograms,
  distribution3,
  referrers,
  builderImages,
];

/** Parts that live in a directory of their own and are taken up when they are there: each exports its part under its name. */
const GUESTS = ['sigstore'];

/** All parts, those that are needed before those that need them. */
export async function allParts(): Promise<readonly Part[]> {
  const guests: Part[] = [];
  for (const name of GUESTS) {
    const file = path.join(import.meta.dirname, '..', name, 'part.ts');
    if (!existsSync(file)) continue;
    const module = (await import(pathToFileURL(file).href)) as Record<string, Part | undefined>;
    if (module[name] === undefined) throw new Error(`${file} does not export a part named ${name}`);
    guests.push(module[name]);
  }
  return [...PARTS, ...guests];
}
