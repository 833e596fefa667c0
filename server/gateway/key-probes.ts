// Probes keys that their upstream refused: one short test each, ever more seldom, until it answers or an administrator
// acts. What is due is in the key's own row, so a restart forgets nothing and of several replicas one probes.
import type { AppContext } from '../context.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { testChannel } from './test-channel.ts';

const LOOK_EVERY_MS = 60_000;
const FIRST_WAIT_MS = 5 * 60_000;
/** Each wait is about as long as all before it together, up to this. */
const LONGEST_WAIT_MS = 6 * 3_600_000;
/** A round looks at no more; the rest is due in the next. */
const KEYS_PER_ROUND = 20;

export function startKeyProbes(ctx: AppContext): Rounds {
  return startRounds(
    LOOK_EVERY_MS,
    (signal) => probeKeys(ctx, signal),
    (error) => ctx.log.error('refused keys could not be probed', { error }),
  );
}

/** One round. @returns how many keys were probed. */
export async function probeKeys(ctx: AppContext, signal: AbortSignal): Promise<number> {
  const refused = await ctx.db
    .selectFrom('channelKeys')
    .innerJoin('channels', 'channels.id', 'channelKeys.channelId')
    .select(['channelKeys.id', 'channelId', 'lastErrorAt', 'channelKeys.updatedAt'])
    .where('channels.status', '=', 'enabled')
    .where('channelKeys.status', '=', 'disabled')
    // One that an administrator disabled has no error.
    .where('lastError', 'is not', null)
    .orderBy('lastErrorAt')
    .execute();
  const now = ctx.clock.now();
  const due = refused.filter(({ lastErrorAt, updatedAt }) => now - lastErrorAt! >= waitMs(lastErrorAt! - updatedAt));
  let probed = 0;
  for (const { id, channelId, lastErrorAt } of due.slice(0, KEYS_PER_ROUND)) {
    if (signal.aborted) break;
    if (!(await claim(ctx, id, lastErrorAt!))) continue;
    probed += 1;
    const by = { name: null, ip: '127.0.0.1', requestId: ctx.ids.next('probe'), locale: 'en', signal } as const;
    await testChannel(ctx, channelId, { key_id: id }, by).catch((error: unknown) =>
      ctx.log.warn('a refused key could not be probed', { keyId: id, error }),
    );
  }
  return probed;
}

/** @param sinceMs how long the key had been out when it was last tried. */
function waitMs(sinceMs: number): number {
  return Math.min(Math.max(sinceMs, FIRST_WAIT_MS), LONGEST_WAIT_MS);
}

/** Of several replicas one gets the key. */
async function claim({ db, clock }: AppContext, keyId: string, lastErrorAt: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('channelKeys')
    .set({ lastErrorAt: clock.now() })
    .where('id', '=', keyId)
    .where('status', '=', 'disabled')
    .where('lastErrorAt', '=', lastErrorAt)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}
