// Encrypts upstream keys: AES-256-GCM, the row's id as associated data, so that a ciphertext moved to
// another row does not open.
export interface Vault {
  seal(rowId: string, plaintext: string): string;
  /** @throws VaultError when the key, the row or a bit is wrong. */
  open(rowId: string, ciphertext: string): string;
}

/** The ciphertext does not open: another ENCRYPTION_KEY, another row, or damage. */
export class VaultError extends Error {}
