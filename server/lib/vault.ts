// Encrypts upstream keys: AES-256-GCM, the row's id as associated data, so that a ciphertext moved to
// another row does not open.
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

export interface Vault {
  seal(rowId: string, plaintext: string): string;
  /** @throws VaultError when the key, the row or a bit is wrong. */
  open(rowId: string, ciphertext: string): string;
}

/** The ciphertext does not open: another ENCRYPTION_KEY, another row, or damage. */
export class VaultError extends Error {
  override readonly name = 'VaultError';
}

/** First field of the text form; a later form gets a new word, and both are read. */
const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const MIN_KEY_LENGTH = 16;

/**
 * A vault whose key is derived from any text of at least 16 characters.
 * Text form: `v1.<nonce>.<ciphertext and tag>`, both base64url.
 */
export function createVault(encryptionKey: string): Vault {
  if (encryptionKey.length < MIN_KEY_LENGTH) throw new VaultError('ENCRYPTION_KEY must have at least 16 characters.');
  const key = new Uint8Array(hkdfSync('sha256', encryptionKey, '', 'hallpass vault v1', 32));
  return {
    seal: (rowId, plaintext) => seal(key, rowId, plaintext),
    open: (rowId, ciphertext) => open(key, rowId, ciphertext),
  };
}

function seal(key: Uint8Array, rowId: string, plaintext: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(associatedData(rowId));
  const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return [VERSION, nonce.toString('base64url'), body.toString('base64url')].join('.');
}

function open(key: Uint8Array, rowId: string, ciphertext: string): string {
  const [version, nonceText, bodyText, ...rest] = ciphertext.split('.');
  const nonce = Buffer.from(nonceText ?? '', 'base64url');
  const body = Buffer.from(bodyText ?? '', 'base64url');
  const isWellFormed = version === VERSION && rest.length === 0 && nonce.length === NONCE_BYTES;
  if (!isWellFormed || body.length < TAG_BYTES) throw new VaultError('The stored secret is not in a known form.');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, nonce);
    decipher.setAAD(associatedData(rowId));
    decipher.setAuthTag(body.subarray(-TAG_BYTES));
    return decipher.update(body.subarray(0, -TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
  } catch (cause) {
    throw new VaultError('The stored secret does not open with this ENCRYPTION_KEY for this row.', { cause });
  }
}

function associatedData(rowId: string): Buffer {
  return Buffer.from(`hallpass ${VERSION} ${rowId}`, 'utf8');
}
