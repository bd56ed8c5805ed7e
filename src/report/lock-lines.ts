// Lock files of the repository + a package URL -> the line that names exactly this package in exactly this version.

/** Text of a file by its path, relative to the root of the repository. */
export type LockFiles = Readonly<Record<string, string>>;

export interface LockLine {
  readonly path: string;
  /** From 1. */
  readonly line: number;
}

interface Format {
  readonly file: string;
  /** Type of the package URL. */
  readonly type: string;
  /** Group 1 is the name; group 2, when there is no `version`, the version. */
  readonly name: RegExp;
  /** Group 1 is the version, on one of the next `within` lines. */
  readonly version?: RegExp;
  readonly within?: number;
}

const TOML = { name: /^name = "([^"]+)"$/, version: /^version = "([^"]+)"$/, within: 3 };
const NPM = { name: /^\s*"(?:.*node_modules\/)?([^"]+)": \{$/, version: /^\s*"version": "([^"]+)"/, within: 3 };

/** Best first: what people edit by hand before what is written for them. */
const FORMATS: readonly Format[] = [
  { file: 'package-lock.json', type: 'npm', ...NPM },
  { file: 'npm-shrinkwrap.json', type: 'npm', ...NPM },
  {
    file: 'yarn.lock',
    type: 'npm',
    name: /^"?(@?[^@"\s]+)@[^\n]*:$/,
    version: /^\s+version:? "?([^"\s]+)"?$/,
    within: 2,
  },
  { file: 'pnpm-lock.yaml', type: 'npm', name: /^ {2}'?\/?(@?[^@('\s]+)@([^('\s:]+)[^:]*:$/ },
  { file: 'requirements.txt', type: 'pypi', name: /^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*==\s*([^\s;\\]+)/ },
  { file: 'poetry.lock', type: 'pypi', ...TOML },
  { file: 'uv.lock', type: 'pypi', ...TOML },
  { file: 'pdm.lock', type: 'pypi', ...TOML },
  { file: 'Pipfile.lock', type: 'pypi', name: /^\s+"([^"]+)": \{$/, version: /^\s+"version": "==([^"]+)"/, within: 400 },
  { file: 'go.mod', type: 'golang', name: /^(?:require)?\s*([^\s(]+\/[^\s]+) (v[^\s]+)/ },
  { file: 'go.sum', type: 'golang', name: /^(\S+) (v[^\s/]+) h1:/ },
  { file: 'Cargo.lock', type: 'cargo', ...TOML },
  { file: 'Gemfile.lock', type: 'gem', name: /^ {4}([^\s(]+) \(([^)]+)\)$/ },
  {
    file: 'composer.lock',
    type: 'composer',
    name: /^\s+"name": "([^"]+\/[^"]+)",$/,
    version: /^\s+"version": "v?([^"]+)"/,
    within: 1,
  },
  { file: 'packages.lock.json', type: 'nuget', name: /^\s+"([^"]+)": \{$/, version: /^\s+"resolved": "([^"]+)"/, within: 3 },
  { file: 'gradle.lockfile', type: 'maven', name: /^([^:=\s]+:[^:=\s]+):([^:=\s]+)=/ },
];

/** The names that are worth looking for, best first. */
export const LOCK_FILES: readonly string[] = FORMATS.map(format => format.file);
/** Longer lines (minified files) are not looked at: nobody could see anything there. */
const LONGEST_LINE = 1_000;

/** Reads all files once; the answer finds the line of a package URL, undefined when no file names the package in this version. */
export function indexLockFiles(files: LockFiles): (purl: string) => LockLine | undefined {
  const lines = new Map<string, LockLine>();
  const ranked = Object.entries(files).flatMap(([path, text]) => {
    const format = FORMATS.find(each => each.file === path.slice(path.lastIndexOf('/') + 1));
    return format === undefined ? [] : [{ path, text, format }];
  });
  // The caller's order stands within one format.
  ranked.sort((a, b) => FORMATS.indexOf(a.format) - FORMATS.indexOf(b.format));
  for (const { path, text, format } of ranked)
    for (const [key, line] of packagesIn(format, text.split(/\r?\n/))) if (!lines.has(key)) lines.set(key, { path, line });
  return purl => {
    const key = keyOfPurl(purl);
    return key === undefined ? undefined : lines.get(key);
  };
}

function* packagesIn(format: Format, lines: readonly string[]): Generator<[string, number]> {
  const match = (expression: RegExp, at: number): RegExpExecArray | null => {
    const line = lines[at] ?? '';
    return line.length > LONGEST_LINE ? null : expression.exec(line);
  };
  for (let at = 0; at < lines.length; at++) {
    const found = match(format.name, at);
    if (found === null) continue;
    const version = format.version === undefined ? found[2] : versionBelow(format, at, match);
    if (version !== undefined) yield [key(format.type, found[1] ?? '', version), at + 1];
  }
}

/** The version that belongs to the name in line `at`: the first one before another name begins. */
function versionBelow(
  { name, version, within }: Format,
  at: number,
  match: (expression: RegExp, at: number) => RegExpExecArray | null,
): string | undefined {
  for (let next = at + 1; version !== undefined && next <= at + (within ?? 1); next++) {
    const found = match(version, next)?.[1];
    if (found !== undefined || match(name, next) !== null) return found;
  }
  return undefined;
}

/** `pkg:npm/%40acme/app@1.0.0?x#y`; undefined for what is none, or has no version. */
function keyOfPurl(purl: string): string | undefined {
  const match = /^pkg:([a-z]+)\/([^?#]+)@([^@?#/]+)/.exec(purl);
  if (match === null) return undefined;
  const [, type = '', path = '', version = ''] = match;
  try {
    const name = path
      .split('/')
      .map(decodeURIComponent)
      .join(type === 'maven' ? ':' : '/');
    return key(type, name, decodeURIComponent(version));
  } catch {
    return undefined;
  }
}

/** Names and versions as each registry compares them. */
function key(type: string, name: string, version: string): string {
  const lower = ['pypi', 'nuget', 'composer', 'golang'].includes(type) ? name.toLowerCase() : name;
  const bare = ['composer', 'golang'].includes(type) ? version.replace(/^v/, '') : version;
  return JSON.stringify([type, type === 'pypi' ? lower.replaceAll(/[-_.]+/g, '-') : lower, bare]);
}
