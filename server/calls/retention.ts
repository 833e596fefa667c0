// Removes kept content, call rows and visits of blocked addresses when their time is over; what the rows add up to stays.
import type { AppContext } from '../context.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { foldCalls } from './fold.ts';

/** Rows of one statement: nobody waits long behind it. */
const BATCH = 500;
const SWEEP_EVERY_MS = 3_600_000;
const DAY_MS = 86_400_000;
/** Between two batches, so that calls come in between. */
const REST_MS = 20;

/** @returns how many contents were removed. */
export function sweepContents(ctx: AppContext, signal?: AbortSignal): Promise<number> {
  const before = ctx.clock.now() - ctx.settings.current().contentRetentionDays * DAY_MS;
  return inBatches(signal, async () => {
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
    return Number(numDeletedRows);
  });
}

/** @returns how many call rows were folded away. */
export function sweepCalls(ctx: AppContext, signal?: AbortSignal): Promise<number> {
  const before = ctx.clock.now() - ctx.settings.current().logRetentionDays * DAY_MS;
  return inBatches(signal, () => foldCalls(ctx.db, before, BATCH));
}

/** Visits of blocked addresses name addresses, too: they are kept as long as calls. @returns how many rows went. */
export function sweepAttempts(ctx: AppContext, signal?: AbortSignal): Promise<number> {
  const before = ctx.clock.now() - ctx.settings.current().logRetentionDays * DAY_MS;
  return inBatches(signal, async () => {
    const old = ctx.db.selectFrom('blockedAttempts').select('id').where('lastAt', '<', before).limit(BATCH);
    const { numDeletedRows } = await ctx.db.deleteFrom('blockedAttempts').where('id', 'in', old).executeTakeFirst();
    return Number(numDeletedRows);
  });
}

/** Sweeps now and every hour; a failure is logged and tried again an hour later. */
export function startRetention(ctx: AppContext): Rounds {
  const sweep = async (signal: AbortSignal) => {
    await sweepContents(ctx, signal);
    await sweepAttempts(ctx, signal);
    const folded = await sweepCalls(ctx, signal);
    if (folded > 0) ctx.log.info('folded call rows whose time is over', { calls: folded });
  };
  const failed = (error: unknown) => ctx.log.error('old records could not be removed', { error });
  return startRounds(SWEEP_EVERY_MS, sweep, failed, { atOnce: true });
}

async function inBatches(signal: AbortSignal | undefined, batch: () => Promise<number>): Promise<number> {
  let removed = 0;
  while (!signal?.aborted) {
    const count = await batch();
    removed += count;
    if (count < BATCH) break;
    await Bun.sleep(REST_MS);
  }
  return removed;
}
