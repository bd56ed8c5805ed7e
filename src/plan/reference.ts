// A typed image name or reference -> its parts, by the grammar of the OCI distribution specification (github.com/distribution/reference).

/** A repository and the tag in it. */
export interface Reference {
  readonly image: string;
  readonly tag: string;
}

const HOST = /^(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*|\[[a-f0-9:]+\])(?::(\d+))?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /@[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]{32,}$/;
const LONGEST_PATH = 255;

/** True for 1 to 128 of `[A-Za-z0-9_.-]`, not starting with `.` or `-`. */
export function isTag(text: string): boolean {
  return TAG.test(text);
}

/** Takes a reference apart without judging the parts. The colon of a port is not the one of a tag. */
export function splitReference(text: string): { readonly name: string; readonly tag?: string; readonly digest?: string } {
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? {} : { digest: text.slice(at + 1) };
  const colon = named.lastIndexOf(':');
  if (colon === -1 || colon < named.lastIndexOf('/') || named.endsWith(']')) return { name: named, ...digest };
  return { name: named.slice(0, colon), tag: named.slice(colon + 1), ...digest };
}

/** What is wrong with a repository name (already lower-case), in words that follow "because"; undefined when it is right. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/^[a-z]+:\/\//.test(name)) return 'it is a URL; leave the scheme out';
  const parts = name.split('/');
  const first = parts[0] ?? '';
  const hasHost = parts.length > 1 && (first.includes('.') || first.includes(':') || first === 'localhost');
  const hostIsWrong = hasHost ? hostProblem(first) : undefined;
  if (hostIsWrong !== undefined) return hostIsWrong;
  const path = hasHost ? parts.slice(1) : parts;
  if (path.join('/').length > LONGEST_PATH) return `its path is longer than ${LONGEST_PATH} characters`;
  const bad = path.find(component => !PATH_COMPONENT.test(component));
  if (bad === undefined) return undefined;
  if (bad === '') return 'a part between slashes is empty';
  return `"${shorten(bad)}" may only hold a-z, 0-9 and, between them, ".", "_", "__" or "-"`;
}

function hostProblem(host: string): string | undefined {
  const match = HOST.exec(host);
  if (match === null) return `"${shorten(host)}" is not a registry host`;
  return Number(match[1] ?? '0') > 65_535 ? `${shorten(match[1] ?? '')} is not a port` : undefined;
}

/** What is wrong with an entry of `images`: a repository without tag or digest, lower-case. */
export function imageProblem(name: string): string | undefined {
  const { tag, digest } = splitReference(name);
  if (digest !== undefined) return 'a digest does not belong into "images"';
  if (tag !== undefined) return `it holds a tag (":${shorten(tag)}"); tags are typed into "tags"`;
  return nameProblem(name);
}

/** A full reference as docker/build-push-action takes it in `tags`; without a tag it means `latest`. The answer is a problem when it is a string. */
export function parseReference(text: string): Reference | string {
  if (DIGEST.test(text) || text.includes('@')) return 'it holds a digest; an image is published under tags';
  const { name, tag = 'latest' } = splitReference(text);
  const image = name.toLowerCase();
  const problem = nameProblem(image);
  if (problem !== undefined) return problem;
  return isTag(tag)
    ? { image, tag }
    : `"${shorten(tag)}" is not a tag (1 to 128 of A-Z, a-z, 0-9, "_", ".", "-", not starting with "." or "-")`;
}

/** For messages: long values are cut, control characters made visible. */
export function shorten(text: string, limit = 80): string {
  const visible = JSON.stringify(text).slice(1, -1);
  return visible.length > limit ? `${visible.slice(0, limit)}...` : visible;
}
