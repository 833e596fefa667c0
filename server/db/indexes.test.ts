// Requirement 001's indexes: what its log and its sign-in ask for is found by an index, on either engine.
import { expect, test } from 'bun:test';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { openTestDatabase, testEngine } from '../testing/test-database.ts';
import { snapshot } from './introspect.ts';

const ASKED = [
  ['idx_chat_logs_created_at', 'calls', 'opened_at'],
  ['idx_chat_logs_user_id', 'calls', 'user_id'],
  ['idx_chat_logs_ip_address', 'calls', 'ip'],
] as const;

test('the call log by time, by user and by address', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-indexes-'));
  const database = await openTestDatabase(join(folder, 'hallpass.db'), { migrated: true });
  const { indexes } = await snapshot(database);
  for (const [name, table, column] of ASKED) {
    const found = indexes.filter((text) => new RegExp(`\\b${table}\\b[^(]*\\(${column}\\b`).test(text));
    expect([name, found.length > 0]).toEqual([name, true]);
  }
  if (testEngine === 'sqlite') {
    const plan = async (query: ReturnType<typeof sql>) =>
      (await query.execute(database.raw)).rows.map((row) => (row as { detail: string }).detail).join();
    expect(await plan(sql`explain query plan select id from users where email = 'a@b.example'`)).toContain('USING');
    expect(await plan(sql`explain query plan select id from calls where ip = '192.0.2.1'`)).toContain('INDEX calls_ip');
  }
  await database.close();
  await rm(folder, { recursive: true, force: true });
});
