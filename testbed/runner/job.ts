/** What steps of one job share: home, temporary files, tools, and the mark by which the runner finds what they left running. */
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export interface Job {
  readonly directory: string;
  readonly home: string;
  /** RUNNER_TEMP */
  readonly temporary: string;
  /** RUNNER_TOOL_CACHE */
  readonly toolCache: string;
  readonly trackingId: string;
  /** Programs of this job that still run. */
  orphans(): readonly Orphan[];
  /** The end of the job, as the runner does it: kills what is left and removes the directories. */
  remove(): void;
}

export interface Orphan {
  readonly pid: number;
  readonly command: string;
}

/** Linux tells every process's environment; the runner finds its orphans in the same way. */
function processesWith(mark: string): Orphan[] {
  const found: Orphan[] = [];
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      if (!readFileSync(`/proc/${entry}/environ`, 'utf8').split('\0').includes(mark)) continue;
      const command = readFileSync(`/proc/${entry}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
      if (command !== '') found.push({ pid: Number(entry), command });
    } catch {
      // gone in the meantime, or somebody else's
    }
  }
  return found;
}

/** Starts a job: fresh, empty directories. */
export function startJob(): Job {
  const directory = mkdtempSync(path.join(tmpdir(), 'job-'));
  const [home = '', temporary = '', toolCache = ''] = ['home', 'temp', 'tools'].map(name => path.join(directory, name));
  for (const made of [home, temporary, toolCache]) mkdirSync(made);
  const trackingId = `github_${randomUUID()}`;
  const orphans = (): Orphan[] => processesWith(`RUNNER_TRACKING_ID=${trackingId}`);
  const remove = (): void => {
    for (const { pid } of orphans()) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // it ended by itself
      }
    }
    rmSync(directory, { recursive: true, force: true });
  };
  return { directory, home, temporary, toolCache, trackingId, orphans, remove };
}
