// Takes a key out of use that its upstream has refused; the reason is kept for the administrator.
import type { AppContext } from '../context.ts';

/** Does nothing for a key that is gone or disabled already. */
export async function disableKey(ctx: AppContext, keyId: string, reason: string): Promise<void> {
  const now = ctx.clock.now();
  const { numUpdatedRows } = await ctx.db
    .updateTable('channelKeys')
    .set({ status: 'disabled', lastError: reason.slice(0, 500), lastErrorAt: now, updatedAt: now })
    .where('id', '=', keyId)
    .where('status', '=', 'enabled')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return;
  await ctx.bumpChanges();
  await ctx.catalog.reload();
  ctx.log.warn('an upstream refused a key, so it is disabled', { keyId, reason });
}
