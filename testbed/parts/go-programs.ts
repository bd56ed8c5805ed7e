/** Parts built from Go modules: versions are pinned here, Go's checksum database vouches for the content. */
import { access, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { bringGo, buildModule, findGo, goDirectory } from '../go.ts';
import type { Part } from '../part.ts';

interface GoProgram {
  readonly name: string;
  readonly about: string;
  readonly module: string;
  readonly version: string;
  /** Package of each program, below the module; its last element is the program's name. */
  readonly packages: readonly string[];
  readonly ldflags?: string;
}

// The newest BuildKit that the module proxy has with all its dependencies.
const BUILDKIT = 'v0.33.1';

const PROGRAMS: readonly GoProgram[] = [
  {
    name: 'buildkit',
    about: 'buildkitd, buildctl and the Dockerfile frontend',
    module: 'github.com/moby/buildkit',
    version: BUILDKIT,
    packages: ['cmd/buildkitd', 'cmd/buildctl', 'frontend/dockerfile/cmd/dockerfile-frontend'],
    ldflags: `-X github.com/moby/buildkit/version.Version=${BUILDKIT}`,
  },
  {
    name: 'distribution3-program',
    about: 'the current major version of the registry server',
    module: 'github.com/distribution/distribution/v3',
    version: 'v3.1.2',
    packages: ['cmd/registry'],
  },
  {
    name: 'actionlint',
    about: 'checks workflows',
    module: 'github.com/rhysd/actionlint',
    version: 'v1.7.12',
    packages: ['cmd/actionlint'],
  },
];

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  );

function goPart(program: GoProgram): Part {
  const files = (cache: string): string[] => program.packages.map(name => path.join(goDirectory(cache), path.basename(name)));
  const there = async (cache: string): Promise<boolean> => (await Promise.all(files(cache).map(exists))).every(Boolean);
  return {
    name: program.name,
    about: program.about,
    needs: ['go'],
    set: 'all',
    present: ({ cache }) => there(cache),
    async bring({ cache, note }) {
      note(`building ${program.module} ${program.version} ...`);
      await buildModule(cache, program.module, program.version, program.packages, program.ldflags);
    },
    async status({ cache }) {
      return (await there(cache)) ? { state: 'ready', version: program.version, paths: files(cache) } : { state: 'absent' };
    },
  };
}

const goNote = (cache: string): string => path.join(cache, 'packages', 'go');

export const go: Part = {
  name: 'go',
  about: 'compiler for the parts that exist only as Go modules',
  needs: [],
  set: 'all',
  // Asking a compiler for its version takes longer than all other parts together: its path is noted down once.
  present: async ({ cache }) => exists(await readFile(goNote(cache), 'utf8').catch(() => '')),
  async bring({ cache }) {
    if ((await findGo(cache)) === undefined) await bringGo(cache);
    const found = await findGo(cache);
    if (found === undefined) throw new Error('the Go that was unpacked does not run: install Go 1.25 or newer');
    await mkdir(path.dirname(goNote(cache)), { recursive: true });
    await writeFile(goNote(cache), found.program);
  },
  async status({ cache }) {
    const found = await findGo(cache);
    if (found === undefined) return { state: 'absent' };
    const own = path.join(cache, 'goroot');
    return {
      state: 'ready',
      version: `Go ${found.version}`,
      address: found.program,
      paths: found.program.startsWith(own) ? [own] : [],
    };
  },
};

export const goPrograms: readonly Part[] = PROGRAMS.map(goPart);
