// What a build reads from elsewhere + event -> what is known of its commit, so that trust can be decided as for a checkout.

import type { Event } from './event.ts';
import { parseContext } from './git-address.ts';
import type { ContextAddress, GitAddress } from './git-address.ts';
import { shorten } from './reference.ts';
import type { Checkout } from './trust.ts';

export interface RemoteOrder {
  readonly event: Event;
  readonly context: string;
  readonly file: string | undefined;
  /** `name=value`, all filled in. */
  readonly buildContexts: readonly string[];
}

const COMMIT = /^[0-9a-f]{40}(?:[0-9a-f]{24})?$/;
const UNSEEN = 'nobody knows what is there';

/** Every source that is no path: Git addresses with their commit where they name it, and what cannot be known. Images and stages are no sources. */
export function remoteSources({ event, context, file, buildContexts }: RemoteOrder): readonly Checkout[] {
  const dockerfile = file !== undefined && (file === '-' || /^https?:\/\//i.test(file)) ? [unseen(`file ${shown(file)}`)] : [];
  const named = buildContexts.flatMap(entry => {
    const [name, value] = [entry.slice(0, entry.indexOf('=')), entry.slice(entry.indexOf('=') + 1)];
    const address = parseContext(value);
    return sourceAt(`build-contexts ${name}=${shown(value)}`, address, event);
  });
  return [...sourceAt(`context ${shown(context)}`, parseContext(context), event), ...dockerfile, ...named];
}

/** An archive may hold what a step runs, as a repository may. */
function sourceAt(directory: string, address: ContextAddress, event: Event): readonly Checkout[] {
  if (address.kind === 'git') return [gitSource(directory, address, event)];
  return address.kind === 'http' || address.kind === 'stdin' ? [unseen(directory)] : [];
}

/** Those whose bytes an address does not settle: what a server or a ref that is no commit gives may be other bytes tomorrow. As people read them. */
export function movingSources({ context, file, buildContexts }: Omit<RemoteOrder, 'event'>): readonly string[] {
  const isMoving = (text: string): boolean => {
    const address = parseContext(text);
    return address.kind === 'http' || (address.kind === 'git' && !COMMIT.test(address.checksum ?? address.ref ?? ''));
  };
  return [
    ...(isMoving(context) ? [`context ${shown(context)}`] : []),
    ...(file !== undefined && /^https?:\/\//i.test(file) ? [`file ${shown(file)}`] : []),
    ...buildContexts
      .filter(entry => isMoving(entry.slice(entry.indexOf('=') + 1)))
      .map(entry => `build-contexts ${shown(entry)}`),
  ];
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
    ? COMMIT.test(commit ?? '')
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
export function isRepository({ host, path }: GitAddress, { serverUrl, repository }: Event): boolean {
  const server = serverUrl.replace(/^[a-z]+:\/\//i, '').replace(/\/+$/, '');
  const place = `${host}/${path.replace(/\.git$/, '')}`;
  return place.toLowerCase() === `${server}/${repository}`.toLowerCase();
}
