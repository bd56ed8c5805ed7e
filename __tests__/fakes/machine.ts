// A Machine in memory: remembers what it was asked to hand over.

import type { Machine } from '../../src/deliver/deliver.ts';
import { platformName } from '../../src/plan/platform.ts';

export interface FakeMachine extends Machine {
  /** What was asked, one line each. */
  readonly asked: readonly string[];
}

export interface FakeMachineOptions {
  /** Thrown by what `fails` names; by everything when it names nothing. */
  readonly failure?: Error;
  readonly fails?: keyof Machine;
  /** Told each line as it is asked. */
  readonly onAsk?: (line: string) => void;
}

/** Hands nothing over, but says what it would. */
export function fakeMachine({ failure, fails, onAsk }: FakeMachineOptions = {}): FakeMachine {
  const asked: string[] = [];
  const ask = <T>(what: keyof Machine, line: string, answer: T): Promise<T> => {
    asked.push(line);
    onAsk?.(line);
    const bad = failure !== undefined && (fails ?? what) === what;
    return bad ? Promise.reject(failure) : Promise.resolve(answer);
  };
  return {
    asked,
    prepare: () => ask('prepare', 'prepare', undefined),
    moveOutput: (from, { type, dest }) => ask('moveOutput', `${type}: ${from} -> ${dest}`, undefined),
    writeImage: (bundle, { type, dest }, names) =>
      ask('writeImage', `${type}: ${bundle.root.digest} -> ${dest} as ${names.join(', ')}`, undefined),
    load: (bundle, { platform, manifest }, names) =>
      ask('load', `load ${platformName(platform)} of ${bundle.root.digest} as ${names.join(', ')}`, manifest.digest),
    archive: (bundle, file, names) =>
      ask('archive', `archive ${bundle.root.digest} as ${file} named ${names.join(', ')}`, `/workspace/${file}`),
  };
}
