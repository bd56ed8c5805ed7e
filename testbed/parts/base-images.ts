/** The images that Dockerfiles of tests and demo start from, under the names they have on Docker Hub. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { debianRoot, busyboxRoot } from '../images/debian.ts';
import { writeLayout, type Variant } from '../images/layout.ts';
import { findProgram, readDaemon, run, type Context, type Part } from '../part.ts';

interface HubImage {
  readonly name: string;
  readonly variants: (cache: string, work: string) => Promise<readonly Variant[]>;
}

const ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'];

const IMAGES: readonly HubImage[] = [
  {
    name: 'library/debian:12',
    async variants(cache, work) {
      const config = { Env: ENVIRONMENT, Cmd: ['/bin/sh'] };
      for (const architecture of ['amd64', 'arm64'] as const)
        await debianRoot(cache, architecture, path.join(work, architecture));
      return [
        { root: path.join(work, 'amd64'), architecture: 'amd64', config },
        { root: path.join(work, 'arm64'), architecture: 'arm64', variant: 'v8', config },
      ];
    },
  },
  {
    name: 'library/busybox:latest',
    async variants(cache, work) {
      const config = { Env: ENVIRONMENT, Cmd: ['sh'] };
      for (const architecture of ['amd64', 'arm64', 'armhf'] as const)
        await busyboxRoot(cache, architecture, path.join(work, architecture));
      return [
        { root: path.join(work, 'amd64'), architecture: 'amd64', config },
        { root: path.join(work, 'arm64'), architecture: 'arm64', variant: 'v8', config },
        { root: path.join(work, 'armhf'), architecture: 'arm', variant: 'v7', config },
      ];
    },
  },
];

/** Makes an image and puts it on the hub. */
export async function pushToHub(
  context: Context,
  name: string,
  variants: (work: string) => Promise<readonly Variant[]>,
): Promise<void> {
  const hub = (await readDaemon(context, 'hub'))?.data['host'];
  if (hub === undefined) throw new Error('the hub has gone: run "npm run testbed -- up" again');
  const work = path.join(context.cache, 'unpack', name.replaceAll(/\W/g, '-'));
  await rm(work, { recursive: true, force: true });
  await mkdir(work, { recursive: true });
  const layout = path.join(work, 'layout');
  await writeLayout(layout, await variants(work));
  await run(path.join(context.cache, 'tools', 'crane'), ['push', '--insecure', '--index', layout, `${hub}/${name}`]);
  await rm(work, { recursive: true, force: true });
}

/** A list of images on the hub as a part; a note in the hub's own store says that they are there. A change of what is in them wants another `revision`. */
export function hubImages(part: Omit<Part, 'present' | 'status'>, names: readonly string[], revision = 0): Part {
  const note = JSON.stringify(revision === 0 ? names : { names, revision });
  const stamp = (context: Context): string => path.join(context.cache, 'registries', 'hub', `${part.name}.json`);
  const there = async (context: Context): Promise<boolean> => (await readFile(stamp(context), 'utf8').catch(() => '')) === note;
  return {
    ...part,
    present: there,
    async bring(context) {
      await part.bring(context);
      await writeFile(stamp(context), note);
    },
    async status(context) {
      return (await there(context)) ? { state: 'ready', address: names.join(', ') } : { state: 'absent' };
    },
  };
}

export const baseImages: Part = hubImages(
  {
    name: 'base-images',
    about: 'debian:12 and busybox on the hub',
    needs: ['hub', 'tools'],
    set: 'demo',
    async bring(context) {
      for (const { name, variants } of IMAGES) {
        if ((await findProgram('dpkg-deb')) !== undefined) await pushToHub(context, name, work => variants(context.cache, work));
        else await copyFromDockerHub(context, name);
      }
    },
  },
  IMAGES.map(({ name }) => name.replace(/^library\//, '')),
);

/** Without Debian packages the real images have to do. */
async function copyFromDockerHub(context: Context, name: string): Promise<void> {
  const hub = (await readDaemon(context, 'hub'))?.data['host'] ?? '';
  await run(path.join(context.cache, 'tools', 'crane'), ['copy', '--insecure', name.replace(/^library\//, ''), `${hub}/${name}`]);
}
