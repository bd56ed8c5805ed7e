import { describe, expect, test } from '@jest/globals';
import { UserError } from '../../src/errors.ts';
import { collectMistakes } from '../../src/plan/mistakes.ts';
import type { Mistakes } from '../../src/plan/mistakes.ts';

function thrownBy(mistakes: Mistakes): UserError {
  try {
    mistakes.check('the inputs', 'the general way out');
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

test('without a mistake nothing happens', () => {
  const mistakes = collectMistakes();
  expect(() => mistakes.check('the inputs', 'x')).not.toThrow();
});

test('it is known where they are', () => {
  const mistakes = collectMistakes();
  mistakes.add('tags', 'is wrong');
  expect([mistakes.has('tags'), mistakes.has('push', 'tags'), mistakes.has('push'), mistakes.has()]).toEqual([
    true,
    true,
    false,
    false,
  ]);
});

test('one stands alone, with its own way out if it has one', () => {
  const [plain, own] = [collectMistakes(), collectMistakes()];
  plain.add('push', 'is wrong');
  own.add('push', 'is wrong', 'Do this');
  expect(thrownBy(plain)).toMatchObject({ message: 'push: is wrong', hint: 'the general way out' });
  expect(thrownBy(own)).toMatchObject({ message: 'push: is wrong', hint: 'Do this' });
});

test('several are listed in the given order, what is not in it first, equal ones once', () => {
  const mistakes = collectMistakes(['a', 'b']);
  mistakes.add('b', 'two');
  mistakes.add('a', 'one');
  mistakes.add('b', 'two', 'Twice the same');
  mistakes.add('b', 'three', 'So do that');
  mistakes.add('x', 'zero');
  expect(thrownBy(mistakes).message).toBe('4 mistakes in the inputs:\n- x: zero\n- a: one\n- b: two\n- b: three. So do that');
});

test('without an order they stay as found', () => {
  const mistakes = collectMistakes();
  mistakes.add('b', 'one');
  mistakes.add('a', 'two');
  expect(thrownBy(mistakes).message).toBe('2 mistakes in the inputs:\n- b: one\n- a: two');
});

describe('a message has bounds', () => {
  test('twenty are shown', () => {
    const mistakes = collectMistakes();
    for (let n = 1; n <= 33; n++) mistakes.add(`p.yml:${n}`, 'is wrong');
    const lines = thrownBy(mistakes).message.split('\n');
    expect(lines).toHaveLength(22);
    expect(lines.at(-1)).toBe('- and 13 more');
  });

  test('it fits into an annotation of the runner, 4096 characters', () => {
    const mistakes = collectMistakes();
    for (let n = 1; n <= 15; n++) mistakes.add(`input-${n}`, 'x'.repeat(400));
    const { message } = thrownBy(mistakes);
    expect(message.length).toBeLessThan(4000);
    expect(message).toContain('- and ');
  });

  test('a single long one is told all the same', () => {
    const mistakes = collectMistakes();
    mistakes.add('a', 'x'.repeat(5000));
    mistakes.add('b', 'y');
    expect(thrownBy(mistakes).message).toContain('- a: xxx');
  });
});
