// Checks after recovery that every account's hold is the sum of its open calls, and corrects what is not.
import type { Database } from 'bun:sqlite';

import type { RecoverReply } from './ledger.ts';

interface Row {
  accountId: string;
  heldNanos: number;
  correctNanos: number;
}

/** Runs in the transaction of the caller. @returns what was wrong. */
export function repairHolds(db: Database, now: number): RecoverReply['repairs'] {
  const wrong = db
    .query<Row, []>(
      `with open_holds as (
        select json_each.value as account_id, sum(calls.held_nanos) as nanos
        from calls, json_each(calls.account_ids) where calls.state = 'open' group by 1
      )
      select accounts.id as accountId, held_nanos as heldNanos, coalesce(open_holds.nanos, 0) as correctNanos
      from accounts left join open_holds on open_holds.account_id = accounts.id
      where accounts.held_nanos <> coalesce(open_holds.nanos, 0)`,
    )
    .all();
  const update = db.query('update accounts set held_nanos = ?, updated_at = ? where id = ?');
  for (const { accountId, correctNanos } of wrong) update.run(correctNanos, now, accountId);
  return wrong;
}
