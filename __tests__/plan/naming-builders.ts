// Builders for what names the image: a case says only what it is about, and nothing of a build.

import { collectMistakes } from '../../src/plan/mistakes.ts';
import { planNaming } from '../../src/plan/naming.ts';
import type { Naming } from '../../src/plan/naming.ts';
import type { Mode } from '../../src/plan/plan.ts';
import { readNaming } from '../../src/plan/read-naming.ts';
import type { TagFacts } from '../../src/plan/tag-facts.ts';
import { NOW, SHA } from './plan-builders.ts';

/** A push to main; a ref alone makes it another one. */
export function someFacts(over: Partial<TagFacts> = {}): TagFacts {
  return {
    eventName: 'push',
    ref: 'refs/heads/main',
    sha: SHA,
    baseRef: '',
    payloadDefaultBranch: 'main',
    repository: {
      name: 'App',
      url: 'https://github.com/Acme/App',
      description: 'An app',
      defaultBranch: 'main',
      license: 'MIT',
    },
    commitDate: undefined,
    now: NOW,
    ...over,
  };
}

/** What was named, and what was said about it. */
export interface Named {
  readonly naming: Naming;
  readonly mistakes: readonly string[];
  readonly warnings: readonly string[];
  /** What onRule was told. */
  readonly told: readonly string[];
}

export interface NamingCase {
  readonly mode?: Mode;
  readonly facts?: Partial<TagFacts>;
  readonly env?: Readonly<Record<string, string>>;
}

/** Reads and names, whatever the mistakes. */
export function nameImage(
  typed: Readonly<Record<string, string>>,
  { mode = 'plan', facts = {}, env = {} }: NamingCase = {},
): Named {
  const mistakes = collectMistakes();
  const warnings: string[] = [];
  const told: string[] = [];
  const get = (name: string): string => (Object.hasOwn(typed, name) ? (typed[name] ?? '') : '');
  const inputs = { mode, ...readNaming({ get, mistakes, warnings, machine: undefined }, { mode, env }, warnings) };
  const naming = planNaming({ inputs, facts: someFacts(facts), onRule: text => told.push(text) }, mistakes);
  return { naming, mistakes: mistakes.lines, warnings: [...warnings, ...naming.warnings], told };
}
