// The byte budget holds for any blocks, and what is dropped is said.

import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fit, type Block, type Rows } from '../../src/report/fit.ts';
import { bytes } from '../../src/report/markdown.ts';

const lines = (rows: readonly string[], rank = 1): Rows => ({
  kind: 'rows',
  rank,
  open: 'OPEN\n',
  rows,
  close: dropped => (dropped === 0 ? 'END' : `and ${dropped} more END`),
  instead: `${rows.length} rows`,
});

describe('fit()', () => {
  test('everything, in the order given, when there is room', () => {
    const blocks: Block[] = [
      { kind: 'text', rank: 9, text: 'first' },
      lines(['a', 'b']),
      { kind: 'text', rank: 0, text: 'last' },
    ];
    expect(fit(blocks, 1000)).toBe('first\n\nOPEN\na\nb\nEND\n\nlast');
  });

  test('rows go from the end, whole, and are counted', () => {
    const rows = Array.from({ length: 100 }, (_, index) => `row ${index} ${'é'.repeat(20)}`);
    const out = fit([lines(rows)], 700);
    const kept = out.split('\n').filter(line => line.startsWith('row '));
    expect(kept.length).toBeGreaterThan(5);
    expect(kept).toEqual(rows.slice(0, kept.length));
    expect(out).toContain(`and ${100 - kept.length} more END`);
    expect(bytes(out)).toBeLessThanOrEqual(700);
  });

  test('a lower rank is kept longer, wherever it stands', () => {
    const out = fit(
      [
        { kind: 'text', rank: 5, text: 'x'.repeat(200) },
        { kind: 'text', rank: 0, text: 'the answer' },
      ],
      120,
    );
    expect(out).toBe('the answer\n\n_Some sections are left out here: they do not fit._');
  });

  test('rows of which none fits leave a line', () => {
    expect(fit([lines(['y'.repeat(500)]), { kind: 'text', rank: 0, text: 'answer' }], 120)).toBe('1 rows\n\nanswer');
  });

  test('never longer than the budget', () => {
    const block = fc.oneof(
      fc.record({
        kind: fc.constant('text' as const),
        rank: fc.integer({ min: 0, max: 9 }),
        text: fc.string({ unit: 'binary', maxLength: 200 }),
      }),
      fc
        .tuple(fc.array(fc.string({ unit: 'binary', maxLength: 50 })), fc.integer({ min: 0, max: 9 }))
        .map(([rows, rank]) => lines(rows, rank)),
    );
    fc.assert(
      fc.property(fc.array(block, { maxLength: 8 }), fc.integer({ min: 0, max: 1500 }), (blocks, budget) => {
        expect(bytes(fit(blocks, budget))).toBeLessThanOrEqual(budget);
      }),
      { numRuns: 500 },
    );
  });
});
