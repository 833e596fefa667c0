// The list of migrations on a real database; with TEST_DATABASE_URL on PostgreSQL.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { openTestDatabase } from '../testing/test-database.ts';
import type { DatabaseHandle } from './dialect.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';
import { type Snapshot, snapshot } from './introspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'hallpass-migrate-'));
const open: DatabaseHandle[] = [];
afterAll(async () => {
  for (const database of open) await database.close();
  rmSync(folder, { recursive: true, force: true });
});

async function newDatabase(): Promise<DatabaseHandle> {
  const database = await openTestDatabase(join(folder, `${open.length}.db`));
  open.push(database);
  return database;
}

const applied = async ({ raw }: DatabaseHandle) =>
  (await sql<{ name: string }>`select name from kysely_migration order by name`.execute(raw)).rows.map(
    ({ name }) => name,
  );

const names = Object.keys(migrations);

test('migrations are numbered from 1 without a gap, in their order, each with a word of its own', () => {
  expect(names).toEqual(names.toSorted());
  expect(names.map((name) => Number(/^(\d{4})-[a-z0-9-]+$/.exec(name)?.[1]))).toEqual(names.map((_, i) => i + 1));
  expect(new Set(names.map((name) => name.slice(5))).size).toBe(names.length);
});

describe('every prefix of the list', () => {
  let fresh: Snapshot;
  beforeAll(async () => {
    const database = await newDatabase();
    await migrate(database.raw);
    fresh = await snapshot(database);
  });

  test.each(names)('up to %s applies, and going on from it ends like a fresh database', async (name) => {
    const database = await newDatabase();
    await migrate(database.raw, name);
    expect(await applied(database)).toEqual(names.slice(0, names.indexOf(name) + 1));
    await migrate(database.raw);
    expect(await applied(database)).toEqual(names);
    expect(await snapshot(database)).toEqual(fresh);
  });

  test('nothing left to do changes nothing', async () => {
    const database = await newDatabase();
    await migrate(database.raw);
    await migrate(database.raw);
    expect(await applied(database)).toEqual(names);
    expect(await snapshot(database)).toEqual(fresh);
  });
});

test('two processes that migrate at the same moment make one schema', async () => {
  const database = await newDatabase();
  const results = await Promise.allSettled([migrate(database.raw), migrate(database.raw)]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled']);
  expect(await applied(database)).toEqual(names);
});

test('a database that a newer version has written is refused and stays as it is', async () => {
  const database = await newDatabase();
  await migrate(database.raw);
  await sql`insert into kysely_migration (name, timestamp) values ('9999-tomorrow', '2099-01-01')`.execute(
    database.raw,
  );
  const before = await snapshot(database);
  const refused = await migrate(database.raw).catch((error: Error) => error);
  expect(refused).toMatchObject({ name: 'DatabaseTooNew', unknownMigration: '9999-tomorrow' });
  expect(await snapshot(database)).toEqual(before);
  expect(await applied(database)).toEqual([...names, '9999-tomorrow']);
});
