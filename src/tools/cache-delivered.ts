// What a run hands over on this machine -> whether it lies where the build reads its files.

import { relative, resolve, sep } from 'node:path';
import type { BuildOrder } from '../build/build.ts';
import { parseContext } from '../plan/git-address.ts';

/** The first place of what is handed over that is inside one of the build's own directories; undefined when there is none. */
export function deliveredInside({ context, buildContexts, handedOver = [] }: BuildOrder, cwd: string): string | undefined {
  const named = buildContexts.map(text => text.slice(text.indexOf('=') + 1)).filter(value => !value.includes('://'));
  const directories = [context, ...named].filter(text => parseContext(text).kind === 'path').map(path => resolve(cwd, path));
  return handedOver.find(dest => directories.some(directory => isInside(resolve(cwd, dest), directory)));
}

function isInside(path: string, directory: string): boolean {
  const way = relative(directory, path);
  return way !== '..' && !way.startsWith(`..${sep}`);
}
