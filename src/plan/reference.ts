// A typed image name or reference -> its parts, by the grammar of the OCI distribution specification (github.com/distribution/reference).

/** A repository and the tag in it. */
export interface Reference {
  readonly image: string;
  readonly tag: string;
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/i;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
/** Hexadecimal digits by algorithm; those that the OCI image specification registers and registries take. */
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha512: 128 };
const LONGEST_PATH = 255;
/** Of a host name: DNS, RFC 1035. */
const LONGEST_HOST = 253;
const TAG_RULE = '1 to 128 of A-Z, a-z, 0-9, "_", ".", "-", not starting with "." or "-"';

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

/** What is wrong with a repository name, in words that follow "because"; undefined when it is right. The host may be typed in any case. */
export function nameProblem(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(name)) return 'it is a URL; leave the scheme out';
  if (/\s/.test(name)) return 'it holds a blank';
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const hasHost = first === 'localhost' || /[.:[\]]/.test(first) || first !== first.toLowerCase();
  const hostIsWrong = hasHost ? hostProblem(first) : undefined;
  if (hostIsWrong !== undefined) return hostIsWrong;
  return pathProblem(hasHost ? name.slice(slash + 1) : name, hasHost);
}

function pathProblem(path: string, hasHost: boolean): string | undefined {
  if (path === '') return 'it names a registry, but no repository in it';
  // A name of one part means Docker Hub's "library/".
  const length = path.length + (hasHost || path.includes('/') ? 0 : 'library/'.length);
  if (length > LONGEST_PATH) return `its path is longer than ${LONGEST_PATH} characters`;
  const bad = path.split('/').find(component => !PATH_COMPONENT.test(component));
  if (bad === undefined) return undefined;
  if (bad === '') return 'a part between slashes is empty';
  if (bad !== bad.toLowerCase() && PATH_COMPONENT.test(bad.toLowerCase())) return `"${shorten(bad)}" must be in lower case`;
  return `"${shorten(bad)}" may only hold a-z, 0-9 and, between them, ".", "_", "__" or "-"`;
}

/** What is wrong with `host` or `host:port` of a registry, in words that follow "because"; undefined when it is right. */
export function hostProblem(host: string): string | undefined {
  const shown = `"${shorten(host)}"`;
  const { name, port } = splitPort(host);
  if (port !== undefined && !/^\d+$/.test(port)) return `"${shorten(port)}" in ${shown} is not a port, which is a number`;
  if (port !== undefined && (Number(port) > 65_535 || Number(port) === 0)) return `${shorten(port)} is not a port: 1 to 65535`;
  if (name.startsWith('[') || name.endsWith(']')) {
    const inside = name.slice(1, -1);
    return name.startsWith('[') && name.endsWith(']') && isIpv6(inside)
      ? undefined
      : `${shown} is not a registry host: an IPv6 address is written [2001:db8::1], then perhaps :port`;
  }
  if (name.includes(':')) return `${shown} is not a registry host: an IPv6 address stands in brackets, e.g. [::1]:5000`;
  if (name.length > LONGEST_HOST) return `its registry host is longer than ${LONGEST_HOST} characters`;
  const bad = name.split('.').find(label => !LABEL.test(label));
  if (bad === undefined) return undefined;
  const why = bad === '' ? 'a part between dots is empty' : 'its parts hold letters, digits and, between them, "-"';
  return `${shown} is not a registry host: ${why}`;
}

function splitPort(host: string): { readonly name: string; readonly port?: string } {
  const end = host.lastIndexOf(']');
  const colon = host.indexOf(':', end + 1);
  const bare = end === -1 && colon !== host.lastIndexOf(':');
  return colon === -1 || bare ? { name: host } : { name: host.slice(0, colon), port: host.slice(colon + 1) };
}

/** Groups of up to four hexadecimal digits, at most one `::`; no zone and no IPv4 address at the end, which Docker does not take either. */
function isIpv6(text: string): boolean {
  const halves = text.split('::');
  const groups = halves.flatMap(half => (half === '' ? [] : half.split(':')));
  if (halves.length > 2 || !groups.every(group => /^[0-9a-f]{1,4}$/i.test(group))) return false;
  return halves.length === 2 ? groups.length <= 7 : groups.length === 8;
}

/** What is wrong with `sha256:…` or `sha512:…`, in words that follow "because"; undefined when it is right. */
export function digestProblem(digest: string): string | undefined {
  const colon = digest.indexOf(':');
  const [algorithm, hex] = [digest.slice(0, Math.max(0, colon)), digest.slice(colon + 1)];
  const length = Object.hasOwn(DIGEST_LENGTHS, algorithm) ? DIGEST_LENGTHS[algorithm] : undefined;
  if (length === undefined) return `the digest "${shorten(digest)}" does not begin with sha256: or sha512:`;
  if (!/^[0-9a-f]*$/i.test(hex)) return `the digest "${shorten(digest)}" holds more than hexadecimal digits`;
  if (hex !== hex.toLowerCase()) return `the digest "${shorten(digest)}" must be in lower case`;
  return hex.length === length ? undefined : `a ${algorithm} digest has ${length} hexadecimal digits, not ${hex.length}`;
}

/** What is wrong with an entry of `images`: a repository without tag or digest, lower-case. */
export function imageProblem(text: string): string | undefined {
  const { name, tag, digest } = partsOf(text);
  if (digest !== undefined) return 'a digest does not belong into "images"';
  if (tag === undefined) return nameProblem(name);
  const port = /^\d+$/.test(tag) && !name.includes('/') ? 'it is a registry without a repository, or ' : '';
  return `${port}it holds a tag (":${shorten(tag)}"); tags are typed into "tags"`;
}

/** A full reference as docker/build-push-action takes it in `tags`; without a tag it means `latest`. The answer is a problem when it is a string. */
export function parseReference(text: string): Reference | string {
  const { name, tag = 'latest', digest } = partsOf(text);
  const image = name.toLowerCase();
  if (digest !== undefined) return 'it holds a digest; an image is published under tags';
  return nameProblem(image) ?? tagProblem(tag) ?? { image, tag };
}

/** What is wrong with a reference to an image that exists, `name[:tag][@digest]`, in words that follow "because"; undefined when it is right. */
export function referenceProblem(text: string): string | undefined {
  if (/^[a-f0-9]{64}$/.test(text)) return '64 hexadecimal digits are read as the ID of an image';
  const { name, tag, digest } = partsOf(text);
  return (
    nameProblem(name) ??
    (tag === undefined ? undefined : tagProblem(tag)) ??
    (digest === undefined ? undefined : digestProblem(digest))
  );
}

/** The colon and the at sign of a URL are no tag and no digest: as a whole it is explained best. */
function partsOf(text: string): ReturnType<typeof splitReference> {
  return text.includes('://') ? { name: text } : splitReference(text);
}

function tagProblem(tag: string): string | undefined {
  if (isTag(tag)) return undefined;
  return tag === '' ? 'nothing follows the last colon' : `"${shorten(tag)}" is not a tag (${TAG_RULE})`;
}

/** For messages: long values are cut, whatever cannot be seen is made visible, and a login (`user:password@host`) is left out. */
export function shorten(text: string, limit = 80): string {
  let shown = '';
  for (const character of hideLogins(text)) {
    const visible = makeVisible(character);
    if (shown.length + visible.length > limit) return `${shown}...`;
    shown += visible;
  }
  return shown;
}

/** Everything before an at sign that may be a secret: behind `//`, or with a colon; `app:1.0@sha256:…` is neither. */
function hideLogins(text: string): string {
  const parts = text.split('@');
  const hidden = parts.map((part, index) => {
    const next = parts[index + 1];
    if (next === undefined || /^sha\d{1,3}:/.test(next)) return part;
    let start = part.length;
    while (start > 0 && !' \t\r\n=,"'.includes(part.charAt(start - 1)) && !part.startsWith('//', start - 2)) start--;
    const isLogin = part.slice(start).includes(':') || part.startsWith('//', start - 2);
    return isLogin && start < part.length ? `${part.slice(0, start)}***` : part;
  });
  return hidden.join('@');
}

/** Quotes as in JSON; controls, format characters (bidirectional marks, zero widths), odd blanks and lone surrogates by their number. */
function makeVisible(character: string): string {
  if (character === ' ') return character;
  if (/[\p{Cc}\p{Cf}\p{Cs}\p{Z}]/u.test(character) && !/[\n\r\t]/.test(character)) {
    const number = (character.codePointAt(0) ?? 0).toString(16);
    return number.length > 4 ? `\\u{${number}}` : `\\u${number.padStart(4, '0')}`;
  }
  return JSON.stringify(character).slice(1, -1);
}
