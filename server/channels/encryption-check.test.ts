import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { createVault, VaultError } from '../lib/vault.ts';
import { createTestApp, type TestApp } from '../testing/test-app.ts';
import { verifyEncryptionKey } from './encryption-check.ts';
import { createChannel } from './save.ts';

const other = createVault('another encryption key');
let app: TestApp;

beforeEach(async () => {
  app = await createTestApp();
});
afterEach(() => app[Symbol.asyncDispose]());

const settings = () =>
  app.ctx.db.selectFrom('settings').selectAll().where('key', '=', 'internal.encryption_check').execute();
const addKey = () =>
  createChannel(app.ctx, {
    name: 'c',
    base_url: 'https://c.example/v1',
    api_key: 'sk-canary-0123456789abcdef',
    model_id: 'm',
  });

describe('the encryption key', () => {
  test('leaves a check value at the first start that every later start opens', async () => {
    const { db, vault } = app.ctx;
    await verifyEncryptionKey(db, vault, 1);
    const [row] = await settings();
    expect(row).toMatchObject({ key: 'internal.encryption_check', updatedAt: 1 });
    await verifyEncryptionKey(db, vault, 2);
    expect(await settings()).toEqual([row!]);
  });

  test('is refused when it is not the one the database was written with, and nothing is changed', async () => {
    const { db, vault } = app.ctx;
    await verifyEncryptionKey(db, vault, 1);
    const before = await settings();
    await expect(verifyEncryptionKey(db, other, 2)).rejects.toThrow(VaultError);
    await expect(verifyEncryptionKey(db, other, 2)).rejects.toThrow(/^ENCRYPTION_KEY is not .*Nothing was changed\.$/);
    expect(await settings()).toEqual(before);
  });

  test('is refused by the stored channel keys where the check value is missing', async () => {
    const { db, vault } = app.ctx;
    await addKey();
    await expect(verifyEncryptionKey(db, other, 1)).rejects.toThrow(VaultError);
    expect(await settings()).toEqual([]);
    await verifyEncryptionKey(db, vault, 1);
    expect(await settings()).toHaveLength(1);
  });

  test('two first starts with different keys leave one of them standing', async () => {
    const { db, vault } = app.ctx;
    const results = await Promise.allSettled([verifyEncryptionKey(db, vault, 1), verifyEncryptionKey(db, other, 1)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });
});
