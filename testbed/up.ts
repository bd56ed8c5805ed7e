/** Brings parts in the order they need each other, as many at a time as possible. */
import type { Context, Part } from './part.ts';

/** How it went with one part. */
export interface Outcome {
  readonly part: Part;
  /** "there": nothing to do; "brought"; "failed"; "skipped": a part it needs has failed. */
  readonly result: 'there' | 'brought' | 'failed' | 'skipped';
  readonly seconds: number;
  /** Why, for failed and skipped. */
  readonly reason: string;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error)).replaceAll(/\s*\n\s*/g, ' ');

async function bringOne(context: Context, part: Part, needed: readonly Outcome[]): Promise<Outcome> {
  const missing = needed.find(({ result }) => result === 'failed' || result === 'skipped');
  if (missing !== undefined) return { part, result: 'skipped', seconds: 0, reason: `needs ${missing.part.name}` };
  const begin = performance.now();
  const seconds = (): number => (performance.now() - begin) / 1000;
  try {
    if (await part.present(context)) return { part, result: 'there', seconds: seconds(), reason: '' };
    await part.bring(context);
    return { part, result: 'brought', seconds: seconds(), reason: '' };
  } catch (error) {
    return { part, result: 'failed', seconds: seconds(), reason: message(error) };
  }
}

/** Brings all the parts; `finished` hears of each one as soon as it is through. */
export async function bringAll(
  parts: readonly Part[],
  contextOf: (part: Part) => Context,
  finished: (outcome: Outcome) => Promise<void> | void,
): Promise<readonly Outcome[]> {
  const started = new Map<string, Promise<Outcome>>();
  const start = (part: Part): Promise<Outcome> => {
    const known = started.get(part.name);
    if (known !== undefined) return known;
    const outcome = (async () => {
      const needed = parts.filter(other => part.needs.includes(other.name));
      const result = await bringOne(contextOf(part), part, await Promise.all(needed.map(start)));
      await finished(result);
      return result;
    })();
    started.set(part.name, outcome);
    return outcome;
  };
  return Promise.all(parts.map(start));
}
