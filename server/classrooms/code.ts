// The form of an activation code: `K7QM-2RXPW-9TDHF`. Made, read as people type it, hashed.
import type { Ids } from '../lib/clock.ts';

/** No 0 O 1 I L: what is read off paper is typed right. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const PUBLIC_LENGTH = 4;
const GROUP = 5;
const SECRET_LENGTH = 2 * GROUP;
/** A byte at or above it is drawn again, so that every letter is equally likely. */
const FAIR_BELOW = 256 - (256 % ALPHABET.length);

export interface MadeCode {
  /** Shown once, kept nowhere. */
  code: string;
  /** Names it in lists and logs; says nothing about the rest. */
  publicPart: string;
}

/** Ten secret letters of 31: about 2^49 codes. */
export function newCode(ids: Ids): MadeCode {
  const [publicPart, secret] = [letters(ids, PUBLIC_LENGTH), letters(ids, SECRET_LENGTH)];
  return { code: `${publicPart}-${secret.slice(0, GROUP)}-${secret.slice(GROUP)}`, publicPart };
}

/** Spaces, dashes and small letters do not matter. undefined = it cannot be one. */
export function readCode(typed: string): string | undefined {
  const plain = typed
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}_]/gu, '');
  const isCode = plain.length === PUBLIC_LENGTH + SECRET_LENGTH && [...plain].every((c) => ALPHABET.includes(c));
  return isCode ? plain : undefined;
}

/** Hex SHA-256 of the code without its dashes. */
export function hashCode(plain: string): string {
  return new Bun.CryptoHasher('sha256').update(plain.replaceAll('-', '')).digest('hex');
}

function letters(ids: Ids, count: number): string {
  let text = '';
  while (text.length < count)
    for (const byte of Buffer.from(ids.secret(count * 2), 'base64url'))
      if (byte < FAIR_BELOW && text.length < count) text += ALPHABET[byte % ALPHABET.length];
  return text;
}
