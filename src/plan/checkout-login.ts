// The .git/config and the .dockerignore of a context -> a warning when a build would be given the login that actions/checkout leaves there.

import type { Settleable } from './decide.ts';
import { loginProblem } from './git-address.ts';

/** What the root of a context that is a directory holds. */
export interface CheckoutFiles {
  /** `.git/config`. */
  readonly config: string;
  /** The file that leaves files out of the context: `<Dockerfile>.dockerignore`, else `.dockerignore`; undefined: there is none. */
  readonly ignore: string | undefined;
}

const CONFIG = '.git/config';

/** True when a text of Git's configuration holds a login: a header as actions/checkout writes it (persist-credentials), or one in an address. */
export function holdsLogin(config: string): boolean {
  return config.split('\n').some(line => {
    if (/^\s*extraheader\s*=\s*authorization:/i.test(line)) return true;
    const address = /^\s*(?:push)?url\s*=\s*"?(\S+)/i.exec(line)?.[1];
    return address !== undefined && loginProblem(address) !== undefined;
  });
}

/** A warning, no mistake: only the Dockerfile tells whether it copies all of its context. */
export function judgeCheckout({ config, ignore }: CheckoutFiles): Settleable[] {
  if (!holdsLogin(config) || leavesOut(ignore ?? '', CONFIG)) return [];
  return [
    {
      warnings: [
        'context: its .git/config holds a login of Git, so COPY . . puts it into the image, and every RUN step that sees the context can use it. Write .git into .dockerignore, or check out with persist-credentials: false.',
      ],
    },
  ];
}

/** Whether a .dockerignore leaves a file out, as moby/patternmatcher reads it: the last pattern that names it, or a directory above it, decides. */
export function leavesOut(ignore: string, file: string): boolean {
  const parts = file.split('/');
  const paths = parts.map((_part, at) => parts.slice(0, at + 1).join('/'));
  let out = false;
  for (const line of ignore.replace(/^\uFEFF/, '').split(/\r?\n/)) {
    const text = line.trim();
    if (text === '' || line.startsWith('#')) continue;
    const back = text.startsWith('!');
    const pattern = compile(clean(back ? text.slice(1).trim() : text));
    if (paths.some(path => pattern.test(path))) out = !back;
  }
  return out;
}

function clean(pattern: string): string {
  const parts: string[] = [];
  for (const part of pattern.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** `*` and `?` stay within a name, `**` does not, and `**` with a slash behind it may be nothing. */
function compile(pattern: string): RegExp {
  const parts = pattern.match(/\*\*\/?|\[[^\]]*\]|\\.|[^]/g) ?? [];
  const source = parts.map(part => {
    if (part === '**/') return '(?:.*/)?';
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    if (part === '?') return '[^/]';
    if (/^\[\^?[\w.-]+\]$/.test(part)) return part;
    return (part.length > 1 ? part.slice(1) : part).replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`);
  });
  try {
    return new RegExp(`^${source.join('')}$`, 's');
  } catch {
    // BuildKit refuses such a pattern; here it names nothing.
    return /(?!)/;
  }
}
