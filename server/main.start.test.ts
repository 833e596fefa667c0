// Starts that must not happen: each says why in plain words, ends with 1 and changes nothing.
import { afterAll, expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createServerFolder } from './testing/server-process.ts';

const root = mkdtempSync(join(tmpdir(), 'hallpass-start-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const newFolder = (): string => mkdtempSync(join(root, 'data-'));

/** Runs the server until it ends by itself. */
async function failToStart(folder: string, env: Record<string, string> = {}) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, 'main.ts')], {
    cwd: folder,
    env: { HOST: '127.0.0.1', APP_PORT: '0', DATABASE_PATH: join(folder, 'hallpass.db'), ...env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: 20_000,
  });
  const [out, err] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { code: await child.exited, text: out + err };
}

/** A folder in which the server has run and ended properly. */
async function usedFolder() {
  const folder = await createServerFolder();
  const server = await folder.start();
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  return folder;
}

async function expectRefusal(folder: string, env: Record<string, string>, sentence: RegExp): Promise<void> {
  const path = env.DATABASE_PATH ?? join(folder, 'hallpass.db');
  const before = existsSync(path) ? readFileSync(path) : undefined;
  const { code, text } = await failToStart(folder, env);
  expect(text).toMatch(sentence);
  expect(text).not.toMatch(/\n\s+at /);
  expect(code).toBe(1);
  if (before) expect(readFileSync(path).equals(before)).toBe(true);
}

test('settings that make no sense are all named', async () => {
  const env = { APP_PORT: 'x', SECRET_KEY: 'your_secret_key' };
  await expectRefusal(newFolder(), env, /APP_PORT must be .*\nSECRET_KEY is a sample value/);
});

test('a file that is no database', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'hallpass.db'), 'Dear diary, today I learned about databases.');
  await expectRefusal(folder, { ENCRYPTION_KEY: 'k'.repeat(16) }, /is not a SQLite database.*Nothing was changed/s);
});

test('a database of another program', async () => {
  const folder = newFolder();
  using db = new Database(join(folder, 'hallpass.db'), { create: true });
  db.run('create table recipes (name text)');
  await expectRefusal(folder, { ENCRYPTION_KEY: 'k'.repeat(16) }, /is a database of another program/);
});

test('a folder in the place of the file, and a file in the place of the folder', async () => {
  const folder = newFolder();
  writeFileSync(join(folder, 'file'), '');
  const key = { ENCRYPTION_KEY: 'k'.repeat(16), SECRET_KEY: 'k'.repeat(16) };
  expect((await failToStart(folder, { ...key, DATABASE_PATH: folder })).text).toContain('is not a file');
  const inside = join(folder, 'file', 'hallpass.db');
  expect((await failToStart(folder, { ...key, DATABASE_PATH: inside })).text).toContain('The data folder');
});

test('a database without its secrets makes no new ones', async () => {
  await using folder = await usedFolder();
  rmSync(join(folder.path, 'secrets.json'));
  await expectRefusal(folder.path, {}, /is there, but .*secrets\.json.* is not/);
  expect(existsSync(join(folder.path, 'secrets.json'))).toBe(false);
});

test('another ENCRYPTION_KEY', async () => {
  await using folder = await usedFolder();
  const env = { ENCRYPTION_KEY: 'another key of some length' };
  await expectRefusal(folder.path, env, /ENCRYPTION_KEY is not the one this database was written with/);
});

test('a read-only database', async () => {
  await using folder = await usedFolder();
  chmodSync(folder.database, 0o444);
  await expectRefusal(folder.path, {}, /cannot be read and written.*Nothing was changed/s);
});

test('a database that was cut short', async () => {
  await using folder = await usedFolder();
  truncateSync(folder.database, Math.floor(readFileSync(folder.database).length / 2 / 4096) * 4096);
  await expectRefusal(folder.path, {}, /is damaged .*restore a backup/s);
});

test('a database with scribbled pages', async () => {
  await using folder = await usedFolder();
  const bytes = readFileSync(folder.database);
  bytes.fill(0x5a, 4096, 4096 * 12);
  writeFileSync(folder.database, bytes);
  await expectRefusal(folder.path, {}, /is damaged .*restore a backup/s);
});

test('a database that a newer version has written', async () => {
  await using folder = await usedFolder();
  {
    using db = new Database(folder.database);
    db.run(`insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '2099-01-01')`);
    db.run('pragma wal_checkpoint(truncate)');
  }
  await expectRefusal(folder.path, {}, /newer Hallpass .*9999-tomorrow.*Nothing was changed/s);
});

test('a port that is taken', async () => {
  using other = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Response() });
  const { code, text } = await failToStart(newFolder(), { APP_PORT: String(other.port) });
  expect(text).toContain(`Port ${other.port} is already in use`);
  expect(code).toBe(1);
});

test('a second server on the same file waits, refuses, and starts once the first is killed', async () => {
  await using folder = await createServerFolder();
  const first = await folder.start();
  const startedAt = performance.now();
  const { code, text } = await failToStart(folder.path);
  expect(text).toContain('Another Hallpass is already running on this data');
  expect(code).toBe(1);
  expect(performance.now() - startedAt).toBeGreaterThan(4_900);
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  first.kill('SIGKILL');
  await first.exited;
  const next = await folder.start();
  expect((await fetch(`${next.url}/readyz`)).status).toBe(200);
});

test('a PostgreSQL that does not answer', async () => {
  const { code, text } = await failToStart(newFolder(), { DATABASE_URL: 'postgres://hallpass:hunter2@127.0.0.1:1/x' });
  expect(text).toContain('The database postgres://127.0.0.1:1/x cannot be reached');
  expect(text).not.toContain('hunter2');
  expect(code).toBe(1);
});
