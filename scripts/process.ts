// Starts the project's own tools from scripts: inherits the terminal, or captures what is printed.

import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout. */
export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

/** Runs a Node program (path below the root) with the running Node; resolves to its exit code. */
export function runNode(
  program: string,
  args: readonly string[],
  options: { readonly nodeArgs?: readonly string[]; readonly env?: NodeJS.ProcessEnv } = {},
): Promise<number> {
  return runCommand(process.execPath, [...(options.nodeArgs ?? []), path.join(root, program), ...args], options.env);
}

/** Runs a command with the terminal's output; resolves to its exit code (1 when it was ended by a signal). */
export function runCommand(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env });
    child.once('error', reject);
    child.once('exit', code => resolve(code ?? 1));
  });
}

/** `1.2 s`, for people. */
export function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
