/** The images that builds pull by themselves: BuildKit for buildx's own builders, the Dockerfile frontend, the SBOM scanner. */
import { chmod, copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { architecture } from '../context.ts';
import { goDirectory } from '../go.ts';
import { busyboxRoot } from './debian.ts';
import { libraries, placeGit } from './git.ts';
import type { Variant } from './layout.ts';

async function place(root: string, to: string, from: string): Promise<void> {
  const target = path.join(root, to);
  await mkdir(path.dirname(target), { recursive: true });
  await copyFile(from, target);
  await chmod(target, 0o755);
}

/** BuildKit as the docker-container driver wants it: buildkitd, runc with its libraries, git, a shell, /tmp. */
export async function buildkitImage(cache: string, work: string): Promise<readonly Variant[]> {
  const root = path.join(work, 'buildkit');
  await busyboxRoot(cache, architecture(), root);
  for (const name of ['buildkitd', 'buildctl']) await place(root, `usr/bin/${name}`, path.join(goDirectory(cache), name));
  const runc = path.join(cache, 'engine', 'runc');
  await place(root, 'usr/bin/runc', runc);
  await place(root, 'sbin/docker-init', path.join(cache, 'engine', 'docker-init'));
  for (const library of await libraries(runc)) await place(root, library, library);
  await placeGit(root);
  for (const name of ['etc/buildkit', 'etc/ssl/certs', 'var/lib/buildkit'])
    await mkdir(path.join(root, name), { recursive: true });
  const config = {
    Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    Entrypoint: ['/usr/bin/buildkitd'],
    Volumes: { '/var/lib/buildkit': {} },
  };
  return [{ root, architecture: architecture(), config }];
}

/** The frontend that "# syntax=docker/dockerfile:1" names. */
export async function frontendImage(cache: string, work: string): Promise<readonly Variant[]> {
  const root = path.join(work, 'frontend');
  await place(root, 'bin/dockerfile-frontend', path.join(goDirectory(cache), 'dockerfile-frontend'));
  const config = {
    Entrypoint: ['/bin/dockerfile-frontend'],
    Labels: {
      'moby.buildkit.frontend.network.none': 'true',
      'moby.buildkit.frontend.caps':
        'moby.buildkit.frontend.inputs,moby.buildkit.frontend.subrequests,moby.buildkit.frontend.contexts',
    },
  };
  return [{ root, architecture: architecture(), config }];
}

/** The generator that `--sbom=true` names: BuildKit's scanner protocol in a shell script. */
export async function scannerImage(cache: string, work: string): Promise<readonly Variant[]> {
  const root = path.join(work, 'scanner');
  await busyboxRoot(cache, architecture(), root);
  await place(root, 'usr/bin/sbom-scan', path.join(import.meta.dirname, 'sbom-scan.sh'));
  return [{ root, architecture: architecture(), config: { Entrypoint: ['/bin/sh', '/usr/bin/sbom-scan'] } }];
}
