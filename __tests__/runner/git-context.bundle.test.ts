// The bundle in a job without actions/checkout: BuildKit reads the event's commit from the server of the event, with the job's token.

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { startGitServer } from '../../testbed/git-server.ts';
import type { GitServer } from '../../testbed/git-server.ts';
import { berth, openHarbour, REPOSITORY, tagsOf, type Harbour } from '../promises/harbour.ts';

let harbour: Harbour;
let server: GitServer;
const root = mkdtempSync(path.join(os.tmpdir(), 'git-context-'));
beforeAll(async () => {
  harbour = await openHarbour();
  const { bridge } = harbour.testbed.engine;
  server = await startGitServer({ root, address: bridge === '' ? '127.0.0.1' : bridge });
});
afterAll(async () => {
  await server.close();
  await harbour.close();
});

/** Otherwise BuildKit would have the commit from an earlier run, and ask nobody. */
const fresh = randomBytes(6).toString('hex');

test('nothing checked out, nothing typed: the commit is built and published, though its branch has moved on', async () => {
  const { image, checkout, run } = berth(harbour, 'seaworthy', {
    Dockerfile: 'FROM scratch\nCOPY which.txt /\n',
    'which.txt': `first ${fresh}`,
  });
  checkout.commit({ 'which.txt': 'second' });
  execFileSync('git', ['clone', '--quiet', '--bare', checkout.directory, path.join(root, `${REPOSITORY}.git`)]);
  const result = await run({
    inputs: { gate: 'off', sign: 'off', platforms: 'linux/amd64', tags: 'type=raw,value=built' },
    step: {
      workspace: mkdtempSync(path.join(os.tmpdir(), 'empty-workspace-')),
      env: { GITHUB_SERVER_URL: server.url },
    },
  });
  expect(result.log).toContain(`${server.url}/${REPOSITORY}.git#${checkout.sha}`);
  expect(result.exitCode).toBe(0);
  expect(result.log).toContain('neither a checkout nor Dockerfile');
  expect([...(await tagsOf(harbour, image)).keys()]).toEqual(['built']);
  // Past the proxy, which is in this process and could not answer meanwhile.
  const behind = image.replace(harbour.registry.host, harbour.testbed.registries.plain.host);
  const fetched = execFileSync(harbour.testbed.tools.crane, ['export', '--insecure', `${behind}:built`, '-'], {
    encoding: 'latin1',
  });
  expect(fetched).toContain(`first ${fresh}`);
  expect(fetched).not.toContain('second');

  const logins = new Set(server.requests.map(({ authorization }) => authorization));
  expect(logins.size).toBe(1);
  const login = Buffer.from([...logins][0]?.replace(/^basic /i, '') ?? '', 'base64').toString();
  expect(login).toMatch(/^x-access-token:.{8}/);
  expect(result.leaked).toEqual([]);
  const shown = result.log.split('\n').filter(line => !line.startsWith('::add-mask::'));
  expect(shown.join('\n')).not.toContain(login.slice('x-access-token:'.length));
});

test('standard input, which steps do not have, is told before anything runs', async () => {
  const { run } = berth(harbour, 'seaworthy');
  const refused = await run({ inputs: { context: '-', push: 'false' } });
  expect(refused.exitCode).toBe(1);
  expect(refused.log).toContain('context: "-" is standard input, which is empty');
  expect(refused.log).not.toContain('::group::build');
});
