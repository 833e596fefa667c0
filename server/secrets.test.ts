import { afterAll, expect, test } from 'bun:test';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { type Config, readConfig } from './config.ts';
import { withSecrets } from './secrets.ts';

const root = mkdtempSync(join(tmpdir(), 'hallpass-secrets-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const configIn = (folder: string, env: Record<string, string> = {}): Config =>
  readConfig({ DATABASE_PATH: join(folder, 'hallpass.db'), ...env });
const newFolder = (): string => mkdtempSync(join(root, 'data-'));
const random = (): string => crypto.randomUUID();

test('missing secrets are made once, for the owner’s eyes only, and found again at the next start', async () => {
  const folder = join(newFolder(), 'not-yet-there');
  const first = await withSecrets(configIn(folder), random);
  const second = await withSecrets(configIn(folder), random);
  expect(first.SECRET_KEY).not.toBe(first.ENCRYPTION_KEY);
  expect(second).toEqual(first);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['secrets.json']);
});

test('many starts at the same moment agree on one pair', async () => {
  const folder = newFolder();
  const all = await Promise.all(Array.from({ length: 20 }, () => withSecrets(configIn(folder), random)));
  expect(new Set(all.map(({ SECRET_KEY, ENCRYPTION_KEY }) => SECRET_KEY + ENCRYPTION_KEY)).size).toBe(1);
});

test('what is configured wins, and with both configured no file is made', async () => {
  const folder = newFolder();
  const env = { SECRET_KEY: 'a'.repeat(16), ENCRYPTION_KEY: 'b'.repeat(16) };
  expect(await withSecrets(configIn(folder, env), random)).toMatchObject(env);
  expect(existsSync(join(folder, 'secrets.json'))).toBe(false);
  const one = await withSecrets(configIn(folder, { SECRET_KEY: env.SECRET_KEY }), random);
  expect(one.SECRET_KEY).toBe(env.SECRET_KEY);
  expect((await withSecrets(configIn(folder), random)).ENCRYPTION_KEY).toBe(one.ENCRYPTION_KEY);
});

test.each(['', '{', '{"SECRET_KEY":"0123456789abcdef"}', '{"SECRET_KEY":"short","ENCRYPTION_KEY":"short"}'])(
  'a damaged file stops the start and is left as it is: %s',
  async (content) => {
    const folder = newFolder();
    writeFileSync(join(folder, 'secrets.json'), content);
    expect(await withSecrets(configIn(folder), random).catch(String)).toContain('StartError');
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).toBe(content);
  },
);

test('a file that others could read is closed to them', async () => {
  const folder = newFolder();
  await withSecrets(configIn(folder), random);
  chmodSync(join(folder, 'secrets.json'), 0o644);
  await withSecrets(configIn(folder), random);
  expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
});

test('with a database but without its secrets, no new ones are made', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'hallpass.db'), 'not empty');
  expect(await withSecrets(configIn(folder), random).catch(String)).toContain('is there, but');
  expect(readdirSync(folder)).toEqual(['hallpass.db']);
  const withKey = configIn(folder, { ENCRYPTION_KEY: 'b'.repeat(16) });
  expect((await withSecrets(withKey, random)).SECRET_KEY).toHaveLength(36);
});
