/**
 * node scripts/run.mjs testbed/trivy-db/compare.ts [--write]
 *
 * Builds the database anew from advisories.yaml and compares it with the committed one by content (the bytes of two builds
 * differ). --write replaces the committed one when they are not the same.
 */
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { run } from '../command.ts';
import { testbedContext } from '../context.ts';
import { bringGo, buildHere, findGo } from '../go.ts';

const committed = path.join(import.meta.dirname, 'trivy.db.gz');

/** The first line in which two texts differ, for people. */
function firstDifference(left: string, right: string): string {
  const [a, b] = [left.split('\n'), right.split('\n')];
  const at = a.findIndex((line, index) => line !== b[index]);
  return `line ${at + 1}: committed ${(a[at] ?? '').trim()}, built ${(b[at] ?? 'nothing').trim()}`;
}

async function compare(write: boolean): Promise<boolean> {
  const { cache } = testbedContext();
  if ((await findGo(cache)) === undefined) await bringGo(cache);
  const program = path.join(cache, 'go', 'trivydb');
  await mkdir(path.dirname(program), { recursive: true });
  await buildHere(cache, import.meta.dirname, program);
  const work = await mkdtemp(path.join(os.tmpdir(), 'trivy-db-'));
  try {
    const [old, fresh] = [path.join(work, 'committed.db'), path.join(work, 'built.db')];
    await writeFile(old, gunzipSync(await readFile(committed)));
    await run(program, ['build', path.join(import.meta.dirname, 'advisories.yaml'), fresh]);
    const [before, now] = [await run(program, ['dump', old]), await run(program, ['dump', fresh])];
    if (before === now) {
      console.log('The committed database is what advisories.yaml says.');
      return true;
    }
    if (write) {
      await writeFile(committed, gzipSync(await readFile(fresh), { level: 9 }));
      console.log('Wrote trivy.db.gz anew from advisories.yaml.');
      return true;
    }
    console.log(`The committed database is not what advisories.yaml says (${firstDifference(before, now)}).`);
    console.log('Run "node scripts/run.mjs testbed/trivy-db/compare.ts --write" and commit the result.');
    return false;
  } finally {
    await rm(work, { recursive: true });
  }
}

process.exitCode = (await compare(process.argv.includes('--write'))) ? 0 : 1;
