/** A complete page that shows a piece of Markdown as GitHub would: the picture of a comment or of a job summary. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { toHtml, type Kind } from './markdown.ts';

export { problems } from './problems.ts';
export { photograph } from './photograph.ts';

export interface PageOptions {
  /** The name of the step above a summary; the author of a comment. */
  readonly title: string;
  readonly theme: 'light' | 'dark';
  /** Default: `summary`. */
  readonly kind?: Kind;
}

/** GitHub's own colours of frames, by theme. */
const COLOURS = {
  light: { page: '#ffffff', text: '#1f2328', muted: '#59636e', border: '#d1d9e0', head: '#f6f8fa', link: '#0969da' },
  dark: { page: '#0d1117', text: '#f0f6fc', muted: '#9198a1', border: '#3d444d', head: '#151b23', link: '#4493f8' },
} as const;

const stylesheets = new Map<string, string>();

function githubCss(theme: PageOptions['theme']): string {
  const file = `github-markdown-css/github-markdown-${theme}.css`;
  const css = stylesheets.get(theme) ?? readFileSync(createRequire(import.meta.url).resolve(file), 'utf8');
  stylesheets.set(theme, css);
  return css;
}

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function frameCss(theme: PageOptions['theme']): string {
  const colour = COLOURS[theme];
  return `
    html { color-scheme: ${theme}; }
    body { margin: 24px; background: ${colour.page}; color: ${colour.text};
      font: 14px/1.5 -apple-system, BlinkMacSystemFont, 'Segoe UI', 'Noto Sans', Helvetica, Arial, sans-serif, 'Noto Color Emoji'; }
    .frame { max-width: 920px; margin: 0 auto; display: flex; gap: 16px; }
    .avatar { flex: none; width: 40px; height: 40px; border-radius: 6px; background: ${colour.head}; border: 1px solid ${colour.border};
      box-sizing: border-box; display: grid; place-items: center; color: ${colour.muted}; font-size: 18px; }
    .box { flex: 1; min-width: 0; border: 1px solid ${colour.border}; border-radius: 6px; }
    .head { padding: 8px 16px; border-bottom: 1px solid ${colour.border}; background: ${colour.head}; color: ${colour.muted};
      border-radius: 6px 6px 0 0; }
    .head b { color: ${colour.text}; font-weight: 600; }
    .head .bot { border: 1px solid ${colour.border}; border-radius: 2em; padding: 0 7px; font-size: 12px; margin: 0 4px; }
    .markdown-body { padding: 16px; background: transparent; }
    .markdown-body .task-list-item > input, .markdown-body .task-list-item > p > input { margin: 0 .2em .25em -1.4em; vertical-align: middle; }
    .markdown-body .user-mention { font-weight: 600; color: ${colour.text}; }
  `;
}

function frame(html: string, { title, kind = 'summary' }: PageOptions): string {
  const article = `<article class="markdown-body">${html}</article>`;
  if (kind === 'summary')
    return `<div class="frame"><div class="box"><div class="head"><b>${escape(title)}</b></div>${article}</div></div>`;
  const name = title.replace(/\[bot\]$/, '');
  const bot = name === title ? '' : '<span class="bot">bot</span>';
  const head = `<div class="head"><b>${escape(name)}</b>${bot} commented just now</div>`;
  return `<div class="frame"><div class="avatar">${escape(name.slice(0, 1).toUpperCase())}</div><div class="box">${head}${article}</div></div>`;
}

/** The page as one file without anything from elsewhere, save for images that the text itself names. */
export function renderPage(markdown: string, options: PageOptions): string {
  const { title, theme, kind = 'summary' } = options;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${escape(title)}</title>
<style>${githubCss(theme)}</style>
<style>${frameCss(theme)}</style>
</head>
<body>
${frame(toHtml(markdown, kind), options)}
</body>
</html>
`;
}
