// Every situation of the test builders -> summary, comment, status and log as a person sees them: HTML pages in a directory, pictures with --photograph, all folds open with --open.

import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { SITUATIONS } from '../__tests__/builders/situations.ts';
import { planText } from '../src/report/plan-text.ts';
import { renderComment } from '../src/report/comment.ts';
import { makeReport } from '../src/report/make-report.ts';
import type { Report } from '../src/report/report.ts';
import { renderStatus } from '../src/report/status.ts';
import { renderSummary } from '../src/report/summary.ts';
import { resultText } from '../src/report/text.ts';
import { findProgram } from '../testbed/part.ts';
import { photograph, problems, renderPage } from '../testbed/render/page.ts';
import { root } from './process.ts';

const args = process.argv.slice(2);
const wanted = args.filter(arg => !arg.startsWith('--'));
const directory = path.join(root, '.preview');
mkdirSync(directory, { recursive: true });

const kinds = ['summary', 'comment'] as const;
const links: string[] = [];
let broken = 0;
for (const [name, record] of Object.entries(SITUATIONS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const report = makeReport(record);
  const open = (text: string): string => (args.includes('--open') ? text.replaceAll('<details>', '<details open>') : text);
  const markdown = { summary: open(renderSummary(report)), comment: open(renderComment(report)) };
  const status = renderStatus(report);
  console.log(`${name.padEnd(22)} ${status.state.padEnd(8)} ${status.description}`);
  if (args.includes('--log')) console.log(`\n${logText(report)}\n`);
  for (const kind of kinds) {
    // Foreign text that looks like Markdown has to stay as it is: that is what the situation is for.
    const wrong = problems(markdown[kind]).filter(problem => !name.endsWith('hostile') || !problem.includes('stays raw'));
    broken += wrong.length;
    for (const problem of wrong) console.log(`  ${kind}: ${problem}`);
    writeFileSync(path.join(directory, `${name}.${kind}.md`), markdown[kind]);
    for (const theme of ['light', 'dark'] as const) {
      const title = kind === 'comment' ? 'github-actions[bot]' : 'image summary';
      const file = `${name}.${kind}.${theme}.html`;
      writeFileSync(path.join(directory, file), renderPage(markdown[kind], { title, theme, kind }));
      links.push(`<li><a href="${file}">${name}, ${kind}, ${theme}</a></li>`);
      if (args.includes('--photograph')) await picture(name, kind, theme, markdown[kind], title);
    }
  }
}
writeFileSync(
  path.join(directory, 'index.html'),
  `<!doctype html><meta charset="utf-8"><title>Preview</title><ul>${links.join('')}</ul>`,
);
console.log(`\n${links.length} pages: ${path.join(directory, 'index.html')}`);
process.exitCode = broken === 0 ? 0 : 1;

/** What the log shows: the plan before anything runs, then how it went. */
function logText(report: Report): string {
  const { plan } = report.record;
  return [...(plan === undefined ? [] : ['▼ plan', planText(plan), '']), resultText(report)].join('\n');
}

async function picture(
  name: string,
  kind: (typeof kinds)[number],
  theme: 'light' | 'dark',
  markdown: string,
  title: string,
): Promise<void> {
  const chromium = await findProgram('chromium');
  if (chromium === undefined)
    throw new Error('chromium is not on PATH: install it, e.g. apt-get install chromium fonts-noto-color-emoji');
  for (const [size, width] of [
    ['wide', 980],
    ['phone', 390],
  ] as const) {
    if (size === 'phone' && theme === 'dark') continue;
    await photograph(renderPage(markdown, { title, theme, kind }), path.join(directory, `${name}.${kind}.${theme}.${size}.png`), {
      chromium,
      width,
    });
  }
}
