// Bare Git repositories below one directory, as a server serves them, with content that no earlier run of a test can have cached.

import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Makes `owner/name.git` below `root` with these files on `main`, and resolves to its commit. `modules`: directory -> address of a submodule below `root`. */
export function makeRepository(
  root: string,
  name: string,
  files: Readonly<Record<string, string>>,
  modules: Readonly<Record<string, string>> = {},
): string {
  const work = join(root, 'work', name);
  mkdirSync(work, { recursive: true });
  const git = (...args: readonly string[]): string => execFileSync('git', args, { cwd: work, encoding: 'utf8', env: ENV }).trim();
  git('init', '--quiet', '--initial-branch=main');
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(work, file)), { recursive: true });
    writeFileSync(join(work, file), text);
  }
  for (const [directory, module] of Object.entries(modules)) {
    git('-c', 'protocol.file.allow=always', 'submodule', '--quiet', 'add', join(root, module), directory);
    // Relative to the repository, as on a server.
    const relative = `../${module.split('/').at(-1) ?? ''}`;
    git('config', '--file', '.gitmodules', `submodule.${directory}.url`, relative);
  }
  git('add', '--all');
  git('commit', '--quiet', '--message', 'one');
  git('clone', '--quiet', '--bare', work, join(root, name));
  return git('rev-parse', 'HEAD');
}

const PERSON = { NAME: 'Test', EMAIL: 'test@example.com', DATE: '2024-01-02T03:04:05Z' };
const ENV = {
  PATH: process.env['PATH'] ?? '/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  ...Object.fromEntries(
    ['AUTHOR', 'COMMITTER'].flatMap(who => Object.entries(PERSON).map(([what, value]) => [`GIT_${who}_${what}`, value])),
  ),
};
