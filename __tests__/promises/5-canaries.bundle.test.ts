// Promise 5 for builds: secrets given in every way reach the build, and are found nowhere else, while it runs and after it, however it ends.

import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { offlineSigning } from '../../testbed/keys.ts';
import { startJob } from '../../testbed/runner/job.ts';
import type { Job } from '../../testbed/runner/job.ts';
import { leaksBelow, leaksIn, spellings, watch } from './canaries.ts';
import type { Canaries, Leak } from './canaries.ts';
import { berth, openHarbour } from './harbour.ts';
import type { Harbour, Run, RunOptions } from './harbour.ts';

jest.setTimeout(180_000);

const fresh = (name: string): string => `canary-${name}-${randomBytes(9).toString('hex')}`;

let harbour: Harbour;
let directory: string;
let agent: net.Server;
beforeAll(async () => {
  harbour = await openHarbour();
  directory = mkdtempSync(path.join(os.tmpdir(), 'seaworthy-canaries-'));
  agent = net.createServer();
  await new Promise<void>(resolve => agent.listen(path.join(directory, 'agent'), resolve));
});
afterAll(async () => {
  agent.close();
  rmSync(directory, { recursive: true, force: true });
  await harbour.close();
});

describe('the search itself', () => {
  const value = 'a secret/with+odd="characters"&é';

  test.each(Object.entries(spellings(value)))('finds what is planted as %s', (as, text) => {
    expect(leaksIn('x', `before ${text} after`, { value })).toContainEqual({ place: 'x', secret: 'value', as });
    expect(leaksIn('x', gzipSync(`{"a":"${text}"}`), { value })).toContainEqual({ place: 'x', secret: 'value', as });
  });

  test.each([0, 1, 2, 3, 4])('finds it in base64 behind %i other bytes', count => {
    const text = Buffer.from(`${'x'.repeat(count)}${value}yz`).toString('base64');
    expect(leaksIn('x', text, { value }).map(({ as }) => as)).toContainEqual(expect.stringMatching(/^base64 at/));
  });

  test('finds it in files, and in their names', () => {
    const place = mkdtempSync(path.join(directory, 'planted-'));
    writeFileSync(path.join(place, 'a'), `x ${Buffer.from(value).toString('hex')}`);
    writeFileSync(path.join(place, 'b-canary-name'), '');
    const found = leaksBelow(place, { value, name: 'canary-name' });
    expect(found.map(({ secret, as }) => [secret, as])).toEqual(
      expect.arrayContaining([
        ['value', 'hex'],
        ['name', 'plain'],
      ]),
    );
  });

  test('finds nothing where nothing is', () => {
    expect(leaksIn('x', 'a secret, with odd characters', { value, line: 'one\ntwo' })).toEqual([]);
  });
});

/** An image of two megabytes is searched soon, and no scanner knows what it is. */
const SMALL = { '.github/seaworthy.yml': 'version: 1\ninputs-may-loosen: [allow-unrecognised]\n' };

interface Given {
  readonly canaries: Canaries;
  readonly options: RunOptions;
  readonly mounts: string;
  /** A shell command that fails unless every secret came as it was given. */
  readonly check: string;
}

/** Every way to give a secret to a build. */
function everyWay(): Given {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const build = {
    typed: fresh('typed'),
    lines: `${fresh('first')}\n${fresh('second')}\n`.trimEnd(),
    odd: `${fresh('odd')}/+="&é\t\u0001`,
    GIT_AUTH_TOKEN: fresh('git'),
    variable: fresh('variable'),
    file: `${fresh('file')}\nand more`,
  };
  const key = path.join(directory, `key-${randomBytes(4).toString('hex')}`);
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }), { mode: 0o600 });
  writeFileSync(path.join(directory, 'secret-file'), build.file, { mode: 0o600 });
  const proxy = fresh('proxy');
  const { lines, odd, typed, GIT_AUTH_TOKEN } = build;
  const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
  const ids = Object.keys(build);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  return {
    canaries: { ...build, proxy, 'ssh key': readFileSync(key, 'utf8').split('\n').slice(9, 11).join('\n') },
    options: {
      inputs: {
        platforms: 'linux/amd64',
        provenance: 'mode=max',
        'allow-unrecognised': 'true',
        secrets: [`typed=${typed}`, quoted(`lines=${lines}`), quoted(`odd=${odd}`), `GIT_AUTH_TOKEN=${GIT_AUTH_TOKEN}`].join(
          '\n',
        ),
        'secret-envs': 'variable=BUILD_SECRET',
        'secret-files': `file=${path.join(directory, 'secret-file')}`,
        ssh: `default,key=${key}`,
      },
      step: {
        env: {
          BUILD_SECRET: build.variable,
          SSH_AUTH_SOCK: path.join(directory, 'agent'),
          HTTPS_PROXY: `http://someone:${proxy}@127.0.0.1:9`,
          // By name: some clients do not know what a star means.
          NO_PROXY: `127.0.0.1,localhost,${harbour.testbed.engine.bridge}`,
        },
      },
    },
    mounts: [
      ...ids.map(id => `--mount=type=secret,id=${id},required=true`),
      '--mount=type=ssh,required=true',
      '--mount=type=ssh,id=key,required=true',
    ].join(' '),
    check: ids
      .map(id => `[ "$(sha256sum < /run/secrets/${id} | cut -c1-64)" = ${hash(build[id as keyof typeof build])} ]`)
      .join(' && '),
  };
}

interface Watched {
  readonly result: Run;
  readonly job: Job;
  readonly commands: string;
  /** What was found in files while the run went on. */
  readonly during: readonly Leak[];
  readonly modes: readonly string[];
}

async function runWatched(ship: ReturnType<typeof berth>, canaries: Canaries, options: RunOptions): Promise<Watched> {
  const job = startJob();
  harbour.jobs.add(job);
  const during = new Map<string, Leak>();
  const modes = new Set<string>();
  const look = (): void => {
    for (const leak of [
      ...leaksBelow(job.directory, canaries, 100_000),
      ...leaksBelow(ship.checkout.directory, canaries, 100_000),
    ]) {
      during.set(leak.place, leak);
      try {
        modes.add([leak.place, path.dirname(leak.place)].map(place => (statSync(place).mode & 0o777).toString(8)).join(' in '));
      } catch {
        // Removed between the two looks.
      }
    }
  };
  const watcher = watch(look);
  let commands = '';
  const result = await ship.run({ ...options, step: { ...options.step, job } }).finally(() => (commands = watcher.stop()));
  return { result, job, commands, during: [...during.values()], modes: [...modes] };
}

/** Everything that a run leaves or tells. */
function leaksOf({ result, job, commands }: Watched, checkout: string, canaries: Canaries): Leak[] {
  const log = result.log.split('\n').filter(line => !line.startsWith('::add-mask::'));
  const texts = {
    'argument lists': commands,
    log: log.join('\n'),
    summary: result.summary,
    outputs: JSON.stringify([result.outputs, result.state, result.env]),
    comments: JSON.stringify(harbour.github.comments(55)),
    requests: JSON.stringify(harbour.github.requests.map(({ body }) => body)),
  };
  return [
    ...Object.entries(texts).flatMap(([place, text]) => leaksIn(place, text, canaries)),
    ...leaksBelow(job.directory, canaries),
    ...leaksBelow(checkout, canaries),
  ];
}

/** Every manifest and blob of an image, asked of the registry itself. */
async function published(host: string, name: string, login: string, reference: string): Promise<Buffer[]> {
  const ask = async (what: string): Promise<Buffer> => {
    const headers = {
      authorization: `Basic ${btoa(login)}`,
      accept: 'application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json',
    };
    const answer = await fetch(`http://${host}/v2/${name}/${what}`, { headers });
    if (!answer.ok) throw new Error(`${what}: ${answer.status}`);
    return Buffer.from(await answer.arrayBuffer());
  };
  const text = await ask(`manifests/${reference}`);
  const document = JSON.parse(text.toString()) as Record<'manifests' | 'layers', { digest: string }[] | undefined> & {
    config?: { digest: string };
  };
  const blobs = [...(document.layers ?? []), ...(document.config === undefined ? [] : [document.config])];
  const below = await Promise.all((document.manifests ?? []).map(({ digest }) => published(host, name, login, digest)));
  return [text, ...(await Promise.all(blobs.map(({ digest }) => ask(`blobs/${digest}`)))), ...below.flat()];
}

test('a build that is published: secrets given in every way are nowhere but in the private files of the run, while it runs', async () => {
  const { canaries: build, options, mounts, check } = everyWay();
  const { host, username = '', password = '' } = harbour.testbed.registries.htpasswd;
  const keyPassword = fresh('cosign');
  const signing = await offlineSigning(directory, keyPassword);
  const name = `acme/canaries-${randomBytes(4).toString('hex')}`;
  const cache = path.join(directory, 'cache');
  const ship = berth(harbour, 'seaworthy', {
    Dockerfile: `FROM busybox\nRUN ${mounts} ${check} && test -S "$SSH_AUTH_SOCK"\nUSER nobody\n`,
    ...SMALL,
  });
  const tokens: Record<string, string> = {};
  const watched = await runWatched(ship, build, {
    ...options,
    inputs: {
      ...options.inputs,
      images: `${host}/${name}`,
      push: 'true',
      registry: host,
      username,
      password,
      sign: 'key',
      'cosign-key': readFileSync(signing.key, 'utf8'),
      'cosign-password': signing.password,
      'signing-config': signing.signingConfig,
      'trusted-root': signing.trustedRoot,
      'cache-to': `type=local,dest=${cache},mode=max\ntype=gha,mode=max`,
    },
  });
  const { result } = watched;
  expect(result.exitCode).toBe(0);
  // The runner's own tokens are masked, and known only now.
  result.masks.filter(mask => /^(?:gh[sp]_|eyJ)/.test(mask)).forEach((mask, at) => (tokens[`token ${at}`] = mask));
  expect(Object.keys(tokens).length).toBeGreaterThanOrEqual(2);
  const canaries = { ...build, ...tokens, 'registry password': password, 'cosign password': keyPassword };

  expect(leaksOf(watched, ship.checkout.directory, canaries)).toEqual([]);
  expect(leaksBelow(cache, canaries)).toEqual([]);
  const digest = result.outputs['digest'] ?? '';
  const parts = await published(host, name, `${username}:${password}`, digest);
  expect(parts.length).toBeGreaterThan(5);
  expect(parts.flatMap((bytes, at) => leaksIn(`published ${at}`, bytes, canaries))).toEqual([]);
  expect(harbour.github.caches.length).toBeGreaterThan(0);

  // What is typed has to be in a file for buildx: private, and for the time of the build.
  expect(watched.during.length).toBeGreaterThan(0);
  expect(watched.during.filter(({ place }) => !/\/secrets-\w+\/\d+$/.test(place))).toEqual([]);
  expect(watched.modes).toEqual(['600 in 700']);
});

test.each<[string, string, RunOptions['step']]>([
  ['a build that fails', 'exit 3', {}],
  ['a run that is cancelled while it builds', 'sleep 60', { signal: { signal: 'cancel', when: /RUN .*sleep 60/, after: 300 } }],
])('%s leaves none behind', async (_name, end, step) => {
  const { canaries, options, mounts, check } = everyWay();
  const ship = berth(harbour, 'seaworthy', { Dockerfile: `FROM busybox\nRUN ${mounts} ${check} && ${end}\n`, ...SMALL });
  const watched = await runWatched(ship, canaries, {
    inputs: { ...options.inputs, push: 'false' },
    step: { ...step, env: { ...options.step?.env } },
  });
  expect(watched.result.exitCode).toBe(1);
  // It came as far as the step that uses them.
  expect(watched.during.length).toBeGreaterThan(0);
  expect(watched.modes).toEqual(['600 in 700']);
  expect(leaksOf(watched, ship.checkout.directory, canaries)).toEqual([]);
});
