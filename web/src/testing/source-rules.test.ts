// What every source file of the pages keeps to; a linter cannot see into templates.
import { describe, expect, test } from 'vitest';

import rawTexts from '@/i18n/en.json?raw';

const en = JSON.parse(rawTexts) as Record<string, Record<string, string>>;

const FILES = import.meta.glob<string>(['../**/*.{vue,ts,css}', '!../**/*.test.ts'], {
  query: '?raw',
  import: 'default',
  eager: true,
});
const files = Object.entries(FILES).map(([path, text]) => ({ path: path.replace('../', ''), text }));
const found = (pattern: RegExp, in_ = files) => in_.filter(({ text }) => pattern.test(text)).map(({ path }) => path);

/** Comments, values and attributes of a template. */
const NOT_WORDS = /<!--[\s\S]*?-->|\{\{[\s\S]*?\}\}|"[^"]*"/g;

describe('source files', () => {
  test('are found at all', () => {
    expect(files.length).toBeGreaterThan(60);
  });

  test('set no HTML from strings and run no text as code', () => {
    expect(found(/v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function\(/)).toEqual([]);
  });

  test('hold no inline style attribute, which the content policy forbids', () => {
    expect(found(/<[a-z][^>]*\sstyle="/)).toEqual([]);
  });

  test('name no other site', () => {
    const elsewhere = /https?:\/\/(?!www\.w3\.org\/2000\/svg)[\w.-]+\.\w+/;
    const allowed = ['pages/admin/channels/ChannelForm.vue'];
    expect(found(elsewhere).filter((path) => !allowed.includes(path) && !path.endsWith('NOTICE.md'))).toEqual([]);
  });

  test('ask for nothing that needs a secure context without a fallback', () => {
    const needed = /randomUUID|crypto\.subtle|serviceWorker|navigator\.(share|mediaDevices|credentials|locks)/;
    expect(found(needed)).toEqual([]);
    expect(found(/navigator\.clipboard/)).toEqual(['lib/copy-text.ts']);
  });

  test('keep sign-ins out of storage that outlives the tab', () => {
    expect(found(/localStorage/)).toEqual(['lib/stored.ts']);
    expect(found(/'local', STORED/).toSorted()).toEqual(['composables/use-theme.ts', 'i18n/locale.ts']);
  });

  test('hold their words in the three language files', () => {
    const components = files.filter(({ path }) => path.endsWith('.vue'));
    const templates = components.map(({ path, text }) => ({
      path,
      text: text.slice(text.indexOf('<template>'), text.lastIndexOf('</template>')).replaceAll(NOT_WORDS, ''),
    }));
    expect(found(/[\u4e00-\u9fff]/, components)).toEqual([]);
    // The name of the product and typographic signs are the same everywhere.
    const words = templates.filter(({ text }) =>
      [...text.matchAll(/>([^<>]+)</g)].some(([, inner]) =>
        /[a-z]{2,}/i.test((inner ?? '').replaceAll(/Hallpass|&nbsp;/g, '')),
      ),
    );
    expect(words.map(({ path }) => path)).toEqual([]);
  });

  test('use every text there is', () => {
    const keys = Object.entries(en).flatMap(([group, texts]) => Object.keys(texts).map((key) => `${group}.${key}`));
    const sources = files.map(({ text }) => text).join('\n');
    expect(keys.filter((key) => !sources.includes(`'${key}'`))).toEqual([]);
  });

  test('are components of at most 250 lines', () => {
    expect(files.filter(({ path, text }) => path.endsWith('.vue') && text.split('\n').length > 250)).toEqual([]);
  });
});
