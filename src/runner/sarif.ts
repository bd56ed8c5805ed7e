// Report -> a SARIF file, and its upload to GitHub's code scanning; whatever goes wrong is one line and decides nothing.

import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Event } from '../plan/event.ts';
import type { Plan } from '../plan/plan.ts';
import { LOCK_FILES, type LockFiles } from '../report/lock-lines.ts';
import type { Report } from '../report/report.ts';
import { renderSarif, type Sarif, type SarifOptions } from '../report/sarif.ts';
import { dockerfile, inRepository } from '../report/sarif-location.ts';
import { describeRefusal, isFeatureOff } from './github-errors.ts';
import type { GitHub } from './github.ts';

/** GitHub refuses more than 10 MB, compressed. */
const COMPRESSED_LIMIT = 10_000_000;
/** Results are of about one size: the second round fits, nearly always. */
const ROUNDS = 8;
/** Larger lock files are not looked at. Bytes, each and together. */
const LOCK_FILE_LIMIT = 5_000_000;
const LOCK_FILES_LIMIT = 20_000_000;
/** Processing takes seconds to minutes: so long is waited for its answer. Milliseconds. */
const POLLS = [250, 750, 1_500, 2_500];

export interface SarifOrder {
  readonly report: Report;
  /** Where the file is written. */
  readonly file: string;
  /** GITHUB_WORKSPACE, where the repository is checked out. */
  readonly workspace: string;
  readonly github: Pick<GitHub, 'uploadSarif' | 'sarifState'>;
  readonly info: (line: string) => void;
  /** Called once for the file and once for the upload at most. */
  readonly warn: (line: string) => void;
  /** Resolves after so many milliseconds; a test does not wait. */
  readonly wait?: (milliseconds: number) => Promise<void>;
}

/**
 * Writes the file when findings were judged, and uploads it when the plan says so. Returns the path, empty without a file. Never throws; takes
 * seconds, and under a minute when GitHub does not answer.
 */
export async function tellCodeScanning(order: SarifOrder): Promise<string> {
  const { plan } = order.report.record;
  if (plan === undefined) return '';
  try {
    const lockFiles = await readLockFiles(plan, order.workspace);
    const options = { lockFiles, workspace: order.workspace };
    const made = await fitted(order.report, { ...options, purpose: 'file' });
    if (made === undefined) return '';
    await mkdir(path.dirname(order.file), { recursive: true });
    await writeFile(order.file, made.sarif.text);
    const lost = [
      ...(made.sarif.dropped > 0 ? [`${made.sarif.dropped} results, the least severe`] : []),
      ...(made.sarif.unseen.length > 0 ? [`the platforms ${made.sarif.unseen.join(', ')}`] : []),
    ];
    if (lost.length > 0)
      order.warn(`GitHub limits what a SARIF file may hold: left out are ${lost.join(', and ')}; the report has all`);
    if (plan.sarif)
      await upload(order, plan, made.sarif.platforms, () => fitted(order.report, { ...options, purpose: 'upload' }));
    return order.file;
  } catch (error) {
    order.warn(`no SARIF file: ${error instanceof Error ? error.message : String(error)}`);
    return '';
  }
}

interface Fitted {
  readonly sarif: Sarif;
  readonly compressed: Buffer;
}

/** The file, with as many results as GitHub takes. */
export async function fitted(report: Report, options: SarifOptions, limit = COMPRESSED_LIMIT): Promise<Fitted | undefined> {
  let most = options.most;
  for (let round = 1; ; round++) {
    const sarif = renderSarif(report, most === undefined ? options : { ...options, most });
    if (sarif === undefined) return undefined;
    const compressed = await promisify(gzip)(sarif.text);
    if (compressed.length <= limit || sarif.results === 0 || round >= ROUNDS) return { sarif, compressed };
    // Results of the fullest run, no more than all.
    const before = Math.min(most ?? Infinity, sarif.results);
    most = Math.floor((before * limit * 0.8) / compressed.length);
  }
}

async function upload(
  order: SarifOrder,
  plan: Plan,
  platforms: readonly string[],
  make: () => Promise<Fitted | undefined>,
): Promise<void> {
  const { event, startedAt } = order.report.record;
  if (platforms.length === 0) {
    order.info('Code scanning: nothing is uploaded, because no scan was accepted; its alerts stay as they are.');
    return;
  }
  try {
    const made = await make();
    if (made === undefined) return;
    const sarif = made.compressed.toString('base64');
    const id = await order.github.uploadSarif({ ...placeOf(event), sarif, startedAt });
    await follow(order, id, `${made.sarif.results} results of ${platforms.join(', ')}`);
  } catch (error) {
    const line = refusal(error);
    // Where nobody asked for it, a repository without the feature is no reason for a warning in every run.
    const asked = plan.decisions.find(decision => decision.name === 'sarif')?.asked;
    if (isFeatureOff(error) && asked === 'auto') order.info(line);
    else order.warn(line);
  }
}

/** What GitHub made of the upload in the time that the job has for it, told in one line. */
async function follow({ github, info, warn, wait = sleep }: SarifOrder, id: string, what: string): Promise<void> {
  for (const milliseconds of POLLS) {
    await wait(milliseconds);
    // The file has arrived: no answer now is no reason to worry anybody.
    const state = await github.sarifState(id).catch(() => undefined);
    if (state === undefined) break;
    if (state.status === 'pending') continue;
    const why = state.errors.join('; ').replaceAll(/\s+/g, ' ').slice(0, 500);
    if (state.status === 'failed') warn(`${NOTHING}: GitHub could not process it${why === '' ? '' : `: ${why}`}`);
    else info(`Code scanning: ${what} are in.`);
    return;
  }
  info(`Code scanning: ${what} are uploaded; GitHub is still processing them (${id}).`);
}

/** The findings of a pull request's code never belong to the branch that a privileged event runs on. */
export function placeOf(event: Event): { readonly ref: string; readonly sha: string } {
  const { pullRequest } = event;
  if (event.name === 'pull_request_target' && pullRequest !== undefined && pullRequest.headSha !== '')
    return { ref: `refs/pull/${pullRequest.number}/head`, sha: pullRequest.headSha };
  return { ref: event.ref, sha: event.sha };
}

const NOTHING = 'nothing in code scanning (the output "sarif" has the file)';

function refusal(error: unknown): string {
  if (isFeatureOff(error))
    return `${NOTHING}: the repository has no code scanning, which private ones get with GitHub Code Security; "sarif: false" leaves the upload out`;
  return describeRefusal(error, NOTHING, 'security-events: write');
}

/** Lock files beside the context, the Dockerfile and at the root, as they are checked out; links are not followed, as GitHub does not show them. */
export async function readLockFiles(plan: Plan, workspace: string): Promise<LockFiles> {
  const file = dockerfile(plan, workspace);
  const context = inRepository(plan.build.context, workspace);
  // A context elsewhere has its lock files elsewhere.
  if (workspace === '' || file === undefined) return {};
  const directories = new Set([context ?? '', path.posix.dirname(file).replace(/^\.$/, ''), '']);
  const found: Record<string, string> = {};
  let left = LOCK_FILES_LIMIT;
  for (const directory of directories)
    for (const name of LOCK_FILES) {
      const relative = directory === '' ? name : `${directory}/${name}`;
      const text = await readRegular(path.join(workspace, relative), Math.min(left, LOCK_FILE_LIMIT));
      if (text === undefined) continue;
      found[relative] = text;
      left -= text.length;
    }
  return found;
}

async function readRegular(file: string, limit: number): Promise<string | undefined> {
  try {
    const found = await lstat(file);
    return found.isFile() && found.size <= limit ? await readFile(file, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
}
