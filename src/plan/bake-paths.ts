// A bake target -> what it reads and writes on this machine, so that what lies outside of the workspace needs a permission, as bake has it.

import type { BakeTarget, Fields } from './bake-target.ts';
import { isRemoteContext } from './git-address.ts';

/** A path that the target names, relative to the workspace. */
export interface LocalPath {
  /** The attribute that names it. */
  readonly attribute: string;
  readonly access: 'read' | 'write';
  readonly path: string;
}

type Typed = (input: string) => boolean;

/** Named contexts that are no directory. */
const NO_PATH = /^(?:target:|docker-image:|https?:\/\/)/;

/** Every path of the target that no typed input replaces. */
export function localPaths(target: BakeTarget, typed: Typed): readonly LocalPath[] {
  const unless = (input: string, paths: readonly LocalPath[]): readonly LocalPath[] => (typed(input) ? [] : paths);
  const reads = (attribute: string, paths: readonly string[]): LocalPath[] =>
    paths.map(path => ({ attribute, access: 'read', path }));
  const context = contextOf(target);
  const secrets = ['secrets', 'secret-envs', 'secret-files'].some(typed) ? [] : target.secrets;
  return [
    ...unless('context', reads('context', isRemoteContext(context) ? [] : [context])),
    ...unless('file', reads('dockerfile', dockerfilePath(target))),
    ...unless(
      'build-contexts',
      reads(
        'contexts',
        target.contexts.flatMap(([, value]) => namedPath(value)),
      ),
    ),
    ...reads(
      'secret',
      secrets.flatMap(({ src }) => src ?? []),
    ),
    ...unless(
      'ssh',
      reads(
        'ssh',
        target.ssh.flatMap(({ paths }) => paths),
      ),
    ),
    ...unless('cache', unless('cache-from', reads('cache-from', localOnes(target.cacheFrom, 'src')))),
    ...unless('cache', unless('cache-to', writes('cache-to', localOnes(target.cacheTo, 'dest')))),
    ...unless(
      'outputs',
      writes(
        'output',
        target.outputs.flatMap(({ dest = '' }) => (dest === '' || dest === '-' ? [] : [dest])),
      ),
    ),
  ];
}

/** Where the target is built; without `cwd://`, which only says what a local definition means anyway. */
export function contextOf({ context = '.' }: Pick<BakeTarget, 'context'>): string {
  const plain = withoutScheme(context);
  return plain === '' ? '.' : plain;
}

/** `cwd://dir` is `dir`. */
export function withoutScheme(path: string): string {
  return path.replace(/^cwd:\/\//, '');
}

/** The Dockerfile as `file` has it: relative to the workspace where the context is a directory. Undefined: the context's own `Dockerfile`. */
export function dockerfileIn(context: string, { dockerfile = 'Dockerfile' }: Pick<BakeTarget, 'dockerfile'>): string | undefined {
  if (dockerfile.startsWith('cwd://')) return withoutScheme(dockerfile);
  if (dockerfile === 'Dockerfile') return undefined;
  const stands = dockerfile.startsWith('/') || /^https?:\/\//i.test(dockerfile);
  if (stands || isRemoteContext(context) || context.startsWith('{{')) return dockerfile;
  return joinPath(context, dockerfile);
}

function dockerfilePath(target: BakeTarget): readonly string[] {
  if (target.dockerfileInline !== undefined) return [];
  const context = contextOf(target);
  const file = dockerfileIn(context, target);
  const elsewhere = file === undefined || /^https?:\/\//i.test(file);
  return elsewhere || (isRemoteContext(context) && !(target.dockerfile ?? '').startsWith('cwd://')) ? [] : [file];
}

function namedPath(value: string): string[] {
  if (NO_PATH.test(value) || isRemoteContext(value)) return [];
  return [/^oci-layout:\/\/([^@:]*)/.exec(value)?.[1] ?? withoutScheme(value)];
}

function localOnes(caches: readonly Fields[], key: string): readonly string[] {
  return caches.flatMap(cache => (cache['type'] === 'local' ? (cache[key] ?? []) : []));
}

function writes(attribute: string, paths: readonly string[]): LocalPath[] {
  return paths.map(path => ({ attribute, access: 'write', path }));
}

/** One path below another, with `.` and `..` worked out. */
function joinPath(directory: string, path: string): string {
  const parts: string[] = [];
  for (const part of `${directory}/${path}`.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return `${directory.startsWith('/') ? '/' : ''}${parts.join('/')}`;
}
