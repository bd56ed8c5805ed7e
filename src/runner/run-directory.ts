// RUNNER_TEMP -> a fresh directory that is private to this run.

import { mkdirSync, mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { UserError } from '../errors.ts';

/**
 * Makes the directory below `parent` (RUNNER_TEMP), outside of a runner below the system's own temporary one. The layout (output `bundle`), the report,
 * the SARIF file and the bake definitions stay in it until the runner clears RUNNER_TEMP after the job. Throws UserError.
 */
export function makeRunDirectory(parent: string | undefined): string {
  const isSet = parent !== undefined && parent !== '';
  const place = isSet ? parent : os.tmpdir();
  try {
    mkdirSync(place, { recursive: true });
    return mkdtempSync(path.join(place, 'seaworthy-'));
  } catch (cause) {
    throw new UserError(
      `${isSet ? 'RUNNER_TEMP' : 'The temporary directory'} (${place}) cannot hold the files of this run: ${(cause as Error).message}`,
      {
        hint: 'RUNNER_TEMP must be a directory with room, in which the user of the job may write; the runner sets it, so leave it as it is.',
        cause,
      },
    );
  }
}
