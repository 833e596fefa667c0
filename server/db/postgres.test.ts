import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { openTestDatabase, testEngine } from '../testing/test-database.ts';
import { DatabaseError } from './database-error.ts';
import { openPostgres } from './postgres.ts';

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error as DatabaseError,
  );

test('a server that does not answer is `unavailable`', async () => {
  const { raw, close } = openPostgres('postgres://nobody@127.0.0.1:1/nothing');
  const failure = await failureOf(sql`select 1`.execute(raw));
  expect(failure).toBeInstanceOf(DatabaseError);
  expect(failure?.problem).toBe('unavailable');
  await close();
});

test.skipIf(testEngine === 'sqlite')('a unique violation names its column, also inside a transaction', async () => {
  const { raw, close } = await openTestDatabase('');
  await sql`create table pupils (id text primary key)`.execute(raw);
  const twice = () => sql`insert into pupils values ('a'), ('a')`;
  for (const failure of [
    await failureOf(twice().execute(raw)),
    await failureOf(raw.transaction().execute((trx) => twice().execute(trx))),
  ]) {
    expect(failure).toBeInstanceOf(DatabaseError);
    expect([failure?.problem, failure?.column]).toEqual(['unique', 'pupils.id']);
  }
  expect((await sql<{ n: number }>`select count(*) as n from pupils`.execute(raw)).rows[0]!.n).toBe(0);
  await close();
});

test.skipIf(testEngine === 'sqlite')(
  'a connection that breaks while it is in use fails its transaction, not the process',
  async () => {
    const { raw, close } = await openTestDatabase('');
    const failure = await failureOf(
      raw.transaction().execute(async (trx) => {
        const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(trx);
        await sql`select pg_terminate_backend(${rows[0]!.pid})`.execute(raw);
        // Nothing is asked meanwhile, so the break is an event and no answer.
        await Bun.sleep(200);
        await sql`select 1`.execute(trx);
      }),
    );
    expect(failure?.problem).toBe('unavailable');
    expect((await sql<{ n: number }>`select 1 as n`.execute(raw)).rows).toEqual([{ n: 1 }]);
    await close();
  },
);
