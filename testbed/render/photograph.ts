/** A picture of a page, as high as the page is. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../command.ts';

export interface PhotographOptions {
  /** Of the window; default 980. */
  readonly width?: number;
  /** Path of the browser: see chromium() of the testbed. */
  readonly chromium: string;
  /** Picture points per point of the page; default 1. */
  readonly scale?: number;
}

export interface Photograph {
  readonly width: number;
  readonly height: number;
}

/** Higher pictures are cut: browsers and viewers have trouble with them. */
const HIGHEST = 16_000;

const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-extensions',
  '--no-first-run',
  '--hide-scrollbars',
  // Nothing is fetched from anywhere: a picture must not depend on the network.
  '--host-resolver-rules=MAP * ~NOTFOUND',
  '--virtual-time-budget=3000',
];

/** Photographs an HTML page into a PNG file and returns its size. */
export async function photograph(html: string, png: string, options: PhotographOptions): Promise<Photograph> {
  const { width = 980, chromium, scale = 1 } = options;
  const directory = await mkdtemp(path.join(tmpdir(), 'photograph-'));
  try {
    const page = path.join(directory, 'page.html');
    const url = `file://${page}`;
    const look = (height: number, ...args: string[]): Promise<string> => {
      const window = [`--window-size=${width},${height}`, `--force-device-scale-factor=${scale}`];
      const own = [`--user-data-dir=${path.join(directory, 'profile')}`, `--crash-dumps-dir=${directory}`];
      return run(chromium, [...FLAGS, ...window, ...own, ...args, url], { timeoutMs: 60_000, env: { HOME: directory } });
    };
    const measure = '<script>document.title = document.documentElement.scrollHeight</script></body>';
    await writeFile(page, html.replace('</body>', measure));
    const dom = await look(200, '--dump-dom');
    const height = Math.min(HIGHEST, Number(/<title>(\d+)<\/title>/.exec(dom)?.[1] ?? 1500));
    await look(height, `--screenshot=${path.resolve(png)}`);
    return { width: width * scale, height: height * scale };
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
