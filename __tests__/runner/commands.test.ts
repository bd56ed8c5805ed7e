// The runner's protocol: what is written is compared with what GitHub's own toolkit writes for the same calls.

import * as toolkit from '@actions/core';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { explain } from '../../src/errors.ts';
import { createCommands } from '../../src/runner/commands.ts';
import { parsePairs } from '../../testbed/runner/files.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(path.join(tmpdir(), 'commands-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

/** What the toolkit prints while `work` runs. */
function printedByToolkit(work: () => void): string {
  const write = process.stdout.write.bind(process.stdout);
  let printed = '';
  process.stdout.write = (text: string) => {
    printed += text;
    return true;
  };
  try {
    work();
  } finally {
    process.stdout.write = write;
  }
  return printed;
}

function printed(work: (commands: ReturnType<typeof createCommands>) => void): string {
  let text = '';
  work(createCommands({}, part => (text += part)));
  return text;
}

const TEXTS = ['', 'plain', '100 %', 'a\r\nb\nc', '::error::x', '%0A', 'ünï 🚢', 'a:b,c=d', ' blanks '];

describe('commands', () => {
  test.each(TEXTS)('%j is printed as the toolkit prints it', text => {
    for (const name of ['info', 'warning', 'error', 'debug', 'startGroup', 'setSecret'] as const)
      expect(printed(commands => commands[name](text))).toBe(printedByToolkit(() => toolkit[name](text)));
    expect(printed(commands => commands.endGroup())).toBe(printedByToolkit(() => toolkit.endGroup()));
  });
});

describe('inputs', () => {
  test.each(['tags', 'sep-tags', 'github-token', 'with blank'])('%s is read from the variable that the toolkit reads', name => {
    const variable = `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`;
    process.env[variable] = ' \n a \n';
    try {
      const own = createCommands(process.env, () => undefined).getInput(name);
      expect(own).toBe(toolkit.getInput(name, { trimWhitespace: false }));
      expect(own).toBe(' \n a \n');
    } finally {
      // eslint-disable-next-line @typescript-eslint/no-dynamic-delete -- as it was
      delete process.env[variable];
    }
  });

  test('one that was left out is empty', () => {
    expect(createCommands({}, () => undefined).getInput('tags')).toBe('');
  });
});

describe('outputs', () => {
  test.each([...TEXTS.filter(text => !text.includes('\r')), 'a\n', '\n', 'EOF\nx=y\nEOF'])('%j arrives as it is', value => {
    const file = path.join(directory, 'output');
    writeFileSync(file, 'before=1\n');
    const { setOutput } = createCommands({ GITHUB_OUTPUT: file }, () => undefined);
    setOutput('tags', value);
    setOutput('after', '2');
    expect(parsePairs(readFileSync(file, 'utf8'))).toEqual({ before: '1', tags: value, after: '2' });
  });

  test('a value that looks like the end of a value sets no other output', () => {
    const file = path.join(directory, 'injected');
    const { setOutput } = createCommands({ GITHUB_OUTPUT: file }, () => undefined);
    setOutput('a', 'x');
    const delimiter = /<<(\S+)/.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
    setOutput('b', `y\n${delimiter}\nevil=1`);
    expect(Object.keys(parsePairs(readFileSync(file, 'utf8')))).toEqual(['a', 'b']);
  });

  test('without a file they are printed, as the toolkit does', () => {
    expect(printed(commands => commands.setOutput('tags', 'a\nb'))).toBe('::set-output name=tags::a%0Ab\n');
  });

  test('a file that cannot be written is an error: no output is lost silently', () => {
    const { setOutput } = createCommands({ GITHUB_OUTPUT: path.join(directory, 'no', 'such') }, () => undefined);
    let thrown: unknown;
    try {
      setOutput('tags', 'a');
    } catch (error) {
      thrown = error;
    }
    // Nobody's bug: one line and the way out, no stack.
    expect(explain(thrown)).toMatchObject({
      kind: 'user',
      message: expect.stringMatching(/^GITHUB_OUTPUT \(.*such\) cannot be written: ENOENT/),
      hint: expect.stringContaining('leave GITHUB_OUTPUT as it is'),
      details: [],
    });
  });
});
