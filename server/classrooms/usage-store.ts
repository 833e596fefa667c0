// What a class has used, from the roll-ups by hour and from its calls.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Hours, Sum } from '../stats/sums.ts';

type Db = Kysely<Schema>;

/** One row an hour. */
export function hoursOfClass(db: Db, classroomId: string, { from, until }: Hours): Promise<(Sum & { hour: number })[]> {
  return db
    .selectFrom('usageRollups')
    .where('dimension', '=', 'classroom')
    .where('dimensionId', '=', classroomId)
    .where('hour', '>=', from)
    .where('hour', '<', until)
    .select(['hour', 'calls', 'errors', 'promptTokens', 'completionTokens', 'costNanos'])
    .execute();
}

/**
 * Each pass that called, by the class and the name its calls are stamped with: what a pass did in another class is not
 * in it. Without the calls whose time in the log is over.
 */
export async function passesOfClass(
  db: Db,
  classroomId: string,
  fromMs: number,
): Promise<(Sum & { id: string; name: string })[]> {
  const rows = await db
    .selectFrom('calls')
    .where('classroomId', '=', classroomId)
    .where('openedAt', '>=', fromMs)
    .where('passId', 'is not', null)
    .where('state', '!=', 'open')
    .select((eb) => [
      'passId as id',
      eb.fn.max('passName').as('name'),
      eb.fn.countAll<number | string>().as('calls'),
      eb.fn.sum<number | string>(eb.case().when('status', '=', 'error').then(1).else(0).end()).as('errors'),
      eb.fn.sum<number | string>('promptTokens').as('promptTokens'),
      eb.fn.sum<number | string>('completionTokens').as('completionTokens'),
      eb.fn.sum<number | string>('costNanos').as('costNanos'),
    ])
    .groupBy('passId')
    .execute();
  return rows.map(({ id, name, ...sums }) => ({
    id: id!,
    name: name ?? id!,
    calls: Number(sums.calls),
    errors: Number(sums.errors),
    promptTokens: Number(sums.promptTokens),
    completionTokens: Number(sums.completionTokens),
    costNanos: Number(sums.costNanos),
  }));
}
