// A Run -> the same Run, which reads a Git subdirectory once more without the commit's time where BuildKit cannot tell that.

import { parseContext } from '../plan/git-address.ts';
import type { Run } from './command.ts';

/**
 * With SOURCE_DATE_EPOCH set, the Dockerfile frontend asks for files dated as their commit, and BuildKit asks git for that date in a directory that it
 * has just removed when the context is a subdirectory (measured: v0.33.1, `failed to get commit time`). Files then have the time of their checkout, as with every BuildKit before.
 */
export function withoutGitTimes(run: Run): Run {
  return async (command, args, options) => {
    const result = await run(command, args, options);
    const [context = ''] = args.slice(-1);
    if (result.exitCode === 0 || args[1] !== 'build' || !/failed to get commit time for/.test(result.stderr)) return result;
    const undated = undatedContext(context);
    if (undated === undefined || options.signal?.aborted === true) return result;
    options.onStderr?.(
      'BuildKit cannot tell the time of the commit of a subdirectory: its files keep the time of their checkout.',
    );
    return run(command, [...args.slice(0, -1), undated], options);
  };
}

function undatedContext(context: string): string | undefined {
  const address = parseContext(context);
  if (address.kind !== 'git' || address.subdir === undefined || /[?&]mtime=/.test(context)) return undefined;
  const end = context.includes('#') ? context.indexOf('#') : context.length;
  const [repository, place] = [context.slice(0, end), context.slice(end)];
  return `${repository}${repository.includes('?') ? '&' : '?'}mtime=checkout${place}`;
}
