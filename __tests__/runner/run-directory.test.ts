// A directory of one's own, or one line that says why there is none.

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explain, UserError } from '../../src/errors.ts';
import { makeRunDirectory } from '../../src/runner/run-directory.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'run-directory-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('makeRunDirectory()', () => {
  test('a new one each time, readable by its owner only, below a parent that is made', () => {
    const parent = path.join(directory, 'not', 'there');
    const made = [makeRunDirectory(parent), makeRunDirectory(parent)];
    expect(readdirSync(parent).sort()).toEqual(made.map(each => path.basename(each)).sort());
    expect(statSync(made[0] ?? '').mode & 0o777).toBe(0o700);
  });

  test.each([undefined, ''])('without RUNNER_TEMP (%p) below the temporary directory of the system', parent => {
    const made = makeRunDirectory(parent);
    expect(path.dirname(made)).toBe(tmpdir());
    rmSync(made, { recursive: true });
  });

  test.each(['file', 'file/below'])('RUNNER_TEMP that is no directory (%s) is no bug: what is wrong, and a way out', name => {
    const parent = path.join(directory, name);
    writeFileSync(path.join(directory, 'file'), '');
    const error = thrownBy(() => makeRunDirectory(parent));
    expect(error).toBeInstanceOf(UserError);
    const { message, hint, details } = explain(error);
    expect(message).toContain(`RUNNER_TEMP (${parent}) cannot hold the files of this run: `);
    expect(hint).toMatch(/must be a directory/);
    expect(details).toEqual([]);
  });
});
