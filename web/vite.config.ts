// Builds the pages: precompiled texts (the content policy forbids eval), Tailwind, one chunk per page.
import { fileURLToPath } from 'node:url';

import vueI18n from '@intlify/unplugin-vue-i18n/vite';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig, loadEnv } from 'vite';

import { katexFonts } from './build/katex-fonts.ts';
import { packedFiles } from './build/packed-files.ts';
import { textFiles } from './build/text-files.ts';

/** Where `npm run dev` finds the server; HALLPASS_URL names another. */
const serverUrl = loadEnv('', '.', 'HALLPASS_').HALLPASS_URL ?? 'http://127.0.0.1:8000';
const SERVER_PATHS = ['/api', '/v1', '/docs', '/openapi.json'];

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  plugins: [
    vue(),
    tailwindcss(),
    vueI18n({
      include: [here('src/i18n/*.json')],
      runtimeOnly: true,
      compositionOnly: true,
      fullInstall: false,
      dropMessageCompiler: true,
    }),
    katexFonts(),
    textFiles(),
    packedFiles(here('dist')),
  ],
  resolve: { alias: { '@': here('src') } },
  build: {
    outDir: here('dist'),
    emptyOutDir: true,
    // Nothing may become a data: URL or an inline script.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What every first visit needs is one file: a school's plain HTTP/1.1 fetches six at a time, each a round trip.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'first', tags: ['$initial'], priority: 2 },
            // What menus, lists and dialogs share comes in one file right after it.
            { name: 'controls', test: /node_modules[\\/](?:reka-ui|@floating-ui|@vueuse)[\\/]/, priority: 1 },
            // Fields, dialogs, icons: small, and what nearly every page is made of; not the tables that two pages have.
            {
              name: 'parts',
              test: /web[\\/]src[\\/](?:api|components(?![\\/](?:QrCode|passes|codes|calls))|composables|lib|stores)[\\/]|@lucide/,
              minShareCount: 2,
            },
          ],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(SERVER_PATHS.map((path) => [path, serverUrl])),
  },
});
