// A class's passes and the seats they are for, in the database.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { SeatsTable } from '../db/tables/people.ts';
import type { PassRow } from '../passes/store.ts';

type Db = Kysely<Schema>;

export async function insertSeat(db: Db, seat: Selectable<SeatsTable>): Promise<void> {
  await db.insertInto('seats').values(seat).execute();
}

/** The newest first. @param before passes older than this one, by id. */
export function listClassPasses(
  db: Db,
  classroomId: string,
  { before, limit }: { before?: string | undefined; limit: number },
): Promise<PassRow[]> {
  let query = db.selectFrom('passes').selectAll().where('classroomId', '=', classroomId);
  if (before !== undefined) query = query.where('id', '<', before);
  return query.orderBy('id', 'desc').limit(limit).execute();
}

/** Those of these passes that are in the class. */
export function findClassPasses(db: Db, classroomId: string, ids: readonly string[]): Promise<PassRow[]> {
  return db.selectFrom('passes').selectAll().where('classroomId', '=', classroomId).where('id', 'in', ids).execute();
}

/** By which names the class's passes go. */
export async function listNames(db: Db, classroomId: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('passes')
    .leftJoin('seats', 'seats.id', 'passes.seatId')
    .select((eb) => eb.fn.coalesce('passes.alias', 'seats.displayName').as('name'))
    .where('passes.classroomId', '=', classroomId)
    .execute();
  return new Set(rows.flatMap(({ name }) => name ?? []));
}

/** Passes in the class, and codes that can still become one. */
export async function countPlaces(db: Db, classroomId: string, now: number): Promise<number> {
  const passes = await db
    .selectFrom('passes')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('classroomId', '=', classroomId)
    .executeTakeFirstOrThrow();
  const codes = await db
    .selectFrom('activationCodes')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('classroomId', '=', classroomId)
    .where('status', '=', 'open')
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .executeTakeFirstOrThrow();
  return Number(passes.count) + Number(codes.count);
}
