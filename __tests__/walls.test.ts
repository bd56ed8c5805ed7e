// The rule that keeps the rooms apart, read from the sources themselves, so that it holds even if a lint rule is switched off.

import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SRC = path.join(path.dirname(fileURLToPath(import.meta.url)), '..', 'src');
const FLOW = ['plan', 'preflight', 'build', 'scan', 'gate', 'deliver', 'publish', 'report'];

interface Source {
  readonly file: string;
  readonly text: string;
}

function sources(): Source[] {
  return readdirSync(SRC, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && entry.name.endsWith('.ts'))
    .map(entry => path.join(entry.parentPath, entry.name))
    .map(file => ({ file: path.relative(SRC, file), text: readFileSync(file, 'utf8') }));
}

/** Everything that a source imports: packages as written, files as paths below src. */
function imports({ file, text }: Source): string[] {
  return [...text.matchAll(/^\s*(?:import|export)\b[^'";]*?from\s+'([^']+)'|^import\s+'([^']+)'/gms)]
    .map(match => match[1] ?? match[2] ?? '')
    .map(name => (name.startsWith('.') ? path.normalize(path.join(path.dirname(file), name)) : name));
}

/** What is wrong with one source by the rule of ARCHITECTURE.md. */
function trespasses(source: Source): string[] {
  const room = source.file.split(path.sep)[0] ?? '';
  const place = FLOW.indexOf(room);
  const wrong = (name: string): string | undefined => {
    const target = name.split(path.sep)[0] ?? '';
    if (name === 'node:child_process' || name === '@actions/exec')
      return source.file === path.join('tools', 'command.ts') ? undefined : 'starts processes';
    if (place === -1) {
      if (
        room === 'bundle' &&
        (['tools', 'runner'].includes(target) || name.startsWith('@actions/') || /^node:(https?|net|tls)$/.test(name))
      )
        return 'bundle/ starts nothing and knows no tool';
      if (room === 'tools' && (target === 'runner' || name.startsWith('@actions/'))) return 'tools do not know GitHub Actions';
      return undefined;
    }
    if (name.startsWith('node:') || name.startsWith('@actions/')) return 'a room does no input or output';
    if (['tools', 'runner', 'main.ts', 'pipeline.ts'].includes(target))
      return 'a room declares interfaces, it does not import tools';
    return FLOW.indexOf(target) > place ? `${room}/ comes before ${target}/` : undefined;
  };
  return imports(source).flatMap(name =>
    wrong(name) === undefined ? [] : [`${source.file} imports ${name}: ${String(wrong(name))}`],
  );
}

describe('walls between the rooms', () => {
  test('no source imports what its room may not', () => {
    expect(sources().flatMap(trespasses)).toEqual([]);
  });

  test('only tools/command.ts starts processes', () => {
    const starting = sources().filter(source => imports(source).includes('node:child_process'));
    expect(starting.map(source => source.file)).toEqual([path.join('tools', 'command.ts')]);
  });

  test('setFailed appears in main.ts only, and process.exit only where all is told', () => {
    expect(
      sources()
        .filter(source => /\bsetFailed\s*\(/.test(source.text))
        .map(source => source.file),
    ).toEqual(['main.ts']);
    expect(
      sources()
        .filter(source => /\bprocess\.exit\s*\(/.test(source.text))
        .map(source => source.file),
    ).toEqual(['index.ts']);
  });

  test('inputs are read in one place', () => {
    const readers = sources().filter(source =>
      /\bgetInput\s*\(|\bgetMultilineInput\s*\(|\bgetBooleanInput\s*\(/.test(source.text),
    );
    expect(readers.map(source => source.file)).toEqual(['main.ts']);
  });

  test.each([
    ['gate/x.ts', "import { readFileSync } from 'node:fs';"],
    ['gate/x.ts', "import { run } from '../tools/command.ts';"],
    ['plan/x.ts', "import type { Verdict } from '../gate/verdict.ts';"],
    ['report/x.ts', "import * as core from '@actions/core';"],
    ['bundle/x.ts', "import http from 'node:http';"],
    ['tools/x.ts', "import { spawn } from 'node:child_process';"],
  ])('%s with %s is noticed', (file, text) => {
    expect(trespasses({ file, text })).toHaveLength(1);
  });
});
