// Keeps in the database which keys their upstreams throttle and why, so that administrators see it and a restart
// does not begin by asking a throttled key.
import type { Kysely } from 'kysely';

import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { MAX_REST_MS, type UpstreamBoard } from './board.ts';

/** Many calls under way meet the same refusal: a rest that ends about when the stored one does is not written again. */
const SAME_MS = 1_000;

export interface Cooled {
  keyId: string;
  ms: number;
  /** What the upstream said, cleaned. */
  reason: string;
}

export async function keepCooldown({ db, clock }: AppContext, { keyId, ms, reason }: Cooled): Promise<void> {
  const now = clock.now();
  const cooldownUntil = now + Math.min(ms, MAX_REST_MS);
  await db
    .updateTable('channelKeys')
    .set({ cooldownUntil, lastError: reason.slice(0, 500), lastErrorAt: now })
    .where('id', '=', keyId)
    // A key that an administrator disabled has no error to show.
    .where('status', '=', 'enabled')
    .where((eb) => eb.or([eb('cooldownUntil', 'is', null), eb('cooldownUntil', '<', cooldownUntil - SAME_MS)]))
    .execute();
}

/** At start: what still cools goes on cooling. */
export async function restoreCooldowns(db: Kysely<Schema>, board: UpstreamBoard, now: number): Promise<void> {
  const cooling = await db
    .selectFrom('channelKeys')
    .select(['id', 'cooldownUntil'])
    .where('cooldownUntil', '>', now)
    .execute();
  for (const { id, cooldownUntil } of cooling) board.rest(id, cooldownUntil! - now);
}
