// The migrated database against the types that are written by hand; with TEST_DATABASE_URL on PostgreSQL.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { openTestDatabase } from '../testing/test-database.ts';
import type { DatabaseHandle } from './dialect.ts';
import { migrate } from './migrate.ts';
import type { Columns } from './columns.ts';
import { declaredColumns } from './testing/declared-columns.ts';
import { type ForeignKey, introspectColumns, introspectForeignKeys } from './introspect.ts';

const folder = mkdtempSync(join(tmpdir(), 'hallpass-schema-'));
const declared = declaredColumns();
let database: DatabaseHandle;
let actual: Map<string, Columns>;
let foreignKeys: ForeignKey[];

beforeAll(async () => {
  database = await openTestDatabase(join(folder, 'schema.db'));
  await migrate(database.raw);
  actual = await introspectColumns(database);
  foreignKeys = await introspectForeignKeys(database);
});
afterAll(async () => {
  await database.close();
  rmSync(folder, { recursive: true, force: true });
});

test('the types name exactly the tables there are', () => {
  expect([...actual.keys()].toSorted()).toEqual([...declared.keys()].toSorted());
});

test.each([...declared.keys()])(
  '%s has the columns of its type, each of the kind and as optional as it says',
  (table) => {
    const columns = [...actual.get(table)!].map(([name, { kinds, nullable }]) => ({ name, kind: kinds[0]!, nullable }));
    const wanted = columns.map(({ name, kind }) => {
      const type = declared.get(table)!.get(name);
      return { name, kind: type?.kinds.includes(kind) ? kind : type?.kinds.join(' or '), nullable: type?.nullable };
    });
    expect(columns).toEqual(wanted as typeof columns);
    expect(columns.map(({ name }) => name).toSorted()).toEqual([...declared.get(table)!.keys()].toSorted());
  },
);

/** What deleting a row does to the rows that name it. Whatever is not listed is only a name, kept as text. */
const INTENDED = `
  activation_codes.classroom_id → classrooms.id cascade
  activation_codes.plan_id → plans.id restrict
  activation_codes.seat_id → seats.id cascade
  agents.user_id → users.id cascade
  assignments.classroom_id → classrooms.id cascade
  assignments.rubric_id → rubrics.id set null
  blocked_attempts.blocked_ip_id → blocked_ips.id cascade
  channel_keys.channel_id → channels.id cascade
  classroom_teachers.classroom_id → classrooms.id cascade
  classroom_teachers.user_id → users.id cascade
  classrooms.owner_user_id → users.id set null
  classrooms.plan_id → plans.id restrict
  evidence.submission_id → submissions.id cascade
  grades.submission_id → submissions.id cascade
  invites.user_id → users.id cascade
  model_aliases.model_id → models.id cascade
  passes.classroom_id → classrooms.id cascade
  passes.plan_id → plans.id restrict
  passes.seat_id → seats.id cascade
  passes.user_id → users.id cascade
  prices.model_id → models.id cascade
  prices.route_id → routes.id cascade
  replaced_keys.pass_id → passes.id cascade
  revoked_logins.user_id → users.id cascade
  routes.channel_id → channels.id cascade
  routes.model_id → models.id cascade
  seats.classroom_id → classrooms.id cascade
  seats.user_id → users.id set null
  submissions.assignment_id → assignments.id cascade
  turns.session_id → sessions.id cascade`;

describe('foreign keys', () => {
  test('are the intended ones', () => {
    const lines = foreignKeys.map(({ from, to, onDelete }) => `${from} → ${to} ${onDelete}`).toSorted();
    expect(lines).toEqual(
      INTENDED.trim()
        .split('\n')
        .map((line) => line.trim()),
    );
  });

  test('none leads out of the ledger or into it: its rows outlive what they name', () => {
    const ledger = ['accounts', 'calls', 'attempts', 'call_contents', 'usage_rollups', 'idempotency_keys'];
    const touching = foreignKeys.filter(({ from, to }) =>
      ledger.some((table) => from.startsWith(`${table}.`) || to.startsWith(`${table}.`)),
    );
    expect(ledger.filter((table) => !actual.has(table))).toEqual([]);
    expect(touching).toEqual([]);
  });

  test('are enforced', async () => {
    const orphan = sql`insert into model_aliases (alias, model_id, created_at) values ('a', 'nowhere', 0)`;
    expect(await orphan.execute(database.raw).catch((error: Error) => error)).toMatchObject({ problem: 'foreign_key' });
  });

  test('a row takes along what hangs on it, and nothing else', async () => {
    const insert = (statement: string) => sql.raw(statement).execute(database.raw);
    await insert(`insert into models (id, public_name, display_name, type, status, capabilities, created_at, updated_at)
      values ('m1', 'one', 'One', 'chat', 'enabled', '[]', 0, 0), ('m2', 'two', 'Two', 'chat', 'enabled', '[]', 0, 0)`);
    await insert(`insert into model_aliases (alias, model_id, created_at) values ('x', 'm1', 0), ('y', 'm2', 0)`);
    await insert(`delete from models where id = 'm1'`);
    const { rows } = await sql<{ alias: string }>`select alias from model_aliases`.execute(database.raw);
    expect(rows).toEqual([{ alias: 'y' }]);
  });
});
