// Activation codes in the database.
import type { Kysely, Selectable } from 'kysely';

import type { CodeStatus } from '@hallpass/shared/lists.ts';

import type { Schema } from '../db/schema.ts';
import type { ActivationCodesTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;
export type CodeRow = Selectable<ActivationCodesTable>;

export interface CodeListing {
  classroomId?: string | undefined;
  status?: CodeStatus | undefined;
  /** Codes before this one, by id. */
  before?: string | undefined;
}

/** Rows of one statement, well under every engine's number of parameters. */
const BATCH = 50;

export async function insertCodes(db: Db, rows: readonly CodeRow[]): Promise<void> {
  for (let i = 0; i < rows.length; i += BATCH)
    await db
      .insertInto('activationCodes')
      .values(rows.slice(i, i + BATCH))
      .execute();
}

/** Which of these public parts are there already. */
export async function takenPublicParts(db: Db, parts: readonly string[]): Promise<Set<string>> {
  const rows = await db.selectFrom('activationCodes').select('publicPart').where('publicPart', 'in', parts).execute();
  return new Set(rows.map(({ publicPart }) => publicPart));
}

export async function countCodes(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('activationCodes')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many codes of each class can still be redeemed. */
export async function countOpenCodes(db: Db, now: number): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('activationCodes')
    .select(({ fn }) => ['classroomId', fn.countAll<number | string>().as('count')])
    .where('classroomId', 'is not', null)
    .where('status', '=', 'open')
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .groupBy('classroomId')
    .execute();
  return new Map(rows.map(({ classroomId, count }) => [classroomId!, Number(count)]));
}

/** The newest first. An open code whose time is over is told as expired. @param limit most rows. */
export function listCodes(db: Db, { classroomId, status, before }: CodeListing, now: number, limit: number) {
  let query = db
    .selectFrom('activationCodes')
    .leftJoin('classrooms', 'classrooms.id', 'activationCodes.classroomId')
    .leftJoin('plans', 'plans.id', 'activationCodes.planId')
    .selectAll('activationCodes')
    .select(['classrooms.name as classroomName', 'plans.name as planName']);
  if (classroomId !== undefined) query = query.where('activationCodes.classroomId', '=', classroomId);
  if (before !== undefined) query = query.where('activationCodes.id', '<', before);
  if (status === 'open' || status === 'expired')
    query = query
      .where('activationCodes.status', '=', 'open')
      .where((eb) =>
        status === 'expired'
          ? eb('activationCodes.expiresAt', '<=', now)
          : eb.or([eb('activationCodes.expiresAt', 'is', null), eb('activationCodes.expiresAt', '>', now)]),
      );
  else if (status !== undefined) query = query.where('activationCodes.status', '=', status);
  return query.orderBy('activationCodes.id', 'desc').limit(limit).execute();
}

/** undefined = there is none, or it cannot be redeemed. */
export function findOpenCode(db: Db, codeHash: string, now: number): Promise<CodeRow | undefined> {
  return db
    .selectFrom('activationCodes')
    .selectAll()
    .where('codeHash', '=', codeHash)
    .where('status', '=', 'open')
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .executeTakeFirst();
}

/** @returns whether it was open until now: of several at once, one. */
export async function redeemCode(
  db: Db,
  id: string,
  redeemed: { passId: string; userId: string | null; at: number },
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('activationCodes')
    .set({
      status: 'redeemed',
      redeemedAt: redeemed.at,
      redeemedPassId: redeemed.passId,
      redeemedUserId: redeemed.userId,
    })
    .where('id', '=', id)
    .where('status', '=', 'open')
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns the code as it was before; undefined = there is none. */
export async function revokeCode(
  db: Db,
  { id, classroomId }: { id: string; classroomId?: string | undefined },
): Promise<CodeRow | undefined> {
  let query = db.selectFrom('activationCodes').selectAll().where('id', '=', id);
  if (classroomId !== undefined) query = query.where('classroomId', '=', classroomId);
  const row = await query.executeTakeFirst();
  if (row) await db.updateTable('activationCodes').set({ status: 'revoked' }).where('id', '=', id).execute();
  return row;
}
