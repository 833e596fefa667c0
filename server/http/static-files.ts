// The built pages as a list made once at start: only what is in the list can be asked for, so no spelling of a path
// reaches anything else.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { DIAGRAM_POLICY, pagePolicy } from './security-headers.ts';

export interface StaticFile {
  path: string;
  type: string;
  /** Its name holds a hash of its content, so it never changes. */
  immutable: boolean;
  etag: string;
  /** The same file, packed beforehand; the smallest first. */
  packed: { encoding: 'br' | 'gzip'; path: string }[];
}

/** By path, such as `/assets/index-3f9a1b2c.js`. */
export type StaticFiles = ReadonlyMap<string, StaticFile>;

const PACKED = [
  ['br', '.br'],
  ['gzip', '.gz'],
] as const;

/** Packed twins are not files of their own; maps and hidden files are not for everybody. */
const HIDDEN = /\.(br|gz|map)$|(^|[\\/])\./;

/** What Vite puts into a name: eight characters before the last dot. */
const HASHED = /^\/assets\/.*-[\w-]{8}\.\w+$/;

/** @param root the folder of the built pages; one that does not exist holds nothing. */
export function listStaticFiles(root: string): StaticFiles {
  if (!existsSync(root)) return new Map();
  const names = readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((name) => !HIDDEN.test(name));
  return new Map(names.map((name) => [`/${name.replaceAll('\\', '/')}`, describe(root, name)]));
}

function describe(root: string, name: string): StaticFile {
  const path = join(root, name);
  return {
    path,
    type: Bun.file(path).type,
    immutable: HASHED.test(`/${name.replaceAll('\\', '/')}`),
    etag: `"${new Bun.CryptoHasher('sha256').update(readFileSync(path)).digest('base64url').slice(0, 22)}"`,
    packed: PACKED.map(([encoding, suffix]) => ({ encoding, path: path + suffix })).filter((twin) =>
      existsSync(twin.path),
    ),
  };
}

/** The file, packed when the browser understands it, or 304 when it has it already. */
export function serveStatic(file: StaticFile, request: Headers): Response {
  const headers = new Headers({
    'content-type': file.type,
    etag: file.etag,
    'cache-control': file.immutable ? 'public, max-age=31536000, immutable' : 'no-cache',
    'content-security-policy': file.path.endsWith('diagram.html') ? DIAGRAM_POLICY : pagePolicy(),
  });
  if (file.packed.length > 0) headers.set('vary', 'accept-encoding');
  if (matches(request.get('if-none-match'), file.etag)) return new Response(null, { status: 304, headers });
  const accepted = acceptedEncodings(request.get('accept-encoding'));
  const twin = file.packed.find(({ encoding }) => accepted.has(encoding));
  if (twin) headers.set('content-encoding', twin.encoding);
  return new Response(Bun.file(twin?.path ?? file.path), { headers });
}

function matches(ifNoneMatch: string | null, etag: string): boolean {
  return ifNoneMatch !== null && ifNoneMatch.split(',', 50).some((tag) => tag.trim().replace(/^W\//, '') === etag);
}

function acceptedEncodings(header: string | null): Set<string> {
  const parts = (header ?? '').toLowerCase().split(',', 20);
  const accepted = parts
    .map((part) => part.split(';'))
    .filter(([, quality]) => !/^\s*q=0(\.0*)?\s*$/.test(quality ?? ''));
  return new Set(accepted.map(([name = '']) => name.trim()));
}
