/** Which Debian package gives which program: the one table to change when the testbed needs another. */
import os from 'node:os';
import path from 'node:path';
import { ownEngine } from '../context.ts';
import { findProgram, type Context, type Part } from '../part.ts';
import { adopt, allTaken, describeTaken, take, type ToolPackage } from '../tools.ts';

/** What the tests and the demo call. */
const TOOLS: readonly ToolPackage[] = [
  { package: 'crane', programs: [{ from: 'usr/bin/crane', to: 'tools/crane', check: ['version'] }] },
  { package: 'oras', programs: [{ from: 'usr/bin/oras', to: 'tools/oras', check: ['version'] }] },
  { package: 'cosign', programs: [{ from: 'usr/bin/cosign', to: 'tools/cosign', check: ['version'] }] },
  {
    package: 'docker-registry',
    programs: [{ from: 'usr/bin/docker-registry', to: 'servers/docker-registry', check: ['--version'] }],
  },
];

/** The command line of Docker, in a directory of its own so that a PATH can have it and nothing else. */
const DOCKER_CLI: readonly ToolPackage[] = [
  { package: 'docker-cli', programs: [{ from: 'usr/bin/docker', to: 'cli/docker', check: ['--version'] }] },
  {
    package: 'docker-buildx',
    programs: [
      {
        from: 'usr/libexec/docker/cli-plugins/docker-buildx',
        to: 'docker-config/cli-plugins/docker-buildx',
        check: ['version'],
      },
    ],
  },
];

/** What dockerd starts, and dockerd. */
const ENGINE: readonly ToolPackage[] = [
  {
    package: 'docker.io',
    programs: [
      { from: 'usr/sbin/dockerd', to: 'engine/dockerd', check: ['--version'] },
      { from: 'usr/sbin/docker-proxy', to: 'engine/docker-proxy' },
    ],
  },
  {
    package: 'containerd',
    programs: [
      { from: 'usr/bin/containerd', to: 'engine/containerd', check: ['--version'] },
      { from: 'usr/bin/containerd-shim-runc-v2', to: 'engine/containerd-shim-runc-v2' },
      { from: 'usr/bin/ctr', to: 'engine/ctr' },
    ],
  },
  { package: 'runc', programs: [{ from: 'usr/sbin/runc', to: 'engine/runc', check: ['--version'] }] },
  // The package has no docker-init; it is tini under another name, and `docker run --init` and buildx's builders want it.
  { package: 'tini', programs: [{ from: 'usr/bin/tini-static', to: 'engine/docker-init', check: ['--version'] }] },
];

/** For what a machine may lack: `ip` for the bridge, and a shell for images. */
export const BUSYBOX: ToolPackage = {
  package: 'busybox-static',
  programs: [{ from: 'bin/busybox', to: 'engine/busybox', check: ['true'] }],
};

function programsPart(name: string, about: string, tools: readonly ToolPackage[]): Part {
  return {
    name,
    about,
    needs: [],
    set: 'demo',
    present: ({ cache }) => allTaken(cache, tools),
    async bring({ cache }: Context) {
      for (const tool of tools) await take(cache, tool);
    },
    async status({ cache }: Context) {
      if (!(await allTaken(cache, tools))) return { state: 'absent' };
      const paths = tools.flatMap(tool => tool.programs.map(program => path.join(cache, program.to)));
      return { state: 'ready', version: await describeTaken(cache, tools), paths };
    },
  };
}

export const tools: Part = programsPart('tools', 'crane, oras, cosign and a registry server', TOOLS);

/** With an existing engine: the docker command and the plugin that go with it, else Debian's. */
async function bringForExisting({ cache }: Context): Promise<void> {
  const plugins = [path.join(os.homedir(), '.docker', 'cli-plugins')];
  plugins.push('/usr/libexec/docker/cli-plugins', '/usr/local/lib/docker/cli-plugins', '/usr/lib/docker/cli-plugins');
  for (const tool of DOCKER_CLI) {
    const found = await findProgram(tool.package === 'docker-cli' ? 'docker' : 'docker-buildx', plugins);
    await (found === undefined ? take(cache, tool) : adopt(cache, tool, found));
  }
}

export const dockerCli: Part = {
  ...programsPart('docker-cli', 'docker and buildx', DOCKER_CLI),
  ...(ownEngine ? {} : { bring: bringForExisting }),
};
export const enginePrograms: Part = {
  ...programsPart('engine-programs', 'dockerd and what it starts', ENGINE),
  set: ownEngine ? 'demo' : 'all', // an image of a builder needs some of it, too
};
