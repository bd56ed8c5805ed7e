// Connects git, for `metadata-context: git` and for the policy's file: a file of its own, because what starts programs is loaded only where one is started.

import { run } from './tools/command.ts';
import { readCommittedFile, readGitHead } from './tools/git.ts';
import type { CommittedFile, GitHead, GitOptions } from './tools/git.ts';

/** What HEAD of the checkout is. Throws UserError where it cannot be read. */
export function readCheckout(options: Omit<GitOptions, 'run'>): Promise<GitHead> {
  return readGitHead({ ...options, run });
}

/** A file as the commit holds it; undefined where git cannot tell. */
export function readCommitted(
  options: Omit<GitOptions, 'run'>,
  commit: string,
  path: string,
): Promise<CommittedFile | undefined> {
  return readCommittedFile({ ...options, run }, commit, path);
}
