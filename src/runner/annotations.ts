// Remarks on the Dockerfile -> warnings at file and line, within what GitHub shows of a step.

import type { BuildNote } from '../build/build.ts';
import { ranked } from '../report/build-words.ts';
import type { Log } from './log.ts';

/** GitHub keeps the first ten warnings of a step and drops the rest without a word. */
const LIMIT = 10;

/** True unless the variable that docker/build-push-action has for it turns the annotations off. */
export function wantsAnnotations(env: Readonly<Record<string, string | undefined>>): boolean {
  return !/^(false|0|f|no|off)$/i.test((env['DOCKER_BUILD_CHECKS_ANNOTATIONS'] ?? '').trim());
}

/**
 * Warns of each remark at its place, most important first, as long as there is room; `said`: warnings that the step gave already. What is left out is counted in a
 * line. One without a file is no annotation: nobody could find it.
 */
export function annotate(notes: readonly BuildNote[], log: Pick<Log, 'warnAt' | 'info'>, said: number): void {
  const placed = ranked(notes).filter(note => note.file !== undefined);
  const shown = placed.slice(0, Math.max(0, LIMIT - said));
  for (const { file = '', line, endLine, rule, url, message } of shown) {
    const place = { file, ...(line !== undefined && { line }), ...(endLine !== undefined && { endLine }) };
    log.warnAt(place, url === undefined ? message : `${message}\n${url}`, rule);
  }
  const left = placed.length - shown.length;
  if (left > 0)
    log.info(`${left} more remark(s) on the Dockerfile: GitHub shows ${LIMIT} warnings of a step, the summary has them all.`);
}
