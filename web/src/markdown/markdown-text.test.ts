import { mount } from '@vue/test-utils';
import { describe, expect, test } from 'vitest';
import { nextTick } from 'vue';

import MarkdownText from './MarkdownText.vue';

const render = (text: string, complete = true) => mount(MarkdownText, { props: { text, complete } });
const html = (text: string) => render(text).html();

/** commonmark-spec #650 and its kin: emphasis beside Han characters and full-width punctuation. */
const EMPHASIS = [
  ['**哪一个时候？**你可以', '<strong>哪一个时候？</strong>你可以'],
  ['这是**重点。**后面', '这是<strong>重点。</strong>后面'],
  ['**“引用”**之后', '<strong>“引用”</strong>之后'],
  ['前**（括号）**后', '前<strong>（括号）</strong>后'],
  [
    '**该星号不会被识别，而是直接显示。**这是因为它没有被识别为强调符号。',
    '<strong>该星号不会被识别，而是直接显示。</strong>这是因为',
  ],
  [
    '**この文を強調できますか（なぜ）？**この文のせいで。',
    '<strong>この文を強調できますか（なぜ）？</strong>この文のせいで。',
  ],
  ['用**`代码`**写', '用<strong><code>代码</code></strong>写'],
  ['~~删除。~~后面', '<s>删除。</s>后面'],
] as const;

/** Guide "security" S32–S35: none of it may become an element or an address. */
const HOSTILE = [
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<svg onload=alert(1)><animate onbegin=alert(1)></svg>',
  '<math><mtext><table><mglyph><style><img src=x onerror=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
  '<style>@import url(https://evil.example/x.css)</style>',
  '<base href="https://evil.example/">',
  '<form action="https://evil.example/"><input name=q autofocus></form>',
  '<a href="javascript:alert(1)" id="app">x</a>',
  '<link rel=prefetch href="https://evil.example/">',
  '[a](javascript:alert(1))',
  '[a](JaVaScRiPt:alert(1))',
  '[a](&#106;avascript:alert(1))',
  '[a](java&#x0A;script:alert(1))',
  '[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)',
  '[a](vbscript:msgbox(1))',
  '[a][r]\n\n[r]: javascript:alert(1)',
  '<javascript:alert(1)>',
  '![a](javascript:alert(1))',
  '![a](https://evil.example/pixel.png "x\\" onerror=alert(1)")',
  '![a](data:image/svg+xml,<svg onload=alert(1)>)',
  '[![a](https://evil.example/p.png)](javascript:alert(1))',
  '```"><img src=x onerror=alert(1)>\ncode\n```',
  '```html\n<img src=x onerror=alert(1)>\n```',
  '| <img src=x onerror=alert(1)> |\n| --- |\n| <script>alert(1)</script> |',
  '# <img src=x onerror=alert(1)>',
  '`<img src=x onerror=alert(1)>`',
  '\u0000<script>alert(1)</script>',
];

describe('emphasis beside Han characters', () => {
  test.each(EMPHASIS)('%s', (source, expected) => {
    expect(render(source).find('p').element.innerHTML).toContain(expected);
  });

  test('marks slanted Han with dots, and Latin with a slant', () => {
    expect(render('*地平线*').find('em').classes()).toContain('md-dotted');
    expect(render('*horizon*').find('em').classes()).not.toContain('md-dotted');
  });
});

describe('hostile text', () => {
  test.each(HOSTILE)('%j stays text', async (source) => {
    for (const complete of [true, false]) {
      const { element } = render(source, complete);
      await nextTick();
      expect(
        element.querySelectorAll('script, img, svg[onload], iframe, style, base, form, input, link, math, object')
          .length,
      ).toBe(0);
      for (const node of element.querySelectorAll('*')) {
        for (const { name, value } of node.attributes) {
          expect(name.startsWith('on')).toBe(false);
          expect(name).not.toBe('style');
          if (name === 'href') expect(value).toMatch(/^(https?|mailto):/);
          if (name === 'id') expect(value).not.toBe('app');
        }
      }
    }
  });

  test('a picture is named with its host and fetched by nobody', () => {
    const page = render('![散射](https://evil.example/p.png?q=秘密)');
    expect(page.find('img').exists()).toBe(false);
    expect(page.text()).toContain('散射');
    expect(page.find('a').text()).toBe('Open the image on evil.example');
    expect(page.find('a').attributes('rel')).toContain('noopener');
  });

  test('a link opens apart from this page', () => {
    expect(render('[a](https://example.org/)').find('a').attributes()).toMatchObject({
      href: 'https://example.org/',
      target: '_blank',
      rel: 'noopener noreferrer nofollow',
    });
  });

  test('nesting a thousand deep does not break the page', () => {
    expect(render('> '.repeat(1_000) + 'a').findAll('blockquote').length).toBeLessThanOrEqual(100);
    expect(render('- '.repeat(1_000) + 'a').findAll('ul').length).toBeLessThanOrEqual(100);
    expect(html('['.repeat(5_000))).toContain('[');
    expect(html('a' + '**'.repeat(5_000))).toContain('*');
  });
});

describe('an answer’s parts', () => {
  test('headings stand below the page’s own', () => {
    expect(html('# 一')).toContain('<h3>一</h3>');
    expect(html('###### 六')).toContain('<h6>六</h6>');
  });

  test('a table keeps its alignment without inline styles', () => {
    expect(html('| a | b |\n| --- | ---: |\n| 1 | 2 |')).toContain('<td class="md-right">2</td>');
  });

  test('a list begins where it is told to', () => {
    expect(html('7. 七')).toContain('<ol start="7">');
  });

  test('a single line break stays one', () => {
    expect(html('床前明月光\n疑是地上霜')).toMatch(/床前明月光<br>\s*疑是地上霜/);
  });

  test('a bare address becomes a link, a file name does not', () => {
    expect(render('见 https://example.org/a，谢谢').find('a').attributes('href')).toBe('https://example.org/a');
    expect(render('打开 main.ts 和 example.com').find('a').exists()).toBe(false);
  });

  test('code is coloured once complete, and the same text', async () => {
    const page = render('```js\nconst a = "<b>";\n```');
    await expect.poll(() => page.find('pre .hl-keyword').exists()).toBe(true);
    expect(page.find('pre').element.textContent).toBe('const a = "<b>";');
  });

  test('code still being written, of unknown language or very long stays plain', async () => {
    expect(render('```js\nconst a', false).find('pre').text()).toBe('const a');
    expect(render('```brainfog\n+\n```').find('pre').text()).toBe('+');
    const long = render(`\`\`\`js\n${'a'.repeat(100_000)}\n\`\`\``);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(long.find('pre span').exists()).toBe(false);
  });
});
