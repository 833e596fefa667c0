// Removes kept content when its time is over; the numbers of a call stay.
import type { AppContext } from '../context.ts';

/** Rows of one statement: nobody waits long behind it. */
const BATCH = 500;
const SWEEP_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;

/** @returns how many contents were removed. */
export async function sweepContents(ctx: AppContext): Promise<number> {
  const before = ctx.clock.now() - ctx.settings.current().contentRetentionDays * DAY_MS;
  let removed = 0;
  for (;;) {
    const { numDeletedRows } = await ctx.db
      .deleteFrom('callContents')
      .where('callId', 'in', (eb) =>
        eb
          .selectFrom('callContents')
          .select('callId')
          .where('createdAt', '<', before)
          .orderBy('createdAt')
          .limit(BATCH),
      )
      .executeTakeFirst();
    removed += Number(numDeletedRows);
    if (Number(numDeletedRows) < BATCH) return removed;
  }
}

/** Sweeps now and every hour; a failure is logged and tried again an hour later. */
export function startRetention(ctx: AppContext): Disposable {
  const sweep = () =>
    void sweepContents(ctx).catch((error) => ctx.log.error('old content could not be removed', { error }));
  const timer = setInterval(sweep, SWEEP_EVERY_MS);
  timer.unref();
  sweep();
  return { [Symbol.dispose]: () => clearInterval(timer) };
}
