// What BuildKit 0.33.1 said when git failed, and what is told of it. The tables of contexts.real.test.ts see the same on real servers.

import { describe, expect, test } from '@jest/globals';
import { gitCause, gitHint, remoteDockerfileHint } from '../../src/tools/git-failure.ts';
import { anOrder } from '../build/orders.ts';

const order = anOrder({ context: 'https://x.org/a.git#main:sub' });
const FETCH = 'failed to read dockerfile: failed to load cache key: failed to fetch remote https://x.org/a.git: git stderr:';

describe('a hint', () => {
  test.each<[string, RegExp]>([
    ['failed to load cache key: exec: "git": executable file not found in $PATH', /has no git.*builder-image/],
    [`${FETCH}\nfatal: could not read Username for 'https://x.org': terminal prompts disabled`, /GIT_AUTH_TOKEN\.<host>=/],
    [
      `${FETCH}\nremote: Invalid username or token.\nfatal: Authentication failed for 'https://x.org/a.git/'`,
      /GIT_AUTH_TOKEN\.<host>=/,
    ],
    [
      `${FETCH}\nfatal: unable to access 'https://x.org/a.git/': The requested URL returned error: 403`,
      /GIT_AUTH_TOKEN\.<host>=/,
    ],
    [
      `${FETCH}\nremote: Repository not found.\nfatal: repository 'https://x.org/a.git/' not found`,
      /^There is no such repository/,
    ],
    ['repository does not contain ref main, output: ""', /no such ref.*\(https:\/\/x\.org\/a\.git#main:sub\)/],
    [`${FETCH}\nfatal: remote error: upload-pack: not our ref ${'c'.repeat(40)}`, /no such ref/],
    ['invalid subdir /sub: failed to lstat "sub": no such file or directory', /no such directory/],
    [`${FETCH}\nfatal: unable to access 'https://x.org/a.git/': Could not resolve host: x.org`, /the builder, not this step/],
    [
      "failed to update submodules for https://x.org/a.git: clone of 'https://x.org/b.git' failed",
      /submodules on github\.com only/,
    ],
    [`${FETCH}\ngit@x.org: Permission denied (publickey).`, /SSH key/],
  ])('%s', (text, hint) => {
    expect(gitHint(text, order)).toMatch(hint);
  });

  test('names the host that was shown the token of the job', () => {
    const secrets = [{ id: 'GIT_AUTH_TOKEN.x.org', from: 'token' as const }];
    const text = `${FETCH}\nfatal: could not read Username for 'https://x.org': terminal prompts disabled`;
    expect(gitHint(text, anOrder({ secrets }))).toMatch(/given github-token for x\.org.*secrets: GIT_AUTH_TOKEN\.x\.org=/);
  });

  test.each([
    "fatal: could not read Username for 'https://x.org'",
    'fatal: Could not resolve host: x.org',
    "repository 'x' not found",
  ])('is none for a RUN step that says "%s"', text => {
    expect(gitHint(`process "/bin/sh -c git clone" did not complete successfully\n${text}`, order)).toBeUndefined();
  });
});

test("the cause is one line with git's own word", () => {
  const said = [`ERROR: failed to build: failed to solve: ${FETCH}`, "fatal: repository 'https://x.org/a.git/' not found"];
  expect(gitCause(FETCH, said)).toBe("failed to fetch remote https://x.org/a.git: repository 'https://x.org/a.git/' not found");
  expect(gitCause(FETCH, [])).toBe('failed to fetch remote https://x.org/a.git');
  expect(gitCause('another cause', said)).toBe('another cause');
});

test('a Dockerfile that is missing is told with where it was looked for', () => {
  expect(remoteDockerfileHint(order)).toContain('Dockerfile is looked for in its directory sub, not in the workspace');
  expect(remoteDockerfileHint(anOrder({ context: 'https://x.org/a.git', file: 'b' }))).toContain(
    'b is looked for in the repository',
  );
  expect(remoteDockerfileHint(anOrder({ context: '.' }))).toBeUndefined();
});
