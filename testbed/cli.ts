/**
 * npm run testbed -- up [--all] | down [--purge] | status
 *
 * Brings the real parts that tests and the demo run against, shows them, takes them down. See testbed/README.md.
 */
import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { testbedContext } from './context.ts';
import { trimCaches } from './debian.ts';
import { describeTestbed } from './describe.ts';
import { takeDown } from './down.ts';
import { locked } from './lock.ts';
import type { Part, PartStatus } from './part.ts';
import { allParts } from './parts/index.ts';
import { bringAll, type Outcome } from './up.ts';

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const column = (text: string, width = 16): string => text.padEnd(width);
const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 0)} s`;

function shown({ state, version, address }: PartStatus): string {
  return [column(state, 8), version, address].filter(text => text !== undefined && text !== '').join('  ');
}

async function sizeOf(file: string): Promise<number> {
  const found = await lstat(file).catch(() => undefined);
  if (found === undefined) return 0;
  if (!found.isDirectory()) return found.size;
  const sizes = await Promise.all((await readdir(file).catch((): string[] => [])).map(name => sizeOf(path.join(file, name))));
  return sizes.reduce((sum, size) => sum + size, found.size);
}

async function report({ part, result, seconds: took, reason }: Outcome): Promise<void> {
  const context = testbedContext();
  if (result === 'failed' || result === 'skipped') say(`${column(part.name)} ${result}: ${reason}`);
  else if (result === 'brought') say(`${column(part.name)} ${shown(await part.status(context))}  (${seconds(took)})`);
}

async function up(all: boolean): Promise<boolean> {
  const begin = performance.now();
  const context = testbedContext();
  const parts = (await allParts()).filter(({ set }) => all || set === 'demo');
  const contextOf = (part: Part): typeof context => testbedContext(text => say(`${column(part.name)} ${text}`));
  const outcomes = await bringAll(parts, contextOf, report);
  await describeTestbed(context);
  await trimCaches(context.cache);
  const count = (result: Outcome['result']): number => outcomes.filter(outcome => outcome.result === result).length;
  const bad = count('failed') + count('skipped');
  const sums = `${count('brought')} brought, ${count('there')} were there${bad === 0 ? '' : `, ${bad} MISSING`}`;
  say(`The testbed is ${bad === 0 ? 'up' : 'NOT complete'}: ${sums} (${seconds((performance.now() - begin) / 1000)}).`);
  return bad === 0;
}

async function status(): Promise<boolean> {
  const context = testbedContext();
  for (const part of await allParts()) {
    const now = await part.status(context);
    const bytes = await Promise.all((now.paths ?? []).map(sizeOf));
    const size = bytes.reduce((sum, value) => sum + value, 0);
    say(`${column(part.name)} ${shown(now)}${size === 0 ? '' : `  ${(size / 1e6).toFixed(1)} MB`}`);
  }
  say(`Cache ${context.cache}, run directory ${context.run}.`);
  return true;
}

async function down(purge: boolean): Promise<boolean> {
  const { stopped, failures } = await takeDown(testbedContext(), await allParts(), purge);
  const what = stopped.length === 0 ? 'Nothing was running' : `Stopped ${stopped.join(', ')}`;
  say(`${what}; the cache is ${purge ? 'removed' : 'kept (down --purge removes it)'}.`);
  for (const failure of failures) say(`NOT stopped: ${failure}`);
  return failures.length === 0;
}

async function main(args: readonly string[]): Promise<boolean> {
  const [command = '', ...flags] = args;
  const allowed: Readonly<Record<string, readonly string[]>> = { up: ['--all'], down: ['--purge'], status: [] };
  if (!(command in allowed) || flags.some(flag => !allowed[command]?.includes(flag))) {
    say('usage: npm run testbed -- up [--all] | down [--purge] | status');
    return false;
  }
  if (command === 'status') return status();
  // The lock lies in the cache: `down` removes the run directory.
  return locked(testbedContext().cache, say, () =>
    command === 'up' ? up(flags.includes('--all')) : down(flags.includes('--purge')),
  );
}

process.stdout.on('error', () => process.exit(1)); // whoever read this has gone: `status | head`

process.exitCode = (await main(process.argv.slice(2)).catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  return false;
}))
  ? 0
  : 1;
