// The end of an account: the person and what they wrote go; numbers of past calls stay for the ledger until retention
// takes them.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { UsersTable } from '../db/tables/people.ts';
import { AppError } from '../lib/app-error.ts';
import { deleteRecords } from './records-store.ts';
import { countAdmins, deleteUser } from './store.ts';

interface Removal {
  row: Pick<UsersTable, 'id' | 'role' | 'status'>;
  actor: { id: string; name: string };
  ip: string;
}

/** @throws AppError last_admin. */
export async function removeAccount(ctx: AppContext, { row, actor, ip }: Removal): Promise<void> {
  const isAdmin = row.role === 'admin' && row.status === 'active';
  if (isAdmin && (await countAdmins(ctx.db)) < 2) throw new AppError('last_admin');
  await deleteRecords(ctx.db, row.id);
  await ctx.db.transaction().execute(async (trx) => {
    // Writing the version row makes others wait until this transaction ends, so that two last ones cannot both go.
    await ctx.bumpChanges(trx);
    if (isAdmin && (await countAdmins(trx)) < 2) throw new AppError('last_admin');
    await deleteUser(trx, row.id);
    await recordAudit(ctx, { actor, action: 'user.delete', target: { kind: 'user', id: row.id }, ip }, trx);
  });
  ctx.events.emit({ type: 'user.changed', userId: row.id });
}
