// What a build reads from elsewhere + event -> what is known of its commit, so that trust can be decided as for a checkout.

import type { Event } from './event.ts';
import { parseContext } from './git-address.ts';
import type { GitAddress } from './git-address.ts';
import { shorten } from './reference.ts';
import type { Checkout } from './trust.ts';

export interface RemoteOrder {
  readonly event: Event;
  readonly context: string;
  readonly file: string | undefined;
  /** `name=value`, all filled in. */
  readonly buildContexts: readonly string[];
}

const UNSEEN = 'nobody knows what is there';

/** Every source that is no path: Git addresses with their commit where they name it, and what cannot be known. Images and stages are no sources. */
export function remoteSources({ event, context, file, buildContexts }: RemoteOrder): readonly Checkout[] {
  const dockerfile = file !== undefined && (file === '-' || /^https?:\/\//i.test(file)) ? [unseen(`file ${shown(file)}`)] : [];
  const named = buildContexts.flatMap(entry => {
    const [name, value] = [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)];
    const address = parseContext(value);
    // A file on a server is data that a step may copy, as an image is.
    return address.kind === 'git' ? [gitSource(`build-contexts ${name}=${shown(value)}`, address, event)] : [];
  });
  return [...mainSource(event, context), ...dockerfile, ...named];
}

function mainSource(event: Event, context: string): readonly Checkout[] {
  const address = parseContext(context);
  if (address.kind === 'git') return [gitSource(`context ${shown(context)}`, address, event)];
  return address.kind === 'http' || address.kind === 'stdin' ? [unseen(`context ${shown(context)}`)] : [];
}

/** Long addresses end in what matters. */
function shown(text: string): string {
  return shorten(text, 160);
}

function unseen(directory: string): Checkout {
  return { directory, commit: undefined, instead: UNSEEN, remote: true };
}

function gitSource(directory: string, address: GitAddress, event: Event): Checkout {
  const commit = address.checksum ?? address.ref;
  const instead = isRepository(address, event)
    ? /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/.test(commit ?? '')
      ? undefined
      : `${commit === undefined ? 'the default branch' : shorten(commit)}, which can move`
    : 'another repository';
  return {
    directory,
    commit: instead === undefined ? commit : undefined,
    remote: true,
    ...(instead !== undefined && { instead }),
  };
}

/** The repository of the event, however it is reached; GitHub tells no case apart. */
function isRepository({ host, path }: GitAddress, { serverUrl, repository }: Event): boolean {
  const server = serverUrl.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
  const place = `${host}/${path.replace(/\.git$/, '')}`;
  return place.toLowerCase() === `${server}/${repository}`.toLowerCase();
}
