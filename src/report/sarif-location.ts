// Plan + finding -> what code scanning needs to know a finding again: its file in the repository, its fingerprint, the category of its image.

import { digestOfBytes } from '../bundle/blobs.ts';
import type { Plan } from '../plan/plan.ts';
import type { Finding } from '../scan/findings.ts';
import { plain } from './markdown.ts';

/** What a category and a fingerprint name: the first image, else what is built. The same in every run, whatever its tags. */
export function subject(plan: Plan): string {
  const { build } = plan;
  const file = dockerfile(plan);
  const parts = [
    plan.images[0] ?? file ?? 'image',
    // Two targets or two Dockerfiles may go to one image under different tags: each keeps alerts of its own.
    ...(plan.images[0] !== undefined && file !== undefined && file !== defaultDockerfile(build.context) ? [`file=${file}`] : []),
    ...(build.target === undefined ? [] : [`target=${build.target}`]),
  ];
  return plain(parts.join('/'), 500);
}

/**
 * Ends in a slash: GitHub takes everything up to the last one as the category and the rest as the name of the run, so that without it
 * `.../linux/amd64` and `.../linux/arm64` were the same category, and GitHub refuses a file that has one twice.
 */
export function category(plan: Plan, platform: string): string {
  return `seaworthy/${subject(plan)}/${platform}/`;
}

/** Path of the Dockerfile from the root of the repository; undefined when it is elsewhere (a Git context) or outside. */
export function dockerfile({ build }: Plan, workspace = ''): string | undefined {
  if (isRemote(build.context)) return undefined;
  return build.file === undefined ? defaultDockerfile(build.context, workspace) : inRepository(build.file, workspace);
}

function defaultDockerfile(context: string, workspace = ''): string | undefined {
  return inRepository(`${context}/Dockerfile`, workspace);
}

function isRemote(context: string): boolean {
  return /^(?:[a-z+]+:\/\/|git@|github\.com\/)/i.test(context);
}

/** A path without `.` and `..`, relative to the workspace; undefined when it leads out of it. */
export function inRepository(path: string, workspace = ''): string | undefined {
  const inside = workspace !== '' && path.startsWith(`${workspace}/`) ? path.slice(workspace.length + 1) : path;
  if (inside.startsWith('/')) return undefined;
  const parts: string[] = [];
  for (const part of inside.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.pop() === undefined) return undefined;
    if (part !== '..') parts.push(part);
  }
  return parts.length === 0 ? undefined : parts.join('/');
}

/** A path as a relative URI reference (RFC 3986). */
export function uri(path: string): string {
  return path
    .toWellFormed()
    .split('/')
    .map(part => encodeURIComponent(part))
    .join('/');
}

/** The image without its registry: how other scanners place what belongs to no file of the repository. */
export function imagePath(plan: Plan): string {
  const name = plan.images[0] ?? plan.buildNames[0]?.replace(/:[^:/]*$/, '') ?? 'image';
  const [host = '', ...path] = name.split('/');
  return path.length > 0 && (/[.:]/.test(host) || host === 'localhost') ? path.join('/') : name;
}

/**
 * The same in every run for the same finding in the same image: neither versions (of the package, of a tool), line, severity nor platform count,
 * so that an alert survives an update that does not mend it, and two platforms share one. `nth` counts what is equal otherwise, from 1.
 */
export function fingerprint(plan: Plan, finding: Finding, nth: number): string {
  return `${digestOfBytes(new TextEncoder().encode(identity(plan, finding))).slice('sha256:'.length, 'sha256:'.length + 32)}:${nth}`;
}

/** What the fingerprint is made from. */
export function identity(plan: Plan, { kind, id, package: name, purl, installed, path }: Finding): string {
  // Many ecosystems write the version into the path: `requests-2.28.0.dist-info`, `log4j-core-2.14.1.jar`.
  const place = installed === '' ? path : path.replaceAll(installed, '*');
  return JSON.stringify([subject(plan), kind, id, purl === '' ? name : unversioned(purl), place]);
}

/** `pkg:deb/debian/apt@2.6.1?arch=amd64` without version, qualifiers and subpath. */
function unversioned(purl: string): string {
  const name = purl.replace(/[?#].*$/s, '');
  const at = name.lastIndexOf('@');
  return at > name.lastIndexOf('/') ? name.slice(0, at) : name;
}
