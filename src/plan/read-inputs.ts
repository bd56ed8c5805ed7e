// What the user typed -> Inputs, or one error that tells every mistake at once.

import { mergeBaked, tellOfTarget, withBaked } from './apply-bake.ts';
import type { Baked } from './bake-inputs.ts';
import { findContradictions } from './contradictions.ts';
import {
  readBoolean,
  readChoice,
  readChoices,
  readDuration,
  readReferences,
  readRegistry,
  readSeverities,
  readText,
} from './input-values.ts';
import type { Source } from './input-values.ts';
import { INPUT_NAMES } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistake, Mistakes } from './mistakes.ts';
import { explainForeignInput, MOVED_INPUTS } from './moving-over.ts';
import { didYouMean } from './nearest.ts';
import type { Mode } from './plan.ts';
import { shorten, splitReference } from './reference.ts';
import type { PolicyLocation } from './policy.ts';
import { parsePolicyLocation } from './policy-origin.ts';
import { readBuild } from './read-build.ts';
import { readNaming } from './read-naming.ts';
import type { Environment } from './read-naming.ts';

const MODES: readonly Mode[] = ['ship', 'plan'];
/** The most: a timer of Node.js takes no more than 24 days, and no job of GitHub's own runners lasts longer than six hours. */
const SCAN_TIMEOUT = { least: '1s', most: '24h', otherwise: 15 * 60 } as const;
const MAX_DB_AGE = { least: '1m', most: '3650d', otherwise: 48 * 3600 } as const;
const LONGEST_INPUT = 128 * 1024;
/** The way out of a mistake in an input that has none of its own. */
export const INPUTS_HINT = 'Every input is described in action.yml and in the README; nothing was run.';
/** What the runner calls the machine (RUNNER_ARCH). */
const MACHINES: ReadonlyMap<string, string> = new Map([
  ['X64', 'amd64'],
  ['X86', '386'],
  ['ARM64', 'arm64'],
  ['ARM', 'arm'],
]);

/**
 * Reads every input once. `get` answers the raw text of an input ('' when it was left out); `present` are the names of the INPUT_* variables, so
 * that an input that does not exist is a mistake too; `env` holds the switches that docker/metadata-action reads from the environment, and RUNNER_ARCH. Throws one UserError with all mistakes; secrets are never in it.
 */
export function readInputs(get: (name: string) => string, present: readonly string[] = [], env: Environment = {}): Inputs {
  const { inputs, refused } = tryInputs(get, present, env);
  refuseInputs(refused);
  return inputs;
}

/** Throws the one UserError, when there is anything to refuse. */
export function refuseInputs(refused: readonly Mistake[]): void {
  collectMistakes(INPUT_NAMES, refused).check('the inputs', INPUTS_HINT);
}

/** What could be read, with defaults for what could not. */
export interface InputReading {
  readonly inputs: Inputs;
  /** What could not; makePlan() adds what shows only there, and throws all of it. */
  readonly refused: readonly Mistake[];
  /** Reads the same once more, filled in from a bake target. */
  readonly fillIn?: (baked: Baked) => InputReading;
  /** The text of an input as typed. */
  readonly typed?: (name: string) => string;
}

/** As readInputs(), but hands the mistakes over. */
export function tryInputs(
  get: (name: string) => string,
  present: readonly string[],
  env: Environment,
  baked?: Baked,
): InputReading {
  const mistakes = tellOfTarget(collectMistakes(INPUT_NAMES), baked);
  const warnings: string[] = [];
  const machine = MACHINES.get((env['RUNNER_ARCH'] ?? '').toUpperCase());
  const source: Source = { get: withBaked(name => limited(name, get(name), mistakes), baked), mistakes, warnings, machine };
  for (const { name, what } of checkInputNames(present)) mistakes.add(name, what);
  const mode = readChoice(source, 'mode', MODES) ?? 'ship';
  const read: Inputs = {
    mode,
    ...readNaming(source, { mode, env }, warnings),
    ...readBuild(source, env, warnings),
    ...readSigning(source),
    ...readPolicyInputs(source),
    ...readTools(source),
    ...readAccount(source, warnings),
    comment: readChoice(source, 'comment', ['auto', 'always', 'never']) ?? 'auto',
    status: readBoolean(source, 'status') ?? true,
    sarif: readChoice(source, 'sarif', ['auto', 'true', 'false']) ?? 'auto',
    warnings,
  };
  if (mistakes.found.length === 0) warnings.push(...findContradictions(read, name => get(name).trim() !== ''));
  const inputs = mergeBaked(read, baked, mistakes);
  return { inputs, refused: mistakes.found, typed: get, fillIn: target => tryInputs(get, present, env, target) };
}

/** Linux hands no variable over 128 KiB to a process: a longer text can only be an accident, and would take long to read. */
function limited(name: string, text: string, mistakes: Mistakes): string {
  if (text.length <= LONGEST_INPUT) return text;
  mistakes.add(name, `is longer than ${LONGEST_INPUT / 1024} KiB`);
  return '';
}

/**
 * What is wrong with each INPUT_* name (with or without that prefix) that action.yml does not know. The runner hands over whatever was typed and
 * only warns; it writes names in capitals and with "_" for a blank, so that a variable of another form cannot be an input and is left alone. A
 * composite action around this step hands none of its own inputs down (actions/runner; nektos/act takes them out), `env:` and GITHUB_ENV may.
 */
export function checkInputNames(names: readonly string[]): { readonly name: string; readonly what: string }[] {
  return names
    .map(name => name.replace(/^INPUT_/, ''))
    .filter(name => name !== '' && name === name.toUpperCase() && !name.includes(' '))
    .map(name => name.toLowerCase())
    .filter(name => !(INPUT_NAMES as readonly string[]).includes(name))
    .map(name => ({ name: shorten(name), what: explainUnknown(name) }));
}

function explainUnknown(name: string): string {
  const foreign = explainForeignInput(name);
  if (foreign !== undefined) return `is no input here; ${foreign}`;
  const later = MOVED_INPUTS.find(row => row.input === name);
  if (later !== undefined) return `is an input of ${later.action} that this version does not have; take it out`;
  const guess = didYouMean(name, INPUT_NAMES);
  if (guess !== '') return `is no input${guess}`;
  return `is no input; take it out of "with:" (if it is not there, something sets the variable INPUT_${shorten(name.toUpperCase())}: "env:", GITHUB_ENV or an action that starts this one)`;
}

type SigningInputs = Pick<Inputs, 'sign' | 'cosignKey' | 'cosignPassword' | 'signingConfig' | 'trustedRoot'>;

function readSigning(source: Source): SigningInputs {
  return {
    sign: readChoice(source, 'sign', ['auto', 'keyless', 'key', 'off']) ?? 'auto',
    cosignKey: readText(source, 'cosign-key'),
    cosignPassword: readText(source, 'cosign-password'),
    signingConfig: readText(source, 'signing-config'),
    trustedRoot: readText(source, 'trusted-root'),
  };
}

type PolicyInputs = Pick<
  Inputs,
  | 'policy'
  | 'policyRef'
  | 'allowUntrustedCheckout'
  | 'severity'
  | 'ignoreUnfixed'
  | 'gate'
  | 'onScanError'
  | 'allowUnrecognised'
  | 'scanners'
>;

function readPolicyInputs(source: Source): PolicyInputs {
  return {
    policy: readPolicyLocation(source),
    policyRef: readChoice(source, 'policy-ref', ['auto', 'base', 'head']) ?? 'auto',
    allowUntrustedCheckout: readBoolean(source, 'allow-untrusted-checkout') ?? false,
    severity: readSeverities(source, 'severity'),
    ignoreUnfixed: readBoolean(source, 'ignore-unfixed'),
    gate: readChoice(source, 'gate', ['enforce', 'warn', 'off']),
    onScanError: readChoice(source, 'on-scan-error', ['fail', 'warn']),
    allowUnrecognised: readBoolean(source, 'allow-unrecognised'),
    scanners: readChoices(source, 'scanners', ['vuln', 'secret'], ['misconfig', 'license']),
  };
}

function readPolicyLocation(source: Source): PolicyLocation | undefined {
  const text = readText(source, 'policy');
  const location = text === undefined ? undefined : parsePolicyLocation(text);
  if (typeof location !== 'string') return location;
  source.mistakes.add('policy', location);
  return undefined;
}

type ToolInputs = Pick<
  Inputs,
  'scanTimeout' | 'trivyVersion' | 'trivyPath' | 'cosignVersion' | 'cosignPath' | 'dbRepository' | 'maxDbAge'
>;

function readTools(source: Source): ToolInputs {
  return {
    scanTimeout: readDuration(source, 'scan-timeout', SCAN_TIMEOUT),
    trivyVersion: readVersion(source, 'trivy-version'),
    trivyPath: readText(source, 'trivy-path'),
    cosignVersion: readVersion(source, 'cosign-version'),
    cosignPath: readText(source, 'cosign-path'),
    dbRepository: readReferences(source, 'db-repository').map(withoutTag),
    maxDbAge: readDuration(source, 'max-db-age', MAX_DB_AGE),
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
      `"${shorten(text)}" is not an exact version such as 1.2.3; leave it out for the pinned one (the hash of "latest" could not be known)`,
    );
  return version;
}

/** A digest says everything: the tag beside it is left out. */
function withoutTag(reference: string): string {
  const { name, digest } = splitReference(reference);
  return digest === undefined ? reference : `${name}@${digest}`;
}

type Account = Pick<Inputs, 'registry' | 'username' | 'password' | 'githubToken'>;

function readAccount(source: Source, warnings: string[]): Account {
  const account = { registry: readRegistry(source, 'registry'), githubToken: readText(source, 'github-token') ?? '' };
  const [username, password] = [readText(source, 'username'), readText(source, 'password')];
  const empty = [username === undefined ? ['username'] : [], password === undefined ? ['password'] : []].flat();
  if (empty.length === 0) return { ...account, username, password };
  // A secret is empty on runs of forks and Dependabot: they must still build and scan.
  if (empty.length === 1 || account.registry !== undefined)
    warnings.push(
      `${empty.join(', ')}: ${empty.length === 1 ? 'is' : 'are'} empty, so the run does not log in${account.registry === undefined ? '' : ` to ${account.registry}`} (secrets are empty on runs of forks and Dependabot); earlier logins of the job are used`,
    );
  return { ...account, username: undefined, password: undefined };
}
