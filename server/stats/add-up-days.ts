// Adds the hours of each day that is over up, for reports. A day whose hours say something else by now (a call of
// yesterday was settled today; the zone was changed) is added up anew, so nothing has to tell of a change.
import { type Kysely, sql } from 'kysely';

import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { byDay, type Day, isSame, lastDays } from './days.ts';
import { dailySums, hourlySums } from './store.ts';

/** Longer than the longest report. */
const DAYS_KEPT = 100;
const EVERY_MS = 3_600_000;
/** Between two days, so that calls come in between. */
const REST_MS = 20;

/** @returns how many days were added up. */
export async function addUpDays(ctx: AppContext, signal?: AbortSignal): Promise<number> {
  const { config, clock, db, database } = ctx;
  const timeZone = config.TIME_ZONE;
  const days = lastDays(DAYS_KEPT + 1, timeZone, clock.now()).slice(0, -1);
  const hourly = await hourlySums(database.reports.db, { from: days[0]!.from, until: days.at(-1)!.until });
  const added = new Map((await dailySums(db, timeZone, days[0]!.day)).map((sum) => [sum.day, sum]));
  const changed = byDay(days, hourly).filter((sum) => !isSame(sum, added.get(sum.day)));
  for (const day of changed) {
    if (signal?.aborted) return 0;
    await addUpDay(db, timeZone, day);
    await Bun.sleep(REST_MS);
  }
  await forget(db, timeZone, days[0]!.day);
  return changed.length;
}

/** Added up at start and every hour; a failure is logged, and reports read hours meanwhile. */
export function startAddingUp(ctx: AppContext): Rounds {
  const failed = (error: unknown) => ctx.log.error('days could not be added up', { error });
  return startRounds(EVERY_MS, (signal) => addUpDays(ctx, signal), failed, { atOnce: true });
}

/** What is there is replaced: of several servers that do it at once, each writes the same. */
async function addUpDay(db: Kysely<Schema>, timeZone: string, { day, from, until }: Day): Promise<void> {
  await sql`
    insert into usage_daily (dimension, time_zone, day, dimension_id, calls, errors, prompt_tokens, completion_tokens,
      cost_nanos)
    select dimension, ${sql.lit(timeZone)}, ${sql.lit(day)}, dimension_id, sum(calls), sum(errors), sum(prompt_tokens),
      sum(completion_tokens), sum(cost_nanos)
    from usage_rollups
    where hour >= ${from} and hour < ${until} and dimension <> 'folded'
    group by dimension, dimension_id order by dimension, dimension_id
    on conflict (dimension, time_zone, day, dimension_id) do update set
      calls = excluded.calls, errors = excluded.errors, prompt_tokens = excluded.prompt_tokens,
      completion_tokens = excluded.completion_tokens, cost_nanos = excluded.cost_nanos`.execute(db);
}

/** Days that no report reads any more, one at a time. */
async function forget(db: Kysely<Schema>, timeZone: string, since: string): Promise<void> {
  const gone = await db
    .selectFrom('usageDaily')
    .select(['timeZone', 'day'])
    .where('dimension', '=', 'all')
    .where((eb) => eb.or([eb('timeZone', '!=', timeZone), eb('day', '<', since)]))
    .execute();
  for (const day of gone)
    await db.deleteFrom('usageDaily').where('timeZone', '=', day.timeZone).where('day', '=', day.day).execute();
}
