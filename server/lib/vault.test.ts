import { describe, expect, test } from 'bun:test';

import { createVault, VaultError } from './vault.ts';

const vault = createVault('an encryption key of the test');
const SECRET = 'sk-canary-密钥-0123456789';

describe('a vault', () => {
  test('opens what it sealed', () => {
    for (const text of [SECRET, '', 'x'.repeat(10_000)]) expect(vault.open('row', vault.seal('row', text))).toBe(text);
  });

  test('gives two equal secrets different ciphertexts', () => {
    expect(vault.seal('row', SECRET)).not.toBe(vault.seal('row', SECRET));
  });

  test('never shows the secret in the ciphertext', () => {
    const sealed = vault.seal('row', SECRET);
    expect(sealed).toMatch(/^v1\.[\w-]{16}\.[\w-]+$/);
    expect(Buffer.from(sealed.split('.')[2]!, 'base64url').toString('latin1')).not.toContain('canary');
  });

  test('does not open a ciphertext moved to another row', () => {
    expect(() => vault.open('row_b', vault.seal('row_a', SECRET))).toThrow(VaultError);
  });

  test('does not open with another encryption key', () => {
    expect(() => createVault('another key of the test!').open('row', vault.seal('row', SECRET))).toThrow(VaultError);
  });

  test('detects every single flipped bit, cut and foreign form', () => {
    const sealed = vault.seal('row', SECRET);
    const [version, nonce, body] = sealed.split('.') as [string, string, string];
    for (const [at, field] of [nonce, body].entries()) {
      const bytes = Buffer.from(field, 'base64url');
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const damaged = Buffer.from(bytes);
        damaged[bit >> 3]! ^= 1 << (bit & 7);
        const fields = [version, nonce, body];
        fields[at + 1] = damaged.toString('base64url');
        expect(() => vault.open('row', fields.join('.'))).toThrow(VaultError);
      }
    }
    for (const form of ['', 'v1', 'v1..', sealed.slice(0, -3), `${sealed}.x`, sealed.replace('v1', 'v2'), SECRET])
      expect(() => vault.open('row', form)).toThrow(VaultError);
  });

  test('refuses a key of fewer than 16 characters', () => {
    expect(() => createVault('fifteen letters')).toThrow(VaultError);
    expect(createVault('sixteen letters!').seal('row', 'x')).toStartWith('v1.');
  });
});
