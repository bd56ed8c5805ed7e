import { describe, expect, test } from '@jest/globals';
import { toHtml } from '../../testbed/render/markdown.ts';
import { problems, renderPage } from '../../testbed/render/page.ts';

describe('as GitHub shows it', () => {
  test('tables, emoji, task lists, alerts', () => {
    const html = toHtml('> [!CAUTION]\n> 2 findings :anchor:\n\n| a |\n|--:|\n| 1 |\n\n- [x] signed\n', 'summary');
    expect(html).toMatch(/class="markdown-alert markdown-alert-caution"/);
    expect(html).toContain('2 findings ⚓');
    expect(html).toContain('<td align="right">1</td>');
    expect(html).toContain('type="checkbox"');
  });

  test('what is not let through is gone', () => {
    const html = toHtml(
      '<p style="color:red" class="x" id="y">text</p><script>alert(1)</script><img src="data:image/png;base64,AA==">',
      'summary',
    );
    expect(html).toBe('<p id="user-content-y">text</p><img>');
  });

  test('a line end breaks the line in a comment only, and leaves alerts alone', () => {
    expect(toHtml('one\ntwo', 'summary')).toBe('<p>one\ntwo</p>');
    expect(toHtml('one\ntwo', 'comment')).toMatch(/^<p>one<br>\s*two<\/p>$/);
    expect(toHtml('- `a` b `c`\n- one\n  two\n  - x', 'comment')).toBe(
      '<ul>\n<li><code>a</code> b <code>c</code></li>\n<li>one<br>two\n<ul>\n<li>x</li>\n</ul>\n</li>\n</ul>',
    );
    expect(toHtml('> [!NOTE]\n> one\n> two', 'comment')).toMatch(/markdown-alert-note[\s\S]*<p>one<br>\s*two<\/p>/);
  });

  test('people and issues become links, outside of code', () => {
    const html = toHtml('`@babel/core` @octocat #12', 'comment');
    expect(html).toContain('<code>@babel/core</code>');
    expect(html).toContain('<a href="#" class="user-mention">@octocat</a>');
    expect(html).toContain('<a href="#" class="issue-link">#12</a>');
  });

  test('a whole page: frame, theme, title, nothing from elsewhere', () => {
    const page = renderPage('**x**', { title: 'github-actions[bot]', theme: 'dark', kind: 'comment' });
    expect(page).toMatch(/^<!doctype html>/);
    expect(page).toContain('<b>github-actions</b><span class="bot">bot</span> commented');
    expect(page).toContain('color-scheme: dark');
    expect(page).not.toMatch(/<script|<link|@import|src="http/);
    expect(renderPage('x', { title: '<image> summary', theme: 'light' })).toContain('<b>&lt;image&gt; summary</b>');
  });
});

describe('problems', () => {
  test('none in a report that is right', () => {
    const report = [
      '<!-- marker @everybody #1 -->',
      '## :anchor: Blocked\n',
      '| Package | Fixed in |\n|---|---|\n| `@babel/core` \\| `x` | 7.1 |\n',
      '<details><summary>More</summary>\n\n| a |\n|---|\n| 1 |\n\n```sh\necho "| @a | #3 |"\n```\n\n</details>\n',
      'ghcr.io/acme/app@sha256:abc, someone@example.com, [#4](https://example.com), https://example.com/#5, C#',
    ].join('\n');
    expect(problems(report)).toEqual([]);
  });

  test.each<[string, string, RegExp]>([
    [
      'a table inside of HTML without a blank line',
      '<details>\n<summary>x</summary>\n| a |\n|---|\n| 1 |\n</details>',
      /^a row of a table stays raw: \| a \|$/,
    ],
    ['a table of which the head has too few columns', '| a |\n|---|---|\n| 1 | 2 |\n', /^a row of a table stays raw/],
    ['an element that is not closed', '<details><summary>x</summary>\n\ntext', /^<details> is opened 1 and closed 0 times$/],
    ['bold inside of HTML', '<p>**x**</p>', /^bold stays raw: \*\*x\*\*$/],
    ['a link inside of HTML', '<td>\n[x](https://example.com)\n</td>', /^<td>|^a link stays raw/],
    ['a style', '<p style="x">y</p>', /^GitHub removes a style attribute$/],
    ['an image inside of the text', '<img src="data:image/png;base64,AA==">', /data:/],
    ['a person', 'thanks @octocat', /^@octocat would notify somebody$/],
    ['a team, by the name of a package', '@babel/core 7.1', /^@babel\/core would notify somebody$/],
    ['an issue', 'Debian bug #12', /^#12 would link to an issue$/],
    ['an issue elsewhere', 'see moby/buildkit#4', /^moby\/buildkit#4 would link to an issue$/],
  ])('%s', (_, markdown, problem) => {
    expect(problems(markdown)).toContainEqual(expect.stringMatching(problem));
  });
});
