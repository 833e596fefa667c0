// Builds the web pages once, and again only when what they are made from has changed.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';

import { runBun } from '../bun.mjs';
import { ROOT, webPackage } from './root.mjs';

const WEB = join(ROOT, 'web');
const DIST = join(WEB, 'dist');
const STAMP = join(DIST, '.built-from');
/** Fonts and pictures are packed by themselves. */
const PACKABLE = /\.(js|css|html|svg|json)$/;
const PACK_MIN_BYTES = 1024;
const NOT_SOURCES = new Set(['dist', 'node_modules', 'coverage']);

/** Throws when the build fails. */
export async function ensureWebBuilt() {
  const sources = sourcesHash();
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === sources) return;
  console.log('Building the web pages …');
  const vite = webPackage('vite', 'bin', 'vite.js');
  const code = await runBun([vite, 'build', '--logLevel', 'warn'], { cwd: WEB });
  if (code !== 0) throw new Error('The web pages could not be built; what is printed above says why.');
  pack();
  writeFileSync(STAMP, sources);
}

/** Packed twins beside the larger text files, so that the server never compresses while it serves. */
function pack() {
  const files = listFiles(DIST).filter((path) => PACKABLE.test(path) && statSync(path).size >= PACK_MIN_BYTES);
  for (const file of files) {
    const content = readFileSync(file);
    writeFileSync(`${file}.br`, brotliCompressSync(content));
    writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
  }
}

function sourcesHash() {
  const hash = createHash('sha256');
  const files = [...listFiles(WEB), ...listFiles(join(ROOT, 'shared')), join(ROOT, 'package-lock.json')];
  for (const file of files)
    hash
      .update(`${file.slice(ROOT.length)}\0`)
      .update(readFileSync(file))
      .update('\0');
  return hash.digest('hex');
}

function listFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !NOT_SOURCES.has(name))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(folder, entry.name)) : [join(folder, entry.name)]));
}
