// A vault whose key comes from a passphrase: what travels in the file opens with it alone.
import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';

import { createVault, type Vault } from '../lib/vault.ts';

/** About 100 ms and 64 MB: guessing passphrases is dear (OWASP's scrypt setting). */
const COST = { N: 2 ** 16, r: 8, p: 2, maxmem: 256 * 1024 * 1024 };
const KEY_BYTES = 32;

const derive = promisify<string, Buffer, number, typeof COST, Buffer>(scrypt as never);

/** @param salt base64url. */
export async function passphraseVault(passphrase: string, salt: string): Promise<Vault> {
  const key = await derive(passphrase.normalize('NFKC'), Buffer.from(salt, 'base64url'), KEY_BYTES, COST);
  return createVault(key.toString('base64url'));
}
