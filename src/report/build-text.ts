// RunRecord -> the folded group of the log about the build: builder, caches, the slowest steps.

import type { RunRecord } from '../record.ts';
import { buildFactPairs, cacheCost, cachesOf, deliveryPairs, slowest } from './build-words.ts';
import { columns } from './columns.ts';
import { duration } from './wording.ts';

/** Lines for the log; none without a build. */
export function buildLines(record: RunRecord): string[] {
  const { build, delivery } = record;
  if (build === undefined) return [];
  const facts = [...buildFactPairs(build), ...(delivery === undefined ? [] : deliveryPairs(delivery))];
  const caches = cachesOf(record).map(use => [
    use.type,
    use.direction,
    use.name,
    cacheCost(use),
    `${use.state}${use.reason === undefined ? '' : `: ${use.reason}`}`,
  ]);
  const steps = slowest(build.steps).map(({ name, cached, seconds }) => [duration(seconds), cached ? 'cached' : '', name]);
  return [
    ...columns(facts.map(([name, value]) => [name.toLowerCase(), value])),
    ...(caches.length === 0 ? [] : ['', ...columns([['CACHE', 'DIRECTION', 'NAME', 'COST', 'STATE'], ...caches])]),
    ...(steps.length === 0 ? [] : ['', ...columns([['TIME', '', 'SLOWEST STEPS'], ...steps])]),
  ];
}
