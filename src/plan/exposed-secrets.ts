// Build arguments, places, labels and annotations + the secrets of the run -> what would be published although it is secret. Values are compared, never shown or kept.

import type { Settleable } from './decide.ts';
import type { Event } from './event.ts';
import type { PlannedAnnotation } from './metadata.ts';
import type { Naming } from './naming.ts';
import { shorten } from './reference.ts';
import { looksRandom, tokenShape } from './token-shapes.ts';

/** A secret of this run, and what it is called in a message: `the secret "npm"`, `github-token`. */
export interface KnownSecret {
  readonly name: string;
  readonly value: string;
}

export interface ExposureOrder {
  /** As buildx gets them. */
  readonly buildArgs: readonly string[];
  readonly context: string;
  readonly file?: string;
  /** `name=value`. */
  readonly buildContexts: readonly string[];
  readonly addHosts: readonly string[];
  /** Where a build argument without `=` takes its value from. */
  readonly environment: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: readonly PlannedAnnotation[];
  readonly provenance: string;
  readonly secrets: readonly KnownSecret[];
  /** What everybody may know (commit, ref, repository …): a secret of that value gives nothing away. */
  readonly open: readonly string[];
}

/** Shorter ones are compared as a whole, so that the secret `1` is not found in every version. */
const LONG_ENOUGH = 8;
const SHORTEST = 4;
/** Values that are no secret, wherever they come from. */
const COMMON =
  /^(?:true|false|yes|no|on|off|none|null|undefined|default|latest|main|master|debug|release|production|development|staging|test|\d{1,4})$/i;
/** Lines of a secret that are worth looking for on their own. */
const LONG_LINE = 16;

/**
 * Provenance of mode `max` (the mode that BuildKit takes when none is given) holds every build argument, and the history of an image those that its RUN steps
 * saw; labels and annotations are in the image for everybody, and where a build reads from is in the list of processes. So: what equals or holds a secret of this run, or has the shape of a token, is refused there,
 * and a build argument without such provenance warned of. What only looks random is warned of too.
 */
export function judgeExposure(order: ExposureOrder): Settleable[] {
  const secrets = order.secrets.filter(({ value }) => !isOpen(value.trim(), order.open));
  const published = order.provenance !== 'false' && !/(?:^|,)mode=min(?:,|$)/.test(order.provenance);
  const args = order.buildArgs.flatMap(text => judgeArgument(text, { ...order, secrets }, published));
  const label = ([key, value]: readonly [string, string]): Settleable[] =>
    judgeText('labels', `the label "${shorten(key)}"`, value, secrets);
  const annotation = ({ key, value }: PlannedAnnotation): Settleable[] =>
    judgeText('annotations', `the annotation "${shorten(key)}"`, value, secrets);
  return once([
    ...args,
    ...judgePlaces({ ...order, secrets }),
    ...Object.entries(order.labels).flatMap(label),
    ...order.annotations.flatMap(annotation),
  ]);
}

function judgeArgument(text: string, { environment, secrets }: ExposureOrder, published: boolean): Settleable[] {
  const split = text.indexOf('=');
  const name = split < 0 ? text : text.slice(0, split);
  const value = split < 0 ? environment[text] : text.slice(split + 1);
  if (value === undefined || value === '') return [];
  const what = `the argument "${shorten(name)}"${split < 0 ? ' (its value is from the environment)' : ''}`;
  const held = whatIsHeld(value, name, secrets);
  if (held === undefined)
    return looksRandom(value)
      ? [warning(`build-args: ${what} looks like a generated secret. ${MOUNT} If it is none, all is well.`)]
      : [];
  if (!published)
    return [warning(`build-args: ${what} holds ${held}; whoever has the image may find it in its history. ${MOUNT}`)];
  const mistake = {
    where: 'build-args',
    what: `${what} holds ${held}, and provenance of mode "max" publishes every build argument with the image`,
    wayOut: `${MOUNT} (provenance: mode=min would leave it out there, not in the history of the image.)`,
  };
  return [{ warnings: [], mistake }];
}

const MOUNT = 'Give it as a build secret: "secrets", and RUN --mount=type=secret,id=… in the Dockerfile.';

function judgeText(where: string, what: string, value: string, secrets: readonly KnownSecret[]): Settleable[] {
  const held = whatIsHeld(value, '', secrets);
  if (held === undefined) return [];
  const mistake = { where, what: `${what} holds ${held}, and everybody who has the image can read it`, wayOut: 'Take it out.' };
  return [{ warnings: [], mistake }];
}

/** What of a secret a text holds, in words without the value; `name` is what the text is called. */
export function whatIsHeld(text: string, name: string, secrets: readonly KnownSecret[]): string | undefined {
  const secret = secrets.find(({ value }) => holds(text, value));
  if (secret !== undefined) return `the value of ${secret.name}`;
  return tokenShape(text, name);
}

function holds(text: string, secret: string): boolean {
  const value = secret.trim();
  if (value.length < SHORTEST || COMMON.test(value)) return false;
  if (text.trim() === value) return true;
  if (value.length < LONG_ENOUGH) return false;
  const lines = value.split(/\r?\n/).map(line => line.trim());
  const parts = [value, ...lines.filter(line => line.length >= LONG_LINE)];
  return parts.some(part => spellings(part).some(spelling => text.includes(spelling)));
}

/** As it is, as part of an address, and as base64. */
function spellings(text: string): readonly string[] {
  const bytes = String.fromCharCode(...new TextEncoder().encode(text.slice(0, 10_000)));
  const base64 = btoa(bytes).replace(/=+$/, '');
  return [text, encodeURIComponent(text.toWellFormed()), base64.slice(0, -1)];
}

/** What a run says in public anyway. */
export function openValues(event: Event, { version, tags }: Pick<Naming, 'version' | 'tags'>): readonly string[] {
  const [owner = '', repository = ''] = event.repository.split('/');
  const branch = event.ref.replace(/^refs\/(?:heads|tags)\//, '');
  const commits = [event.sha, event.headSha, event.pullRequest?.headSha].flatMap(sha =>
    sha === undefined ? [] : [sha, sha.slice(0, 7)],
  );
  const names = [
    event.repository,
    owner,
    repository,
    event.ref,
    branch,
    event.actor,
    event.defaultBranch,
    event.serverUrl,
    event.apiUrl,
  ];
  const numbers = [event.runId, event.runNumber, version, ...tags.map(({ name }) => name)];
  return [...commits, ...names, ...numbers].filter((value): value is string => value !== undefined && value !== '');
}

function isOpen(value: string, open: readonly string[]): boolean {
  return open.some(known => known.toLowerCase() === value.toLowerCase());
}

function warning(line: string): Settleable {
  return { warnings: [line] };
}

/** Addresses and hosts: arguments of buildx, and most of them in the provenance. */
function judgePlaces({ context, file = '', buildContexts, addHosts, secrets }: ExposureOrder): Settleable[] {
  const places: readonly (readonly [where: string, text: string])[] = [
    ['context', context],
    ['file', file],
    ...buildContexts.map(entry => ['build-contexts', entry] as const),
    ...addHosts.map(entry => ['add-hosts', entry] as const),
  ];
  return places.flatMap(([where, text]) => {
    const held = whatIsHeld(text, '', secrets);
    if (held === undefined) return [];
    const name =
      text.includes('=') && where !== 'context' && where !== 'file' ? ` "${shorten(text.split('=', 1)[0] ?? '')}"` : '';
    const what = `the value${name} holds ${held}, and everybody can read it in the list of processes, and an address in the provenance`;
    const wayOut =
      'Take it out: a private repository takes secrets: GIT_AUTH_TOKEN.<host>=…, and a file that wants a login is fetched before this step.';
    return [{ warnings: [], mistake: { where, what, wayOut } }];
  });
}

/** An annotation stands at several levels. */
function once(found: readonly Settleable[]): Settleable[] {
  const known = new Map(found.map(one => [one.mistake?.what ?? one.warnings.join('\n'), one]));
  return [...known.values()];
}
