// Removes rows that count no longer. Whoever adds rows pays for their end, a batch at a time, so no table grows for ever
// and no request waits for a long sweep.
import type { AppContext } from '../context.ts';

/** Rows removed at once. */
export const SWEEP_ROWS = 500;

export interface Expiry {
  table: 'issuedResponses' | 'idempotencyKeys';
  /** Older rows are as good as gone. */
  keptMs: number;
  /** They are looked for this often, by each process. */
  everyMs: number;
}

const sweptAt = new WeakMap<AppContext, Map<Expiry['table'], number>>();

/** Removes the oldest batch of rows that are too old, unless that was done a moment ago. */
export async function forgetOld(ctx: AppContext, { table, keptMs, everyMs }: Expiry): Promise<void> {
  const now = ctx.clock.monotonic();
  const swept = sweptAt.get(ctx) ?? new Map<Expiry['table'], number>();
  if (now - (swept.get(table) ?? -Infinity) < everyMs) return;
  sweptAt.set(ctx, swept.set(table, now));
  const old = await ctx.db
    .selectFrom(table)
    .select('createdAt')
    .where('createdAt', '<', ctx.clock.now() - keptMs)
    .orderBy('createdAt')
    .limit(SWEEP_ROWS)
    .execute();
  const newest = old.at(-1)?.createdAt;
  if (newest !== undefined) await ctx.db.deleteFrom(table).where('createdAt', '<=', newest).execute();
}
