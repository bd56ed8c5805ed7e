// Paths that a bake target names + the workspace -> those that lead out of it, also through links.

import { realpath } from 'node:fs/promises';
import path from 'node:path';
import type { LocalPath } from '../plan/bake-paths.ts';

/** Paths outside of the workspace that nobody permitted; `allow` holds `fs.read=…`, `fs.write=…` and `fs=…`, where `*` is everywhere (as bake has it). */
export async function outsideOf(
  workspace: string,
  paths: readonly LocalPath[],
  allow: readonly string[],
): Promise<readonly LocalPath[]> {
  const inside = async (place: string, roots: readonly string[]): Promise<boolean> => {
    const real = await followed(path.resolve(workspace, place));
    return roots.some(root => real === root || real.startsWith(root.endsWith(path.sep) ? root : `${root}${path.sep}`));
  };
  const found = await Promise.all(
    paths.map(async one => {
      const permitted = permissionsFor(one.access, allow);
      if (permitted.includes('*')) return [];
      const roots = await Promise.all([workspace, ...permitted.map(place => path.resolve(workspace, place))].map(followed));
      return (await inside(one.path, roots)) ? [] : [one];
    }),
  );
  return found.flat();
}

function permissionsFor(access: LocalPath['access'], allow: readonly string[]): readonly string[] {
  return allow.flatMap(entry => {
    const [right, ...place] = entry.split('=');
    return right === 'fs' || right === `fs.${access}` ? [place.join('=')] : [];
  });
}

/** What is not there yet lies where the nearest directory above it leads to. */
async function followed(place: string): Promise<string> {
  try {
    return await realpath(place);
  } catch {
    const above = path.dirname(place);
    return above === place ? place : path.join(await followed(above), path.basename(place));
  }
}
