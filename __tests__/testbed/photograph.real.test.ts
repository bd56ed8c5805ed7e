import { expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from '../../testbed/chromium.ts';
import { photograph, renderPage } from '../../testbed/render/page.ts';

/** Width and height out of the head of a PNG. */
function sizeOf(png: Buffer): { readonly width: number; readonly height: number } {
  expect(png.subarray(1, 4).toString('latin1')).toBe('PNG');
  return { width: png.readUInt32BE(16), height: png.readUInt32BE(20) };
}

test('a picture is as high as its page', async () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'photograph-test-'));
  try {
    const browser = await chromium();
    const heights: number[] = [];
    for (const rows of [1, 60]) {
      const png = path.join(directory, `${rows}.png`);
      const text = `## :anchor: Report\n\n${'one line\n\n'.repeat(rows)}`;
      const size = await photograph(renderPage(text, { title: 'image summary', theme: 'light' }), png, { chromium: browser });
      expect(sizeOf(readFileSync(png))).toEqual(size);
      expect(size.width).toBe(980);
      heights.push(size.height);
    }
    const [low = 0, high = 0] = heights;
    expect(low).toBeLessThan(400);
    expect(high).toBeGreaterThan(low + 59 * 24);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
