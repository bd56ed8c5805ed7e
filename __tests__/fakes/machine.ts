// A Machine in memory: remembers what it was asked to hand over.

import type { Machine } from '../../src/deliver/deliver.ts';
import { platformName } from '../../src/plan/platform.ts';

export interface FakeMachine extends Machine {
  /** What was asked, one line each. */
  readonly asked: readonly string[];
}

/** `failure` is thrown by everything. */
export function fakeMachine(failure?: Error): FakeMachine {
  const asked: string[] = [];
  const ask = <T>(line: string, answer: T): Promise<T> => {
    asked.push(line);
    return failure === undefined ? Promise.resolve(answer) : Promise.reject(failure);
  };
  return {
    asked,
    moveOutput: (from, { type, dest }) => ask(`${type}: ${from} -> ${dest}`, undefined),
    load: (bundle, { platform, manifest }, names) =>
      ask(`load ${platformName(platform)} of ${bundle.root.digest} as ${names.join(', ')}`, manifest.digest),
    archive: (bundle, file) => ask(`archive ${bundle.root.digest} as ${file}`, file),
  };
}
