// A build that waits for nothing but a cache, or for a daemon that is wedged -> ended after a while, with the reason.

import { ToolError } from '../errors.ts';
import { inSeconds } from './cache-answers.ts';
import type { CacheWatch } from './cache-progress.ts';

/** The build was ended by us because it stood still. */
export class StoodStill extends ToolError {
  /** What it waited for, and how long, in words that follow "it". */
  readonly reason: string;

  constructor(reason: string) {
    super(`The build ${reason}.`, {
      tool: 'docker buildx build',
      hint:
        'A cache that takes connections and never answers stops the whole BuildKit daemon, for every later build on it. Leave that cache out (cache: off), ' +
        'or restart the daemon (docker buildx stop, or the engine) before the next build.',
    });
    this.reason = reason;
  }
}

export interface Guard {
  /** Ends the build when aborted: the run was cancelled, or it stands still. */
  readonly signal: AbortSignal;
  readonly stop: () => void;
  /** Throws StoodStill when that is why the build ended. */
  readonly check: () => void;
}

/** `limit`: milliseconds without a word. A command that is silent, a base image that is pulled, a registry that is asked for one: none of these is a standstill. */
export function guardBuild(watch: CacheWatch, limit: number, signal?: AbortSignal): Guard {
  const end = new AbortController();
  let reason: string | undefined;
  const timer = setInterval(
    () => {
      const waiting = watch.standstill(limit);
      if (waiting === undefined || reason !== undefined) return;
      reason = `stood still for ${inSeconds(limit)} at "${waiting}"`;
      end.abort();
    },
    Math.max(20, Math.min(1_000, limit / 4)),
  );
  return {
    signal: signal === undefined ? end.signal : AbortSignal.any([signal, end.signal]),
    stop: () => clearInterval(timer),
    check: () => {
      if (reason !== undefined) throw new StoodStill(reason);
    },
  };
}
