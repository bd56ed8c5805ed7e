// The inputs context and build-contexts + event + workspace -> what buildx is given as its contexts, and why.

import type { Event } from './event.ts';
import { DEFAULT_CONTEXT, isRemoteContext, loginProblem, parseContext } from './git-address.ts';
import type { Inputs } from './inputs.ts';
import type { Decision } from './plan.ts';
import { shorten } from './reference.ts';

/** What the workspace holds, for a context that was left out. */
export interface WorkspaceFacts {
  /** It has a `.git`. */
  readonly checkout: boolean;
  /** It has the Dockerfile that was asked for. */
  readonly dockerfile: boolean;
}

export interface ContextOrder {
  readonly inputs: Pick<Inputs, 'context' | 'file' | 'buildContexts'>;
  readonly event: Event;
  /** The planned one: what the image is an image of. */
  readonly commit: string;
  /** Undefined: nobody looked. */
  readonly found: WorkspaceFacts | undefined;
}

/** `{{defaultContext}}` filled in. */
export interface PlannedContexts {
  readonly context: string;
  readonly buildContexts: readonly string[];
  /** The same for the hash of the inputs and the names of caches: equal from commit to commit, as a path is. */
  readonly lasting: { readonly context: string; readonly buildContexts: readonly string[] };
  /** Only when nothing was typed. */
  readonly decision?: Decision;
}

const EVERY_DEFAULT = new RegExp(DEFAULT_CONTEXT, 'g');
const COMMIT = '{{defaultContext}}';

/**
 * What stands in for a context that was not typed: the checkout when there is one, or files with the Dockerfile, however they came there; else the
 * commit, which BuildKit reads from Git, as docker/build-push-action always does.
 */
export function usualContext(found: WorkspaceFacts | undefined): string {
  return found === undefined || found.checkout || found.dockerfile ? '.' : COMMIT;
}

/** The event's commit as a Git address: never a ref, which may have moved when BuildKit gets there. */
export function commitAddress({ serverUrl, repository }: Event, commit: string): string {
  return `${serverUrl}/${repository}.git#${commit}`;
}

export function planContexts({ inputs, event, commit, found }: ContextOrder): PlannedContexts {
  const address = commitAddress(event, commit);
  const fill = (text: string): string => text.replaceAll(EVERY_DEFAULT, () => address);
  const lasting = (text: string): string => text.replaceAll(address, () => COMMIT);
  const context = fill(inputs.context ?? usualContext(found));
  const buildContexts = inputs.buildContexts.map(fill);
  const decision = found === undefined || inputs.context !== undefined ? undefined : explain(context, inputs.file, found);
  return {
    context,
    buildContexts,
    lasting: { context: lasting(context), buildContexts: buildContexts.map(lasting) },
    ...(decision && { decision }),
  };
}

function explain(context: string, file: string | undefined, found: WorkspaceFacts): Decision {
  const dockerfile = shorten(file ?? 'Dockerfile');
  const reason = found.checkout
    ? 'the workspace is a checkout'
    : found.dockerfile
      ? `the workspace holds ${dockerfile}`
      : `the workspace holds neither a checkout nor ${dockerfile}: BuildKit reads the commit from Git`;
  return { name: 'context', asked: 'default', outcome: context, reason };
}

/** What is wrong with a context, in words that follow it; undefined when buildx takes it, or when only the disk can tell. */
export function contextProblem(text: string): string | undefined {
  const rest = DEFAULT_CONTEXT.exec(text);
  if (rest !== null) {
    const after = text.slice(rest[0].length);
    if (rest.index > 0 || !/^(?::[^{}]*)?$/.test(after))
      return 'is not {{defaultContext}} alone or {{defaultContext}}:subdirectory';
    return undefined;
  }
  if (text.includes('{{')) return 'holds an expression that it cannot: only {{defaultContext}} is known here';
  const address = parseContext(text);
  return address.kind === 'none' ? address.problem : undefined;
}

/** Kinds of named contexts that are no addresses of ours. */
const OTHER_KINDS = /^(?:docker-image|oci-layout):\/\/|^target:/;

/** The same for the value of a named context, where `{{meta.…}}` may still stand. */
export function namedContextProblem(text: string): string | undefined {
  if (text.includes('{{')) return DEFAULT_CONTEXT.test(text) && !/\{\{\{?\s*meta\./.test(text) ? contextProblem(text) : undefined;
  if (OTHER_KINDS.test(text)) return undefined;
  if (text === '-') return 'is standard input, which only "context" and "file" can be';
  const address = parseContext(text);
  return address.kind === 'none' ? address.problem : undefined;
}

/** What is wrong with `file` beside its context, in words that follow it. */
export function fileProblem(file: string, context: string | undefined): string | undefined {
  if (DEFAULT_CONTEXT.test(file))
    return 'takes no {{defaultContext}}: in a Git context it is a path relative to the subdirectory of the context, so leave the expression out';
  if (file === '-') return context === '-' ? 'and "context" are both "-": standard input can only be one of them' : undefined;
  const login = loginProblem(file);
  if (login !== undefined) return login;
  const page = /^https:\/\/github\.com\/([^/]+\/[^/]+)\/blob\/(.+)$/.exec(file);
  if (page !== null)
    return `is a page for people; the file itself is https://raw.githubusercontent.com/${shorten(`${page[1]}/${page[2]}`)}`;
  if (/^[a-z0-9+.-]+:\/\//i.test(file) && !/^https?:\/\/./.test(file))
    return 'is no address that buildx takes for a Dockerfile: a path, https://… or - (standard input)';
  if (context !== undefined && isRemoteContext(context) && /^(?:\.\/)*\.\.(?:\/|$)/.test(file))
    return 'leads out of the context, and BuildKit would look inside: name a parent directory as the context, and the path from there';
  return undefined;
}

/** True when `file` is read from this machine: beside a remote context a relative one is read there. */
export function isLocalFile(file: string, context: string): boolean {
  if (file === '-' || /^https?:\/\//i.test(file)) return false;
  return file.startsWith('/') || !(context === '-' || isRemoteContext(context));
}
