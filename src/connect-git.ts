// Connects git for `metadata-context: git`: a file of its own, because what starts programs is loaded only where one is started.

import { run } from './tools/command.ts';
import { readGitHead } from './tools/git.ts';
import type { GitHead, GitOptions } from './tools/git.ts';

/** What HEAD of the checkout is. Throws UserError where it cannot be read. */
export function readCheckout(options: Omit<GitOptions, 'run'>): Promise<GitHead> {
  return readGitHead({ ...options, run });
}
