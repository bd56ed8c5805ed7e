// What reaches the runner's log, and what can never.

import { describe, expect, test } from '@jest/globals';
import { createLog, type CoreLike, type Log } from '../../src/runner/log.ts';

function aLog(): { log: Log; lines: string[]; secrets: string[]; tick: (ms: number) => void } {
  const lines: string[] = [];
  const secrets: string[] = [];
  let time = 0;
  const to =
    (kind: string) =>
    (line: string): void =>
      void lines.push(`${kind}${line}`);
  const core: CoreLike = {
    info: to(''),
    warning: to('W:'),
    error: to('E:'),
    debug: to('D:'),
    startGroup: to('G:'),
    endGroup: () => void lines.push('/G'),
    setSecret: secret => void secrets.push(secret),
  };
  return { log: createLog(core, () => time), lines, secrets, tick: ms => void (time += ms) };
}

describe('stage()', () => {
  test('a group, then how it went and how long it took', async () => {
    const { log, lines, tick } = aLog();
    const value = await log.stage(
      'scan',
      () => (log.info('inside'), tick(4_210), Promise.resolve(2)),
      count => `${count} platforms`,
    );
    expect(value).toBe(2);
    expect(lines).toEqual(['G:scan', 'inside', '/G', '✓ scan (4.2 s): 2 platforms']);
  });

  test('closes its group when the work fails, and lets the error through', async () => {
    const { log, lines, tick } = aLog();
    const failing = (): Promise<never> => (tick(65_000), Promise.reject(new Error('boom')));
    await expect(log.stage('build', failing, () => 'x')).rejects.toThrow('boom');
    expect(lines).toEqual(['G:build', '/G', '✗ build (1 min 05 s)']);
  });
});

describe('lines that the runner would obey', () => {
  test.each([
    ['::error::fake', ': :error::fake'],
    ['   ::set-output name=x::y', '   : :set-output name=x::y'],
    ['#7 0.3 ##[add-path]/evil', '#7 0.3 # #[add-path]/evil'],
    ['std::vector is fine', 'std::vector is fine'],
    ['\u001b[32mgreen\u001b[0m\u0007', '\u001b[32mgreen\u001b[0m'],
    ['\u001b]0;title\u0007x', ']0;titlex'],
    ['progress\r100%', 'progress100%'],
  ])('%j', (line, expected) => {
    const { log, lines } = aLog();
    log.info(line);
    expect(lines).toEqual([expected]);
  });

  test('every line of a text is looked at', () => {
    const { log, lines } = aLog();
    log.info('first\n::add-mask::x');
    expect(lines).toEqual(['first', ': :add-mask::x']);
  });
});

test('progress is not repeated', () => {
  const { log, lines } = aLog();
  for (const line of ['10 %', '10 %', '20 %']) log.progress(line);
  expect(lines).toEqual(['  10 %', '  20 %']);
});

describe('secrets', () => {
  test('are masked whole and line by line, without what is public', () => {
    const { log, secrets } = aLog();
    log.mask('-----BEGIN PRIVATE KEY-----\nabcdefgh\nijklmnop\n-----END PRIVATE KEY-----\n');
    log.mask('');
    log.mask('abc');
    expect(secrets).toEqual([
      '-----BEGIN PRIVATE KEY-----\nabcdefgh\nijklmnop\n-----END PRIVATE KEY-----',
      'abcdefgh',
      'ijklmnop',
    ]);
  });

  test('are taken out of text that the runner does not mask, a longer one whole', () => {
    const { log } = aLog();
    log.mask('hunter22');
    log.mask('hunter22-of-prod');
    log.mask('abc');
    expect(log.redact('x hunter22 y hunter22-of-prod, abc')).toBe('x *** y ***, abc');
  });

  test('are taken out of warnings and errors, which GitHub shows on the summary page', () => {
    const { log, lines } = aLog();
    log.mask('hunter22');
    log.warn('login with hunter22 failed');
    log.error('hunter22');
    expect(lines).toEqual(['W:login with *** failed', 'E:***']);
  });
});
