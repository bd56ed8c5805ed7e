/** The machine's git in the root directory of an image: what BuildKit starts for Git contexts, over http(s), with submodules. */
import { access, copyFile, chmod, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { run } from '../command.ts';

/** Everything else is inside `git` itself; the scripts need a shell, sed and basename. */
const HELPERS = ['git-remote-http', 'git-submodule', 'git-sh-setup', 'git-sh-i18n', 'git-sh-i18n--envsubst'];
const AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';

/** What the dynamic linker loads for a program, the linker itself included; nothing for a script. */
export async function libraries(program: string): Promise<readonly string[]> {
  const said = await run('ldd', [program]);
  return [...said.matchAll(/(?:=> |^\s*)(\/\S+) \(0x/gm)].map(match => match[1] ?? '');
}

async function place(root: string, from: string, to = from): Promise<void> {
  const target = path.join(root, to);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(from, target);
  await chmod(target, 0o755);
}

/** Puts git, its helpers, their libraries and the authorities of the machine into `root`. Throws where the machine has no git. */
export async function placeGit(root: string): Promise<void> {
  const folder = (await run('git', ['--exec-path'])).trim();
  await place(root, path.join(folder, 'git'), '/usr/bin/git');
  for (const helper of HELPERS) await place(root, path.join(folder, helper));
  await place(root, path.join(folder, 'git-remote-http'), path.join(folder, 'git-remote-https'));
  for (const program of ['git', 'git-remote-http', 'git-sh-i18n--envsubst'])
    for (const library of await libraries(path.join(folder, program))) await place(root, library);
  const known = await access(AUTHORITIES).then(
    () => true,
    () => false,
  );
  if (known) await place(root, AUTHORITIES);
}
