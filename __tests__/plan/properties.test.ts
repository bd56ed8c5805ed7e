// What holds for any input: tags fit the distribution grammar, the same arguments give the same plan, nothing typed ends in a crash.

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parsePolicy } from '../../src/plan/policy-file.ts';
import { INPUT_NAMES } from '../../src/plan/inputs.ts';
import { aPullRequest, aTag, anEvent, planOf } from './plan-builders.ts';

const piece = fc.oneof(
  fc.constantFrom(
    'type=',
    'raw',
    'semver',
    'ref',
    'sha',
    ',',
    '=',
    '"',
    '\n',
    '#',
    'value=',
    'pattern={{version}}',
    'event=tag',
    'prefix=',
    'enable=',
  ),
  fc.constantFrom(
    '{{branch}}',
    '{{',
    '}}',
    "{{date 'YYYY'}}",
    '{{raw}}',
    '__proto__',
    'constructor',
    'linux/amd64',
    'true',
    ':',
    '/',
    '@',
    '✓',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const text = fc.array(piece, { maxLength: 12 }).map(parts => parts.join(''));
const ref = fc.oneof(
  fc.constantFrom('v1.2.3', 'v2.0.0-rc.1', 'p1/v1.0.0', 'nightly'),
  fc.string({ minLength: 1, maxLength: 40 }),
);
const event = fc.oneof(
  ref.map(name => aTag(name)),
  ref.map(name => anEvent({ ref: `refs/heads/${name}` })),
  fc.constant(aPullRequest()),
);
const rule = fc.oneof(
  fc.constantFrom(
    'type=sha',
    'type=ref,event=branch',
    'type=ref,event=tag',
    'type=ref,event=pr',
    'type=semver,pattern={{version}}',
    'type=semver,pattern={{major}}.{{minor}},enable={{is_not_default_branch}}',
    'type=pep440,pattern={{version}}',
    'type=pep440,pattern={{major}},value=1!2.3.post4',
    'type=match,pattern=v(.*),group=1',
    'type=match,pattern=/[^a]+/g',
    'type=schedule',
    'type=edge,suffix=-{{sha}}',
    "type=raw,value={{date 'YYYYMMDD'}}-{{branch}}",
  ),
  fc.string({ minLength: 1, maxLength: 20 }).map(value => `type=raw,value=${value.replaceAll(/["\n,]/g, '')}`),
);

function plan(...args: Parameters<typeof planOf>): ReturnType<typeof planOf> | string {
  try {
    return planOf(...args);
  } catch (error) {
    if (error instanceof Error && error.name === 'UserError') return error.message;
    throw error;
  }
}

test('every tag produced fits the grammar of the distribution specification', () => {
  let planned = 0;
  fc.assert(
    fc.property(
      event,
      fc.array(rule, { maxLength: 4 }),
      fc.oneof(fc.constantFrom('', 'latest=true', 'prefix=p-', 'suffix=-x,onlatest=true'), text),
      (started, rules, flavor) => {
        const made = plan(started, { tags: rules.join('\n'), flavor, push: 'false' });
        if (typeof made === 'string') return;
        planned += made.tags.length;
        for (const tag of made.tags) expect(tag.name).toMatch(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/);
        expect(new Set(made.tags.map(tag => tag.name)).size).toBe(made.tags.length);
      },
    ),
    { numRuns: 300 },
  );
  expect(planned).toBeGreaterThan(50);
});

test('the outputs of docker/metadata-action hold every planned tag, and what else they hold was warned of', () => {
  fc.assert(
    fc.property(
      event,
      fc.array(rule, { maxLength: 4 }),
      fc.oneof(fc.constantFrom('', 'prefix=-p'), text),
      (started, rules, flavor) => {
        const made = plan(started, { mode: 'plan', tags: rules.join('\n'), flavor });
        if (typeof made === 'string') return;
        const valid = made.metadata.tagNames.filter(name => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/.test(name));
        expect(made.tags.map(tag => tag.name)).toEqual([...new Set(valid)]);
        const strange = made.metadata.tagNames.length - valid.length;
        expect(made.warnings.some(warning => warning.includes('is not a tag'))).toBe(strange > 0);
      },
    ),
    { numRuns: 200 },
  );
});

test('a rule more never changes the tags of the others', () => {
  let compared = 0;
  fc.assert(
    fc.property(event, fc.array(rule, { maxLength: 3 }), (started, rules) => {
      const flavor = 'latest=false';
      const before = plan(started, { tags: ['type=sha', ...rules].join('\n'), flavor, push: 'false' });
      const after = plan(started, { tags: ['type=sha', ...rules, 'type=raw,value=other'].join('\n'), flavor, push: 'false' });
      if (typeof before === 'string' || typeof after === 'string') return;
      compared++;
      const names = after.tags.map(tag => tag.name).filter(name => name !== 'other');
      expect(names).toEqual(before.tags.map(tag => tag.name).filter(name => name !== 'other'));
    }),
    { numRuns: 100 },
  );
  expect(compared).toBeGreaterThan(10);
});

test('planning twice gives the same plan', () => {
  fc.assert(
    fc.property(event, fc.array(rule, { maxLength: 4 }), (started, rules) => {
      const typed = { tags: rules.join('\n'), labels: 'a={{branch}}' };
      expect(plan(started, typed)).toEqual(plan(started, typed));
    }),
    { numRuns: 100 },
  );
});

test.each(INPUT_NAMES)('no text in "%s" crashes the planner', name => {
  fc.assert(
    fc.property(text, event, fc.constantFrom('ship', 'plan'), (typed, started, mode) => {
      expect(['string', 'object']).toContain(typeof plan(started, { mode, [name]: typed }));
    }),
    { numRuns: 40 },
  );
});

test('no policy file crashes the reader', () => {
  const yaml = fc.array(
    fc.oneof(
      piece,
      fc.constantFrom('block: ', 'exceptions:\n  - ', 'id: x\n', '[', ']', '{', '}', '&a ', '*a', '!!js ', '- ', '? '),
    ),
    {
      maxLength: 10,
    },
  );
  fc.assert(
    fc.property(yaml, parts => {
      try {
        parsePolicy(parts.join(''), { path: 'p.yml', commit: 'c' });
      } catch (error) {
        expect(error).toHaveProperty('name', 'UserError');
      }
    }),
    { numRuns: 500 },
  );
});

/** Milliseconds of the processor: on a busy machine the clock says nothing. */
function effort(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  return process.cpuUsage(before).user / 1000;
}

test.each(['tags', 'images', 'labels', 'annotations', 'platforms', 'severity', 'build-args', 'flavor'])(
  '1 MB in "%s" takes less than a second',
  name => {
    for (const typed of [
      'a'.repeat(1_000_000),
      'a,'.repeat(500_000),
      '"'.repeat(999_999),
      '{{'.repeat(500_000),
      'a\n'.repeat(20_000),
    ])
      expect(effort(() => plan(anEvent(), { [name]: typed }))).toBeLessThan(1000);
  },
);

// The longest value that a variable may have; what takes longer than a second is ended from outside (connect.ts).
test.each(['tags', 'images', 'labels', 'annotations', 'flavor'])('128 KiB in "%s" are an answer or a mistake', name => {
  for (const piece of ['{{', '{{branch}}', '"a=b,c"\n', '🚢=1\n']) {
    const typed = piece.repeat(Math.floor((128 * 1024) / Buffer.byteLength(piece)));
    expect(['string', 'object']).toContain(typeof plan(anEvent(), { mode: 'plan', [name]: typed }));
  }
});
