// Takes a key back into use that its upstream had refused or throttled and that has just answered.
import type { AppContext } from '../context.ts';

/** A key an administrator disabled has no error, and stays disabled. */
export async function reviveKey(ctx: AppContext, keyId: string): Promise<void> {
  const { numUpdatedRows } = await ctx.db
    .updateTable('channelKeys')
    .set({ status: 'enabled', cooldownUntil: null, lastError: null, lastErrorAt: null, updatedAt: ctx.clock.now() })
    .where('id', '=', keyId)
    .where('lastError', 'is not', null)
    .executeTakeFirst();
  ctx.board.wake([keyId]);
  if (numUpdatedRows === 0n) return;
  await ctx.bumpChanges();
  await ctx.catalog.reload();
}
