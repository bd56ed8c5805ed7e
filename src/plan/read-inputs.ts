// What the user typed -> Inputs, or one error that tells every mistake at once.

import { readBoolean, readChoice, readChoices, readDuration, readList, readSeverities, readText } from './input-values.ts';
import type { Source } from './input-values.ts';
import { INPUT_NAMES } from './inputs.ts';
import type { Inputs } from './inputs.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import { didYouMean } from './nearest.ts';
import type { Mode } from './plan.ts';
import { shorten } from './reference.ts';
import { readBuild } from './read-build.ts';
import { readNaming } from './read-naming.ts';
import type { Environment } from './read-naming.ts';

const MODES: readonly Mode[] = ['ship', 'plan'];
export const DEFAULTS = { scanTimeout: '15m', maxDbAge: '48h' } as const;
const LONGEST_INPUT = 128 * 1024;
const HINT = 'Every input is described in action.yml and in the README; nothing was run.';

/**
 * Reads every input once. `get` answers the raw text of an input ('' when it was left out); `present` are the names of the INPUT_* variables, so
 * that an input that does not exist is a mistake too; `env` holds the switches that docker/metadata-action reads from the environment. Throws one UserError with all mistakes; secrets are never in it.
 */
export function readInputs(get: (name: string) => string, present: readonly string[] = [], env: Environment = {}): Inputs {
  const mistakes = collectMistakes();
  const source: Source = { get: name => limited(name, get(name), mistakes), mistakes };
  for (const mistake of checkInputNames(present)) source.mistakes.add('inputs', mistake);
  const warnings: string[] = [];
  const mode = readChoice(source, 'mode', MODES) ?? 'ship';
  const inputs: Inputs = {
    mode,
    ...readNaming(source, { mode, env }, warnings),
    ...readBuild(source),
    ...readSigning(source),
    ...readPolicyInputs(source),
    ...readTools(source),
    ...readAccount(source, warnings),
    comment: readChoice(source, 'comment', ['auto', 'always', 'never']) ?? 'auto',
    status: readBoolean(source, 'status') ?? true,
    sarif: readChoice(source, 'sarif', ['auto', 'true', 'false']) ?? 'auto',
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
