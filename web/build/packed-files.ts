// Writes a packed twin beside every file that gains by it, so that the server packs nothing while it serves.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

import type { Plugin } from 'vite';

const PACKED = /\.(js|css|html|svg|json)$/;
/** Smaller files fit one network packet either way. */
const MIN_BYTES = 1_024;
/** A little larger than the best, in a tenth of the time. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };

export function packedFiles(folder: string): Plugin {
  return {
    name: 'hallpass:packed-files',
    apply: 'build',
    closeBundle() {
      for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
        if (!entry.isFile() || !PACKED.test(entry.name)) continue;
        const path = join(entry.parentPath, entry.name);
        const bytes = readFileSync(path);
        if (bytes.byteLength < MIN_BYTES) continue;
        writeFileSync(`${path}.br`, brotliCompressSync(bytes, BROTLI));
        writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
      }
    },
  };
}
