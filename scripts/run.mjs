// Runs a TypeScript program of this repository under Node 24, the runner's version, on a machine that may only have an older
// Node and no node_modules: installs the locked dependencies when they are missing or stale, then hands over. Plain JavaScript
// without imports from outside, because it runs before anything is installed.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const stamp = path.join(root, 'node_modules', '.seaworthy-installed');

function fail(message) {
  console.error(message);
  process.exit(1);
}

function ensureDependencies() {
  const lock = readFileSync(path.join(root, 'package-lock.json'));
  const wanted = createHash('sha256').update(lock).digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.error('Installing the locked npm dependencies (npm ci) ...');
  const npm = spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (npm.error)
    fail(`npm could not be started (${npm.error.message}). Install Node.js 20 or newer with npm, then run this again.`);
  if (npm.status !== 0) fail('npm ci failed, see above. Check the network or the npm registry setting, then run this again.');
  writeFileSync(stamp, wanted);
}

function node24() {
  if (Number(process.versions.node.split('.')[0]) === 24) return process.execPath;
  const binary = path.join(root, 'node_modules', `node-linux-${process.arch}`, 'bin', 'node');
  if (existsSync(binary)) return binary;
  return fail(
    `Node 24 is needed and npm has no build of it for ${process.platform}/${process.arch}: install Node 24, then run this again.`,
  );
}

const [program, ...args] = process.argv.slice(2);
if (!program) fail('usage: node scripts/run.mjs PROGRAM.ts [ARGUMENT ...]');
ensureDependencies();
const node = node24();
const child = spawn(node, [path.resolve(root, program), ...args], {
  cwd: root,
  stdio: 'inherit',
  // The older npm on PATH must not choose the Node of grandchildren: everything below runs on the runner's version.
  env: { ...process.env, PATH: `${path.dirname(node)}:${process.env.PATH ?? ''}` },
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('error', error => fail(`${node}: ${error.message}`));
child.on('exit', (code, signal) => process.exit(signal ? 128 + (signal === 'SIGINT' ? 2 : 15) : (code ?? 1)));
