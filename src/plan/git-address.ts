// The text of a context -> what buildx takes it for: a path, standard input, a file on a server, or a Git repository with its ref and subdirectory.

import { shorten } from './reference.ts';

/** A place in a Git repository, as BuildKit reads its address (moby/buildkit: frontend/dockerfile/dfgitutil). */
export interface GitAddress {
  readonly kind: 'git';
  readonly scheme: 'http' | 'https' | 'ssh' | 'git';
  /** As typed, with its port. */
  readonly host: string;
  /** Without the slash before it. */
  readonly path: string;
  /** A commit, branch, tag or full ref; undefined: the default branch. */
  readonly ref: string | undefined;
  /** A commit that the ref must be. */
  readonly checksum: string | undefined;
  /** Without slashes around it; undefined: the whole repository. */
  readonly subdir: string | undefined;
}

export type ContextAddress =
  | { readonly kind: 'path' }
  | { readonly kind: 'stdin' }
  /** An archive, or a Dockerfile. */
  | { readonly kind: 'http' }
  | GitAddress
  /** Nothing that buildx takes; in words that follow the text itself. */
  | { readonly kind: 'none'; readonly problem: string };

const SCHEMES = ['http', 'https', 'ssh', 'git'];
const SCHEME = /^([a-z0-9][a-z0-9+.-]*):\/\//i;
/** moby/buildkit: util/sshutil. */
const SCP = /^([a-z0-9_-]+)@([a-z0-9.-]+):(.*?)(?:\?(.*?))?(?:#(.*))?$/i;
const URL_PARTS = /^([a-z0-9]+):\/\/(?:([^@/?#]*)@)?([^/?#]*)\/*([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/i;
/** Hosts whose pages look like repositories. */
const FORGES = ['github.com', 'gitlab.com', 'bitbucket.org', 'codeberg.org'];

const WAYS =
  'is no address that BuildKit takes: a path, https://…/repository.git#ref:subdirectory, ssh:// or git:// with the same, git@host:owner/repository.git, or https://…/context.tar.gz';

/** What buildx takes a context for. An address wins over a directory of the same name only where it cannot be one. */
export function parseContext(text: string): ContextAddress {
  if (text === '-') return { kind: 'stdin' };
  if (text.startsWith('github.com/')) return parseUrl(`https://${text}`, true);
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme !== undefined) return SCHEMES.includes(scheme.toLowerCase()) ? parseUrl(text, false) : none(WAYS);
  const [, , host, path, query, fragment] = SCP.exec(text) ?? [];
  if (host === undefined || path === undefined || text.startsWith('./') || text.startsWith('../')) return { kind: 'path' };
  return git({ scheme: 'ssh', host, path }, query, fragment);
}

/** True for what is not on this machine, or stands in for it: the commit's Git address. */
export function isRemoteContext(text: string): boolean {
  const address = parseContext(text);
  return DEFAULT_CONTEXT.test(text) || address.kind === 'git' || address.kind === 'http' || address.kind === 'none';
}

/** `{{defaultContext}}` of docker/build-push-action, which renders it with Handlebars. */
export const DEFAULT_CONTEXT = /\{\{\{\s*defaultContext\s*\}\}\}|\{\{\s*defaultContext\s*\}\}/;

function parseUrl(text: string, isGit: boolean): ContextAddress {
  const [, typed = '', user, host = '', path = '', query, fragment] = URL_PARTS.exec(text) ?? [];
  const scheme = typed.toLowerCase() as GitAddress['scheme'];
  if (host === '') return none('names no host');
  if (user !== undefined && isLogin(user, scheme, path))
    return none(`${HOLDS_LOGIN}, and give the token as secrets: GIT_AUTH_TOKEN.${host}=…`);
  if (isGit || scheme === 'ssh' || scheme === 'git' || path.endsWith('.git'))
    return git({ scheme, host, path: path.replace(/\/+$/, '') }, query, fragment);
  if (scheme !== typed) return none(`begins with "${typed}"; buildx knows it as "${scheme}"`);
  return pageProblem(host, path, fragment) ?? { kind: 'http' };
}

const HOLDS_LOGIN =
  'holds a password or token, which everybody can read in the list of processes and in the provenance; write it without';
const TOKEN_SHAPE = /^(?:gh[pousr]_|github_pat_|gl[a-z]{2,5}-)/i;

/**
 * What stands before the at sign of an address. Over http a name alone is a token for many servers, so it is one here too, but for `git` and the account
 * that the path begins with (Azure DevOps copies addresses like that); over ssh it is a name.
 */
function isLogin(user: string, scheme: string, path: string): boolean {
  if (/:./.test(user) || TOKEN_SHAPE.test(user)) return true;
  const name = user.replace(/:$/, '').toLowerCase();
  return scheme.startsWith('http') && !['', 'git', path.split('/')[0]?.toLowerCase()].includes(name);
}

/** The same of any address, in words that follow it: that of a Dockerfile, or of a remote of Git. */
export function loginProblem(text: string): string | undefined {
  const [, scheme = '', user, , path = ''] = URL_PARTS.exec(text) ?? [];
  return user !== undefined && isLogin(user, scheme.toLowerCase(), path) ? HOLDS_LOGIN : undefined;
}

/** What people copy from a browser: BuildKit would take the page for a Dockerfile. */
function pageProblem(host: string, path: string, fragment = ''): ContextAddress | undefined {
  const [owner = '', repository = '', kind, ref, ...rest] = path.split('/').filter(part => part !== '' && part !== '-');
  const isPage = FORGES.includes(host) && repository !== '' && (kind === undefined || kind === 'tree');
  if (fragment === '' && !isPage) return undefined;
  const subdir = rest.length === 0 ? '' : `:${rest.join('/')}`;
  const place = kind === 'tree' && ref !== undefined ? `#${ref}${subdir}` : fragment === '' ? '' : `#${fragment}`;
  const name = isPage ? `${owner}/${repository}` : path.replace(/\/+$/, '');
  return none(
    `would be downloaded as a file: BuildKit takes an https address for a Git repository only when it ends in .git, as https://${shorten(host)}/${shorten(name)}.git${shorten(place)}`,
  );
}

function git(
  { scheme, host, path }: Pick<GitAddress, 'scheme' | 'host' | 'path'>,
  query: string | undefined,
  fragment = '',
): ContextAddress {
  const colon = fragment.indexOf(':');
  const read: Place = {
    ref: orNothing(colon === -1 ? fragment : fragment.slice(0, colon)),
    subdir: colon === -1 ? undefined : cleanPath(fragment.slice(colon + 1)),
    checksum: undefined,
  };
  const placed = query === undefined || query === '' ? read : readQuery(new URLSearchParams(query), read);
  return typeof placed === 'string' ? none(placed) : { kind: 'git', scheme, host, path, ...placed };
}

type Place = Pick<GitAddress, 'ref' | 'checksum' | 'subdir'>;

const BOOLEANS = ['submodules', 'keep-git-dir', 'fetch-by-commit'];
const KEYS = ['ref', 'tag', 'branch', 'subdir', 'checksum', 'commit', 'mtime', ...BOOLEANS];

/** The forms with a query are newer than those with a fragment; what a key may hold is BuildKit's rule. A text tells what is wrong. */
function readQuery(query: URLSearchParams, place: Place): Place | string {
  const problem = [...new Set(query.keys())].map(key => queryProblem(key, query.getAll(key))).find(found => found !== undefined);
  if (problem !== undefined) return problem;
  const of = (key: string): string | undefined => query.get(key) ?? undefined;
  const [tag, branch] = [full('refs/tags/', of('tag')), full('refs/heads/', of('branch'))];
  if (tag !== undefined && branch !== undefined) return 'names both a tag and a branch';
  const refs = new Set([place.ref, of('ref'), tag, branch].filter(ref => ref !== undefined));
  if (refs.size > 1) return `names two refs: ${[...refs].map(ref => shorten(ref)).join(' and ')}`;
  const subdirs = new Set([place.subdir, of('subdir')].filter(subdir => subdir !== undefined));
  if (subdirs.size > 1) return `names two subdirectories: ${[...subdirs].map(subdir => shorten(subdir)).join(' and ')}`;
  return {
    ref: [...refs][0],
    subdir: cleanPath([...subdirs][0] ?? ''),
    checksum: of('checksum') ?? of('commit'),
  };
}

function queryProblem(key: string, values: readonly string[]): string | undefined {
  const [value = ''] = values;
  if (!KEYS.includes(key)) return `asks for "${shorten(key)}", which is none of ${KEYS.join(', ')}`;
  if (values.length > 1) return `says "${key}" twice`;
  if (BOOLEANS.includes(key))
    return /^(?:|1|0|t|f|true|false)$/i.test(value)
      ? undefined
      : `says ${key}=${shorten(value)}, which is neither true nor false`;
  if (value === '') return `says "${key}" without a value`;
  if (key === 'mtime' && !['checkout', 'commit'].includes(value)) return `says mtime=${shorten(value)}: checkout or commit`;
  return undefined;
}

function full(prefix: string, name: string | undefined): string | undefined {
  return name === undefined || name.startsWith(prefix) ? name : `${prefix}${name}`;
}

/** As BuildKit reads it: from the root of the repository, and never out of it. */
function cleanPath(text: string): string | undefined {
  const parts: string[] = [];
  for (const part of text.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return orNothing(parts.join('/'));
}

function orNothing(text: string): string | undefined {
  return text === '' ? undefined : text;
}

function none(problem: string): ContextAddress {
  return { kind: 'none', problem };
}
