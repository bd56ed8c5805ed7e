// What the log shows at the end: the result.

import { describe, expect, test } from '@jest/globals';
import { makeReport } from '../../src/report/make-report.ts';
import { resultText } from '../../src/report/text.ts';
import { aBlockedRecord, aDigest, aFinding, aPublication, aRecord, blocks, ROOT } from '../builders/record.ts';
import { SITUATIONS } from '../builders/situations.ts';

const result = (record: Parameters<typeof makeReport>[0]): string => resultText(makeReport(record));

describe('the result', () => {
  test('shipped: digest, tags, equality, lines to copy', () => {
    const text = result(aRecord());
    expect(text).toContain('SHIPPED');
    expect(text).toContain(`digest        ${ROOT}`);
    expect(text).toMatch(/linux\/amd64 {2}sha256:[0-9a-f]{12} {2}sha256:[0-9a-f]{12} {2}sha256:[0-9a-f]{12} {2}equal/);
    expect(text).toContain(`docker pull ghcr.io/acme/app@${ROOT}`);
  });

  test('a digest that differs anywhere is not equal', () => {
    const publication = aPublication();
    const text = result(
      aRecord({
        publication: { ...publication, equality: publication.equality.map(line => ({ ...line, scanned: aDigest('other') })) },
      }),
    );
    expect(text.match(/NOT EQUAL/g)).toHaveLength(2);
  });

  test('blocked: at most twenty rows, the rest counted, then what to do', () => {
    const text = result(aBlockedRecord(Array.from({ length: 50 }, (_, index) => blocks(aFinding({ id: `CVE-2026-${index}` })))));
    expect(text.match(/CVE-2026-\d+ {2}/g)).toHaveLength(20);
    expect(text).toContain('50 findings block:');
    expect(text).toContain('and 30 more: see the job summary');
    expect(text).toContain('What to do next:');
    expect(text).not.toContain('`');
  });

  test.each(Object.entries(SITUATIONS))('%s: lined up, nothing hidden in it', (_name, record) => {
    const text = result(record);
    expect(text.trim()).not.toBe('');
    // eslint-disable-next-line no-control-regex -- colours are allowed, nothing else
    expect(text.replace(/\u001b\[[0-9;]*m/g, '')).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202a-\u202e\u200b]/);
    expect(text).not.toMatch(/undefined|NaN|\[object/);
  });
});
