// Adds the hours of each day and week that is over up, for reports. One whose hours say something else by now (a call of
// yesterday was settled today; the zone was changed) is added up anew, so nothing has to tell of a change.
import { type Kysely, sql } from 'kysely';

import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { type Day, isSame, lastDays, sumsOfEach, type Unit, wholeWeeks } from './days.ts';
import { addedSums, hourlySums } from './store.ts';

/** Longer than the longest report. */
const DAYS_KEPT = 100;
const EVERY_MS = 3_600_000;
/** Between two, so that calls come in between. */
const REST_MS = 20;

/** @returns how many days and weeks were added up. */
export async function addUpDays(ctx: AppContext, signal?: AbortSignal): Promise<number> {
  const { config, clock, db, database } = ctx;
  const timeZone = config.TIME_ZONE;
  const days = lastDays(DAYS_KEPT + 1, timeZone, clock.now()).slice(0, -1);
  const hourly = await hourlySums(database.reports.db, { from: days[0]!.from, until: days.at(-1)!.until });
  const added = await addedSums(db, timeZone, days[0]!.day);
  const units: Record<Unit, Day[]> = { day: days, week: wholeWeeks(days) };
  let count = 0;
  for (const unit of ['day', 'week'] as const)
    for (const sum of sumsOfEach(units[unit], hourly)) {
      if (isSame(sum, added[unit].get(sum.day))) continue;
      if (signal?.aborted) return count;
      await addUpHours(db, timeZone, unit, sum);
      count += 1;
      await Bun.sleep(REST_MS);
    }
  await forget(ctx, timeZone, days[0]!.day);
  return count;
}

/** Added up at start and every hour; a failure is logged, and reports read hours meanwhile. */
export function startAddingUp(ctx: AppContext): Rounds {
  const failed = (error: unknown) => ctx.log.error('days could not be added up', { error });
  return startRounds(EVERY_MS, (signal) => addUpDays(ctx, signal), failed, { atOnce: true });
}

/** What is there is replaced: of several servers that do it at once, each writes the same. */
async function addUpHours(db: Kysely<Schema>, timeZone: string, unit: Unit, { day, from, until }: Day): Promise<void> {
  await sql`
    insert into usage_sums (dimension, time_zone, unit, day, dimension_id, calls, errors, prompt_tokens, completion_tokens,
      cost_nanos)
    select dimension, ${sql.lit(timeZone)}, ${sql.lit(unit)}, ${sql.lit(day)}, dimension_id, sum(calls), sum(errors), sum(prompt_tokens),
      sum(completion_tokens), sum(cost_nanos)
    from usage_rollups
    where hour >= ${from} and hour < ${until} and dimension <> 'folded'
    group by dimension, dimension_id order by dimension, dimension_id
    on conflict (dimension, time_zone, unit, day, dimension_id) do update set
      calls = excluded.calls, errors = excluded.errors, prompt_tokens = excluded.prompt_tokens,
      completion_tokens = excluded.completion_tokens, cost_nanos = excluded.cost_nanos`.execute(db);
}

/** What no report reads any more, one stretch of rows at a time. */
async function forget({ db, database }: AppContext, timeZone: string, since: string): Promise<void> {
  const gone = await database.reports.db
    .selectFrom('usageSums')
    .select(['dimension', 'timeZone', 'unit', 'day'])
    .distinct()
    .where((eb) => eb.or([eb('timeZone', '!=', timeZone), eb('day', '<', since)]))
    .execute();
  for (const { dimension, timeZone: zone, unit, day } of gone)
    await db
      .deleteFrom('usageSums')
      .where('dimension', '=', dimension)
      .where('timeZone', '=', zone)
      .where('unit', '=', unit)
      .where('day', '=', day)
      .execute();
}
