// The input `buildx-version`, or an installed buildx that does not do -> every `docker buildx` goes to a verified program instead.

import { explain, UserError } from '../errors.ts';
import type { Run } from './command.ts';
import type { InstalledTool } from './install.ts';
import { BUILDX, defaultVersion } from './pins.ts';
import type { PinTable } from './pins.ts';

export interface BuildxProgramOptions {
  readonly run: Run;
  /** Of the input; left out: the installed one is used. */
  readonly version?: string | undefined;
  /** Downloads and verifies; `version` left out: the default. */
  readonly install: (version?: string) => Promise<InstalledTool>;
  readonly onNote: (note: string) => void;
  readonly pins?: PinTable;
}

export interface BuildxProgram {
  /**
   * Runs everything as it is, but `docker buildx …` with the program. Started on its own, buildx takes engine, contexts, logins and builders from the same variables and
   * files as the plugin does (docker/buildx, cmd/buildx/main.go).
   */
  readonly run: Run;
  /** Takes the default version, because of what is wrong with the installed one. Throws a UserError with that when it cannot be had. */
  readonly replace: (problem: UserError) => Promise<void>;
  /** Where the program is, once it is used. */
  readonly path: () => string | undefined;
}

/** Throws UserError at once for a version that is not known; nothing is fetched before the first `docker buildx`. */
export function createBuildxProgram({ run, version, install, onNote, pins = BUILDX }: BuildxProgramOptions): BuildxProgram {
  if (version !== undefined) checkVersion(version, pins);
  let path: string | undefined;
  let coming: Promise<string> | undefined;
  const fetch = (wanted?: string): Promise<string> =>
    (coming ??= install(wanted).then(tool => {
      onNote(`buildx ${tool.version} is used instead of the installed one, sha256 ${tool.sha256}`);
      return (path = tool.path);
    }));
  return {
    run: async (command, args, options) => {
      if (command !== 'docker' || args[0] !== 'buildx') return run(command, args, options);
      const program = version === undefined ? path : await fetch(version);
      return program === undefined ? run(command, args, options) : run(program, args.slice(1), options);
    },
    replace: async problem => {
      onNote(`${problem.message}: buildx ${defaultVersion(pins)} is downloaded`);
      try {
        await fetch();
      } catch (cause) {
        coming = undefined;
        throw new UserError(
          `${problem.message}; and buildx ${defaultVersion(pins)} could not be downloaded: ${explain(cause).message}`,
          {
            ...(problem.hint !== undefined && { hint: problem.hint }),
            cause,
          },
        );
      }
    },
    path: () => path,
  };
}

function checkVersion(version: string, { rows }: PinTable): void {
  if (Object.hasOwn(rows, version.replace(/^v(?=\d)/, ''))) return;
  throw new UserError(`buildx-version: no checksum of buildx ${version} is built in`, {
    hint: `Versions with one: ${Object.keys(rows).join(', ')}. For another, run docker/setup-buildx-action before this step and leave buildx-version out.`,
  });
}
