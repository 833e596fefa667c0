// Passes that were blocked before a block said whose it is; with TEST_DATABASE_URL on PostgreSQL.
import { expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { openTestDatabase } from '../testing/test-database.ts';
import { migrate } from './migrate.ts';

test('a block is the teacher’s where the audit log names one last, else the administration’s', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hallpass-blocked-by-'));
  const database = await openTestDatabase(join(folder, 'old.db'));
  try {
    await migrate(database.raw, '0014-issued-responses');
    const run = (statement: string) => sql.raw(statement).execute(database.raw);
    for (const [id, role] of [
      ['ann', 'admin'],
      ['tom', 'teacher'],
    ])
      await run(`insert into users (id, username, role, status, tokens_valid_after, created_at, updated_at)
        values ('${id}', '${id}', '${role}', 'active', 0, 0, 0)`);
    const blocked = ['both', 'reverse', 'renamed', 'unknown'];
    for (const id of [...blocked, 'free'])
      await run(`insert into passes (id, public_id, token_hash, key_name, status, metadata, litellm_extra, created_at, updated_at)
        values ('${id}', '${id}', '${id}', '${id}', '${id === 'free' ? 'active' : 'blocked'}', '{}', '{}', 0, 0)`);
    const audit = [
      ['both', 'ann', 'status'],
      ['both', 'tom', 'status'],
      ['reverse', 'tom', 'status'],
      ['reverse', 'ann', 'status'],
      ['renamed', 'ann', 'status'],
      ['renamed', 'tom', 'expiresAt'],
      ['free', 'tom', 'status'],
    ] as const;
    for (const [seq, [id, actor, field]] of audit.entries())
      await run(`insert into audit (seq, id, at, actor_id, action, target_kind, target_id, detail, previous_hash, hash)
        values (${seq + 1}, 'a${seq}', 0, '${actor}', 'pass.update', 'pass', '${id}', '{"fields":["${field}"]}', '', '')`);
    await migrate(database.raw);
    const { rows } = await sql<{ id: string; blocked_by: string | null }>`select id, blocked_by from passes`.execute(
      database.raw,
    );
    expect(Object.fromEntries(rows.map((row) => [row.id, row.blocked_by]))).toEqual({
      both: 'teacher',
      reverse: 'administration',
      renamed: 'administration',
      unknown: 'administration',
      free: null,
    });
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
