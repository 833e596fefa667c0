// The form of a pass's key: made, hashed, masked.
import type { Ids } from '../lib/clock.ts';

const PREFIX = 'sk-hp-';
const PUBLIC_ID_BYTES = 6;
const SECRET_BYTES = 24;

export interface NewKey {
  /** `sk-hp-<publicId>-<secret>`: shown once, kept nowhere. */
  key: string;
  publicId: string;
}

/** A key of 192 secret bits; lower-case letters and digits only, so that a double click selects each part. */
export function newKey(ids: Ids): NewKey {
  const publicId = newPublicId(ids);
  return { key: `${PREFIX}${publicId}-${base36(ids.secret(SECRET_BYTES), SECRET_BYTES)}`, publicId };
}

/** Names a pass in pages and logs; says nothing about its key. */
export function newPublicId(ids: Ids): string {
  return base36(ids.secret(PUBLIC_ID_BYTES), PUBLIC_ID_BYTES);
}

/** Hex SHA-256 of the whole key: the only thing kept of it, and LiteLLM's `token`. */
export function hashKey(key: string): string {
  return new Bun.CryptoHasher('sha256').update(key).digest('hex');
}

/** What may be shown of a key: our prefix and public id where it has them, and the last four characters. */
export function maskKey(key: string, publicId: string): string {
  const start = key.startsWith(`${PREFIX}${publicId}-`) ? `${PREFIX}${publicId}-` : key.startsWith('sk-') ? 'sk-' : '';
  return `${start}...${key.slice(-4)}`;
}

function base36(base64url: string, bytes: number): string {
  const value = BigInt(`0x${Buffer.from(base64url, 'base64url').toString('hex')}`);
  return value.toString(36).padStart(Math.ceil((bytes * 8) / Math.log2(36)), '0');
}
