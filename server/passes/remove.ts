// Deletes passes. What they were used for stays in the ledger.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedBy } from './pass-settings.ts';
import { deletePassRows, listPassesNamed, type PassNames } from './store.ts';

/** All or none. @throws AppError not_found when any of them is not there. */
export async function deletePasses(ctx: AppContext, names: PassNames, by: ChangedBy): Promise<void> {
  const wanted = new Set(names.values);
  const ids = await ctx.db.transaction().execute(async (db) => {
    // First, for it locks the version row against a deletion of the same at the same time.
    await ctx.bumpChanges(db);
    const passes = await listPassesNamed(db, { ...names, values: [...wanted] });
    if (passes.length !== wanted.size)
      throw new AppError('not_found', { param: names.by === 'alias' ? 'key_aliases' : 'keys' });
    await deletePassRows(
      db,
      passes.map(({ id }) => id),
    );
    for (const { id, alias, publicId } of passes) {
      const target = { kind: 'pass', id };
      await recordAudit(ctx, { ...by, action: 'pass.delete', target, detail: { alias, publicId } }, db);
    }
    return passes.map(({ id }) => id);
  });
  for (const passId of ids) ctx.events.emit({ type: 'pass.changed', passId });
}
