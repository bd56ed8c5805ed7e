// What the user typed -> Inputs, or one error that tells every mistake at once.

import { parseReferences, looksLikeReference, readImages } from './image-inputs.ts';
import {
  readBoolean,
  readChoice,
  readChoices,
  readDuration,
  readList,
  readPlatforms,
  readSeverities,
  readText,
} from './input-values.ts';
import type { Source } from './input-values.ts';
import { INPUT_NAMES } from './inputs.ts';
import type { Flavor, Inputs, TagRule } from './inputs.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import { didYouMean } from './nearest.ts';
import { shorten } from './reference.ts';
import type { Reference } from './reference.ts';
import { DEFAULT_RULES, parseFlavor, parseTagRule, unknownAttributes } from './tag-rules.ts';

export const DEFAULTS = { scanTimeout: '15m', maxDbAge: '48h' } as const;
const LONGEST_INPUT = 128 * 1024;
const HINT = 'Every input is described in action.yml and in the README; nothing was run.';

/**
 * Reads every input once. `get` answers the raw text of an input ('' when it was left out); `present` are the names of the INPUT_* variables, so
 * that an input that does not exist is a mistake too. Throws one UserError with all mistakes; secrets are never in it.
 */
export function readInputs(get: (name: string) => string, present: readonly string[] = []): Inputs {
  const mistakes = collectMistakes();
  const source: Source = { get: name => limited(name, get(name), mistakes), mistakes };
  for (const mistake of checkInputNames(present)) source.mistakes.add('inputs', mistake);
  const warnings: string[] = [];
  const inputs: Inputs = {
    ...readNaming(source, warnings),
    ...readBuild(source),
    ...readSigning(source),
    ...readPolicyInputs(source),
    ...readTools(source),
    ...readAccount(source, warnings),
    comment: readChoice(source, 'comment', ['auto', 'always', 'never']) ?? 'auto',
    status: readBoolean(source, 'status') ?? true,
    warnings,
  };
  source.mistakes.check('the inputs', HINT);
  return inputs;
}

/** Linux hands no variable over 128 KiB to a process: a longer text can only be an accident, and would take long to read. */
function limited(name: string, text: string, mistakes: Mistakes): string {
  if (text.length <= LONGEST_INPUT) return text;
  const message = `is longer than ${LONGEST_INPUT / 1024} KiB`;
  if (!mistakes.lines.includes(`${name}: ${message}`)) mistakes.add(name, message);
  return '';
}

/** One sentence for each INPUT_* name (with or without that prefix) that action.yml does not know. */
export function checkInputNames(names: readonly string[]): string[] {
  return names
    .map(name => name.replace(/^INPUT_/i, '').toLowerCase())
    .filter(name => !(INPUT_NAMES as readonly string[]).includes(name))
    .map(name => `there is no input "${shorten(name)}"${didYouMean(name, INPUT_NAMES)}`);
}

type Naming = Pick<Inputs, 'images' | 'tags' | 'references' | 'flavor' | 'labels' | 'annotations'>;

function readNaming(source: Source, warnings: string[]): Naming {
  const images = readImages(source);
  const imagesTyped = readText(source, 'images') !== undefined;
  return {
    images,
    ...readTags(source, imagesTyped, warnings),
    flavor: readFlavor(source),
    labels: readPairs(source, 'labels', warnings),
    annotations: readPairs(source, 'annotations', warnings),
  };
}

function readTags(
  source: Source,
  imagesTyped: boolean,
  warnings: string[],
): { tags: readonly TagRule[]; references: readonly Reference[] } {
  const entries = readList(source, 'tags', { commas: false, comments: true });
  const plain = imagesTyped ? [] : entries.filter(looksLikeReference);
  const ruleTexts = entries.filter(entry => !plain.includes(entry));
  const references = parseReferences(source, plain);
  if (plain.length > 0 && ruleTexts.length > 0)
    source.mistakes.add(
      'tags',
      `full references ("${shorten(plain[0] ?? '')}") and rules ("${shorten(ruleTexts[0] ?? '')}") cannot be mixed: put the names into "images" and only rules into "tags"`,
    );
  const tags: TagRule[] = [];
  for (const text of entries.length === 0 ? DEFAULT_RULES : ruleTexts) {
    const rule = parseTagRule(text);
    if (typeof rule === 'string') source.mistakes.add('tags', rule);
    else tags.push(rule);
  }
  for (const rule of tags)
    for (const attribute of unknownAttributes(rule))
      warnings.push(`tags: type=${rule.type} does not know the attribute ${attribute}; it is ignored in "${shorten(rule.text)}"`);
  return { tags, references };
}

function readFlavor(source: Source): Flavor {
  const lines = readList(source, 'flavor', { commas: false, comments: true });
  const flavor = parseFlavor(lines);
  if (typeof flavor !== 'string') return flavor;
  source.mistakes.add('flavor', flavor);
  return { latest: 'auto', prefix: '', prefixLatest: false, suffix: '', suffixLatest: false };
}

/** `key=value` lines. One without `=` is dropped, as the peer does, with a warning. */
function readPairs(source: Source, name: string, warnings: string[]): readonly string[] {
  const entries = readList(source, name, { commas: false, comments: true });
  for (const entry of entries) {
    if (!entry.includes('=')) warnings.push(`${name}: "${shorten(entry)}" has no "=" and is ignored; write key=value`);
    else if (entry.startsWith('=')) source.mistakes.add(name, `"${shorten(entry)}" has no key before the "="`);
  }
  return entries.filter(entry => entry.includes('='));
}

type BuildInputs = Pick<
  Inputs,
  | 'platforms'
  | 'context'
  | 'file'
  | 'target'
  | 'buildArgs'
  | 'provenance'
  | 'noCache'
  | 'pull'
  | 'builder'
  | 'builderImage'
  | 'push'
>;

function readBuild(source: Source): BuildInputs {
  const context = readText(source, 'context') ?? '.';
  if (/^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/i.test(context) || context.includes('{{'))
    source.mistakes.add(
      'context',
      'a Git or URL context is not supported yet: check the repository out (actions/checkout) and give a path, default "."',
    );
  if (context === '-') source.mistakes.add('context', '"-" (standard input) cannot be used: give a directory');
  const buildArgs = readList(source, 'build-args', { commas: false, comments: false });
  if (buildArgs.some(entry => !/^[^=\s]/.test(entry)))
    source.mistakes.add('build-args', 'an entry has no name before the "="; write NAME=value');
  return {
    platforms: readPlatforms(source, 'platforms'),
    context,
    file: readText(source, 'file'),
    target: readText(source, 'target'),
    buildArgs,
    provenance: readProvenance(source),
    noCache: readBoolean(source, 'no-cache') ?? false,
    pull: readBoolean(source, 'pull') ?? false,
    builder: readText(source, 'builder'),
    builderImage: readText(source, 'builder-image'),
    push: readChoice(source, 'push', ['auto', 'true', 'false']) ?? 'auto',
  };
}

const PROVENANCE_KEYS = ['mode', 'builder-id', 'inline-only', 'reproducible', 'filename', 'version'];

/** `true`, `false`, `min`, `max` or buildx's attributes. */
function readProvenance(source: Source): string | undefined {
  const text = readText(source, 'provenance');
  if (text === undefined) return undefined;
  if (/^(?:true|false)$/i.test(text)) return text.toLowerCase();
  if (text === 'min' || text === 'max') return `mode=${text}`;
  for (const field of text.split(',')) {
    const [key = '', value] = field.split('=').map(part => part.trim());
    if (value === undefined || !PROVENANCE_KEYS.includes(key) || (key === 'mode' && !['min', 'max'].includes(value))) {
      source.mistakes.add(
        'provenance',
        `"${shorten(text)}" is not true, false, mode=min, mode=max or attributes of ${PROVENANCE_KEYS.join(', ')}${didYouMean(key, PROVENANCE_KEYS)}`,
      );
      return undefined;
    }
  }
  return text;
}

type SigningInputs = Pick<Inputs, 'sign' | 'cosignKey' | 'cosignPassword' | 'signingConfig' | 'trustedRoot'>;

function readSigning(source: Source): SigningInputs {
  return {
    sign: readChoice(source, 'sign', ['auto', 'keyless', 'key', 'off']) ?? 'auto',
    cosignKey: readText(source, 'cosign-key'),
    cosignPassword: source.get('cosign-password') === '' ? undefined : source.get('cosign-password'),
    signingConfig: readText(source, 'signing-config'),
    trustedRoot: readText(source, 'trusted-root'),
  };
}

type PolicyInputs = Pick<
  Inputs,
  'policy' | 'severity' | 'ignoreUnfixed' | 'gate' | 'onScanError' | 'allowUnrecognised' | 'scanners'
>;

function readPolicyInputs(source: Source): PolicyInputs {
  return {
    policy: readText(source, 'policy'),
    severity: readSeverities(source, 'severity'),
    ignoreUnfixed: readBoolean(source, 'ignore-unfixed'),
    gate: readChoice(source, 'gate', ['enforce', 'warn', 'off']),
    onScanError: readChoice(source, 'on-scan-error', ['fail', 'warn']),
    allowUnrecognised: readBoolean(source, 'allow-unrecognised'),
    scanners: readChoices(source, 'scanners', ['vuln', 'secret'], ['misconfig', 'license']),
  };
}

type ToolInputs = Pick<
  Inputs,
  'scanTimeout' | 'trivyVersion' | 'trivyPath' | 'cosignVersion' | 'cosignPath' | 'dbRepository' | 'maxDbAge'
>;

function readTools(source: Source): ToolInputs {
  return {
    scanTimeout: readDuration(source, 'scan-timeout', 15 * 60),
    trivyVersion: readVersion(source, 'trivy-version'),
    trivyPath: readText(source, 'trivy-path'),
    cosignVersion: readVersion(source, 'cosign-version'),
    cosignPath: readText(source, 'cosign-path'),
    dbRepository: readList(source, 'db-repository', { commas: true, comments: true }),
    maxDbAge: readDuration(source, 'max-db-age', 48 * 3600),
  };
}

/** `0.74.0`; never `latest`: a tool is only run when its hash is known beforehand. */
function readVersion(source: Source, name: string): string | undefined {
  const text = readText(source, name);
  if (text === undefined) return undefined;
  const version = /^v?(\d+\.\d+\.\d+)$/.exec(text)?.[1];
  if (version === undefined)
    source.mistakes.add(
      name,
      `"${shorten(text)}" is not an exact version such as 1.2.3 (never "latest": its hash could not be known)`,
    );
  return version;
}

type Account = Pick<Inputs, 'registry' | 'username' | 'password' | 'githubToken'>;

function readAccount(source: Source, warnings: string[]): Account {
  const account = { registry: readText(source, 'registry'), githubToken: readText(source, 'github-token') ?? '' };
  const [username, password] = [readText(source, 'username'), readText(source, 'password')];
  if ((username === undefined) === (password === undefined)) return { ...account, username, password };
  // A secret is empty on runs of forks and Dependabot: they must still build and scan.
  const missing = username === undefined ? 'username' : 'password';
  warnings.push(`${missing}: is empty, so the run does not log in (secrets are empty on runs of forks and Dependabot)`);
  return { ...account, username: undefined, password: undefined };
}
