// A Run -> the same Run, which hands our standard input to every build that reads its context or its Dockerfile there.

import type { Run } from './command.ts';

/** `read` is asked at each such build: one build may be several runs of buildx, and each must get all of it. */
export function pipeInput(run: Run, read: () => Promise<Uint8Array>): Run {
  return async (command, args, options) => run(command, args, readsInput(args) ? { ...options, input: await read() } : options);
}

function readsInput(args: readonly string[]): boolean {
  if (args[0] !== 'buildx' || args[1] !== 'build') return false;
  return args.at(-1) === '-' || args.includes('--file=-') || args.some((word, at) => word === '-' && args[at - 1] === '--file');
}
