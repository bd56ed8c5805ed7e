// Machine: the file system and the engine of this machine, for what is handed over after the gate.

import type { Machine } from '../deliver/deliver.ts';

/** The real one. */
export function createMachine(): Machine {
  const later = (): Promise<never> => Promise.reject(new Error('this is not there yet'));
  return { moveOutput: later, load: later, archive: later };
}
