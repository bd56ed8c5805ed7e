// A mistyped word + the words that exist -> the one that was probably meant.

/** What people type for a word that exists: the first of the list that is a candidate is meant. */
const SAME_MEANING: Readonly<Record<string, readonly string[]>> = {
  ...sameFor(['yes', 'y', 'on', '1', 'enable', 'enabled', 'true'], ['true', 'enforce', 'auto']),
  ...sameFor(['no', 'n', 'off', '0', 'disable', 'disabled', 'false', 'none', 'never', 'skip'], ['false', 'off', 'never']),
  ...sameFor(['block', 'error', 'strict', 'stop', 'break'], ['enforce', 'fail']),
  ...sameFor(['ignore', 'continue', 'allow', 'report', 'audit', 'warning'], ['warn']),
  ...sameFor(['publish', 'release', 'build'], ['ship']),
  ...sameFor(['dry-run', 'check', 'metadata'], ['plan']),
  ...sameFor(['vulnerability', 'vulnerabilities', 'cve'], ['vuln']),
  moderate: ['MEDIUM'],
  important: ['HIGH'],
  negligible: ['LOW'],
};

/** The candidate with the same meaning or the smallest edit distance, or undefined when none is close enough to be a typing mistake. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const typed = word.toLowerCase().slice(0, 100);
  const meant = Object.hasOwn(SAME_MEANING, typed) ? SAME_MEANING[typed]?.find(one => candidates.includes(one)) : undefined;
  return meant ?? closest(typed, candidates) ?? containing(typed, candidates);
}

function closest(typed: string, candidates: readonly string[]): string | undefined {
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const allowed = Math.max(1, Math.floor(Math.max(typed.length, candidate.length) * 0.4));
    // The difference in length is the least that the distance can be: most candidates need no table.
    if (Math.abs(typed.length - candidate.length) > Math.min(allowed, (best?.distance ?? Infinity) - 1)) continue;
    const distance = editDistance(typed, candidate.toLowerCase());
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** `timeout` means `scan-timeout` when nothing else has that word. */
function containing(typed: string, candidates: readonly string[]): string | undefined {
  const found = candidates.filter(candidate =>
    candidate
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .includes(typed),
  );
  return found.length === 1 ? found[0] : undefined;
}

/** ` (did you mean "linux/amd64"?)`, or nothing. */
export function didYouMean(word: string, candidates: readonly string[]): string {
  const guess = nearest(word, candidates);
  return guess === undefined ? '' : ` (did you mean "${guess}"?)`;
}

/** Insertions, deletions, replacements and swaps of neighbours, each counted once (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1];
      let cost = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1));
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      if (swapped) cost = Math.min(cost, at(beforeLast, column - 2) + 1);
      current.push(cost);
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], column: number): number {
  return row[column] ?? Infinity;
}

function sameFor(words: readonly string[], meant: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(words.map(word => [word, meant]));
}
