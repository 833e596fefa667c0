// Checks after recovery that every account's hold is the sum of its open calls, and corrects what is not.
import type { PostgresConnection } from '../db/postgres/connection.ts';
import type { RecoverReply } from './ledger.ts';

/** One statement sees one moment: what differs in it is wrong, whatever other processes do meanwhile. */
const WRONG = `with open_holds as (
    select account_id, sum(held_nanos)::bigint as nanos
    from calls, json_array_elements_text(account_ids::json) as account_id where state = 'open' group by 1
  )
  select a.id as "accountId", a.held_nanos as "heldNanos", coalesce(o.nanos, 0) as "correctNanos"
  from accounts a left join open_holds o on o.account_id = a.id
  where a.held_nanos <> coalesce(o.nanos, 0)`;

/** @returns what was wrong. */
export async function repairHolds(connection: PostgresConnection, now: number): Promise<RecoverReply['repairs']> {
  const suspects = await connection.query<RecoverReply['repairs'][number]>(WRONG);
  if (suspects.length === 0) return [];
  const ids = suspects.map(({ accountId }) => accountId);
  await connection.run('begin');
  await connection.query('select from accounts where id = any($1::text[]) order by id for update', [ids]);
  const wrong = (await connection.query<RecoverReply['repairs'][number]>(WRONG)).filter(({ accountId }) =>
    ids.includes(accountId),
  );
  for (const { accountId, correctNanos } of wrong)
    await connection.query('update accounts set held_nanos = $1, updated_at = $2 where id = $3', [
      correctNanos,
      now,
      accountId,
    ]);
  await connection.run('commit');
  return wrong;
}
