/** zizmor, which audits workflows; a program inside a wheel. */
import { access, chmod, readdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import type { Context, Part } from '../part.ts';
import { unpackWheel } from '../python.ts';

const VERSION = '1.32.0';
const SHA256 = '84a6acb975accc13408786a2bd274b572537ca19c933ebbc13e78f3988562071';

const program = (context: Context): string => path.join(context.cache, 'zizmor', 'zizmor');

export const zizmor: Part = {
  name: 'zizmor',
  about: 'audits workflows',
  needs: [],
  set: 'all',
  present: context =>
    access(program(context)).then(
      () => true,
      () => false,
    ),
  async bring(context) {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Error('the testbed has zizmor for linux/amd64 only: install it yourself');
    const target = path.dirname(program(context));
    await unpackWheel(context.cache, 'zizmor', VERSION, SHA256, target);
    const data = (await readdir(target)).find(name => name.endsWith('.data')) ?? '';
    await rename(path.join(target, data, 'scripts', 'zizmor'), program(context));
    await rm(path.join(target, data), { recursive: true });
    await chmod(program(context), 0o755);
  },
  async status(context) {
    return (await this.present(context)) ? { state: 'ready', version: VERSION, paths: [program(context)] } : { state: 'absent' };
  },
};
