// The version that the action reports is the version that is released.

import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { VERSION } from '../src/version.ts';

test('src/version.ts and package.json say the same', () => {
  const file = new URL('../package.json', import.meta.url);
  expect(VERSION).toBe((JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version);
});
