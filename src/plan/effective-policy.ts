// Policy file + inputs + defaults -> the one policy that the gate applies; an input may be stricter than the file, not looser (rules 2).

import type { Inputs } from './inputs.ts';
import { collectMistakes } from './mistakes.ts';
import type { Mistakes } from './mistakes.ts';
import type { Policy, PolicyFile, Scanner } from './policy.ts';
import { SEVERITIES } from './severity.ts';
import type { Severity } from './severity.ts';

export type PolicyInputs = Pick<
  Inputs,
  'severity' | 'ignoreUnfixed' | 'gate' | 'onScanError' | 'allowUnrecognised' | 'scanners' | 'images' | 'references'
>;

const DEFAULT_BLOCK: readonly Severity[] = ['HIGH', 'CRITICAL'];
const DEFAULT_SCANNERS: readonly Scanner[] = ['vuln', 'secret'];

/**
 * What each input sets, and its order: `looser(input, policy)` is true when the input would let something pass that the policy stops.
 * Sets are looser when something is missing from them; words are looser to the right.
 */
interface Setting<T> {
  readonly input: string;
  readonly fallback: T;
  readonly looser: (typed: T, policy: T) => boolean;
}

const SETTINGS = {
  severity: setting<readonly Severity[]>('severity', DEFAULT_BLOCK, lacks),
  ignoreUnfixed: setting<boolean>('ignore-unfixed', false, laterOf([false, true])),
  gate: setting<Policy['gate']>('gate', 'enforce', laterOf<Policy['gate']>(['enforce', 'warn', 'off'])),
  onScanError: setting<Policy['onScanError']>('on-scan-error', 'fail', laterOf<Policy['onScanError']>(['fail', 'warn'])),
  allowUnrecognised: setting<boolean>('allow-unrecognised', false, laterOf([false, true])),
  scanners: setting<readonly Scanner[]>('scanners', DEFAULT_SCANNERS, lacks),
};

export interface PolicyOrder extends Pick<Policy, 'origin' | 'unread'> {
  readonly file?: PolicyFile;
  readonly inputs: PolicyInputs;
}

function whichFile({ path, commit, uncompared }: PolicyFile): NonNullable<Policy['file']> {
  return { path, commit, ...(uncompared && { uncompared }) };
}

/** Merges. Throws one UserError that names every input that is looser than the file. */
export function effectivePolicy({ file, inputs, ...whereabouts }: PolicyOrder): Policy {
  const mistakes = collectMistakes();
  const sources = new Map<string, string>();
  const merge = <T>(rule: Setting<T>, typed: T | undefined, written: T | undefined, key: string): T =>
    mergeOne({ rule, typed, written, key, file, mistakes, sources });
  const unrecognised = unrecognisedByFile(file, inputs);
  const policy: Policy = {
    block: {
      vuln: merge(SETTINGS.severity, inputs.severity, file?.blockVuln, 'block.vuln'),
      secret: file?.blockSecret ?? SEVERITIES,
    },
    ignoreUnfixed: merge(SETTINGS.ignoreUnfixed, inputs.ignoreUnfixed, file?.ignoreUnfixed, 'ignore-unfixed'),
    exceptions: file?.exceptions ?? [],
    gate: merge(SETTINGS.gate, inputs.gate, file?.gate, 'gate'),
    onScanError: merge(SETTINGS.onScanError, inputs.onScanError, file?.onScanError, 'on-scan-error'),
    allowUnrecognised: merge(SETTINGS.allowUnrecognised, inputs.allowUnrecognised, unrecognised, 'images'),
    scanners: merge(SETTINGS.scanners, inputs.scanners, undefined, 'scanners'),
    sources: Object.fromEntries(
      sources.set('block.secret', file?.blockSecret === undefined ? 'default' : place(file, 'block.secret')),
    ),
    ...(file !== undefined && { file: whichFile(file) }),
    ...whereabouts,
  };
  mistakes.check(
    'the inputs',
    `Change the policy in a reviewed commit, or list the input under "inputs-may-loosen" in ${file?.path ?? 'it'}.`,
  );
  return policy;
}

interface Merge<T> {
  readonly rule: Setting<T>;
  readonly typed: T | undefined;
  readonly written: T | undefined;
  readonly key: string;
  readonly file: PolicyFile | undefined;
  readonly mistakes: Mistakes;
  readonly sources: Map<string, string>;
}

function mergeOne<T>({ rule, typed, written, key, file, mistakes, sources }: Merge<T>): T {
  // As soon as there is a file, a key that it does not set counts as set to the default.
  const policy = written ?? rule.fallback;
  const where = file === undefined || written === undefined ? 'default' : place(file, key);
  if (typed === undefined) {
    sources.set(rule.input, where);
    return policy;
  }
  if (file !== undefined && rule.looser(typed, policy) && !file.inputsMayLoosen.includes(rule.input))
    mistakes.add(
      rule.input,
      `"${show(typed)}" is looser than the policy, which says "${show(policy)}" (${where === 'default' ? `default; ${file.path} sets nothing` : where})`,
    );
  sources.set(rule.input, 'input');
  return typed;
}

/** Only when every image of this step is named: they are one build. */
function unrecognisedByFile(file: PolicyFile | undefined, inputs: PolicyInputs): true | undefined {
  const names = [
    ...inputs.images.filter(image => image.enable).map(image => image.name),
    ...inputs.references.map(reference => reference.image),
  ];
  return file !== undefined && names.length > 0 && names.every(name => file.unrecognised.has(name)) ? true : undefined;
}

function place(file: PolicyFile, key: string): string {
  return `${file.path}:${file.lines.get(key) ?? 1}`;
}

function setting<T>(input: string, fallback: T, looser: (typed: T, policy: T) => boolean): Setting<T> {
  return { input, fallback, looser };
}

function laterOf<T>(strictFirst: readonly T[]): (typed: T, policy: T) => boolean {
  return (typed, policy) => strictFirst.indexOf(typed) > strictFirst.indexOf(policy);
}

function lacks<T>(typed: readonly T[], policy: readonly T[]): boolean {
  return policy.some(item => !typed.includes(item));
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value);
}
