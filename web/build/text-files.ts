// Tells the first page where each language's texts are, so that theme.js can ask for them before the application has
// come, and which words the first screen begins with.
import { readFileSync } from 'node:fs';

import type { Plugin } from 'vite';

/** What index.html has places for. */
const PLACES = /data-(?:text|placeholder)="([\w.]+)"/g;
const TEXTS = /[\\/]i18n[\\/]([\w-]+)\.json$/;

export function textFiles(): Plugin {
  return {
    name: 'hallpass:text-files',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        const files: Record<string, string> = {};
        for (const chunk of Object.values(bundle ?? {})) {
          const locale = chunk.type === 'chunk' && TEXTS.exec(chunk.facadeModuleId ?? '')?.[1];
          if (locale) files[locale] = `/${chunk.fileName}`;
        }
        if (Object.keys(files).length === 0) return html;
        const words = wordsOf([...html.matchAll(PLACES)].map(([, key]) => key!));
        return html.replace('<html ', `<html data-texts='${attribute(files)}' data-words='${attribute(words)}' `);
      },
    },
  };
}

/** @returns locale → key → text. */
function wordsOf(keys: readonly string[]): Record<string, Record<string, string>> {
  const locales = ['zh-CN', 'zh-TW', 'en'];
  return Object.fromEntries(
    locales.map((locale) => {
      const texts = JSON.parse(readFileSync(new URL(`../src/i18n/${locale}.json`, import.meta.url), 'utf8')) as Tree;
      return [locale, Object.fromEntries(keys.map((key) => [key, textAt(texts, key)]))];
    }),
  );
}

interface Tree {
  [key: string]: Tree | string;
}

function textAt(texts: Tree, key: string): string {
  const text = key.split('.').reduce<Tree | string | undefined>((at, part) => (at as Tree | undefined)?.[part], texts);
  if (typeof text !== 'string') throw new Error(`index.html wants the text ${key}, which is not there.`);
  return text;
}

const attribute = (value: object) => JSON.stringify(value).replaceAll('&', '&amp;').replaceAll("'", '&#39;');
