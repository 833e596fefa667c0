// Passes in the database, and what their principal is built from.
import type { ExpressionBuilder, Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type {
  ClassroomsTable,
  PassesTable,
  PlansTable,
  ReplacedKeysTable,
  SeatsTable,
  UsersTable,
} from '../db/tables/people.ts';

type Db = Kysely<Schema>;
export type PassRow = Selectable<PassesTable>;
export type UserRow = Selectable<UsersTable>;

/** A pass with everything it belongs to, as rows. */
export interface PassParts {
  pass: PassRow;
  seat: Selectable<SeatsTable> | undefined;
  classroom: Selectable<ClassroomsTable> | undefined;
  user: UserRow | undefined;
  plan: Selectable<PlansTable> | undefined;
  /** The public part of the activation code the pass came from. */
  activationCode: string | undefined;
}

/**
 * undefined = no key has this hash. A replaced key is the pass's until its time of grace is over, and then expired.
 * @param now epoch ms.
 */
export async function findPassParts(db: Db, tokenHash: string, now: number): Promise<PassParts | undefined> {
  const pass = (await findPass(db, tokenHash)) ?? (await findByReplacedKey(db, tokenHash, now));
  if (!pass) return undefined;
  const [parts] = await withParts(db, [pass]);
  return parts;
}

async function findByReplacedKey(db: Db, tokenHash: string, now: number): Promise<PassRow | undefined> {
  const found = await db
    .selectFrom('replacedKeys')
    .innerJoin('passes', 'passes.id', 'replacedKeys.passId')
    .selectAll('passes')
    .select('replacedKeys.validUntil')
    .where('replacedKeys.tokenHash', '=', tokenHash)
    .where('replacedKeys.validUntil', '>', now)
    .executeTakeFirst();
  if (!found) return undefined;
  const { validUntil, ...pass } = found;
  return { ...pass, expiresAt: Math.min(validUntil, pass.expiresAt ?? validUntil) };
}

/** Ends what was replaced before, should it last longer, and forgets what is over. */
export async function insertReplacedKey(db: Db, row: Selectable<ReplacedKeysTable>): Promise<void> {
  await db
    .updateTable('replacedKeys')
    .set({ validUntil: row.validUntil })
    .where('passId', '=', row.passId)
    .where('validUntil', '>', row.validUntil)
    .execute();
  await db
    .deleteFrom('replacedKeys')
    .where('passId', '=', row.passId)
    .where('validUntil', '<=', row.createdAt)
    .execute();
  if (row.validUntil > row.createdAt) await db.insertInto('replacedKeys').values(row).execute();
}

/** Adds to each pass what it belongs to, with one query for each table that has any of it. */
export async function withParts(db: Db, passes: readonly PassRow[]): Promise<PassParts[]> {
  if (passes.length === 0) return [];
  const seats = await findByIds(
    db,
    'seats',
    passes.map(({ seatId }) => seatId),
  );
  const seatOf = (pass: PassRow) => seats.get(pass.seatId ?? '');
  const classroomIdOf = (pass: PassRow) => pass.classroomId ?? seatOf(pass)?.classroomId ?? null;
  const userIdOf = (pass: PassRow) => pass.userId ?? seatOf(pass)?.userId ?? null;
  const classrooms = await findByIds(db, 'classrooms', passes.map(classroomIdOf));
  const classroomOf = (pass: PassRow) => classrooms.get(classroomIdOf(pass) ?? '');
  const planIdOf = (pass: PassRow) => pass.planId ?? classroomOf(pass)?.planId ?? null;
  const users = await findByIds(db, 'users', passes.map(userIdOf));
  const plans = await findByIds(db, 'plans', passes.map(planIdOf));
  const codes = await codesOf(db, passes);
  return passes.map((pass) => ({
    pass,
    seat: seatOf(pass),
    classroom: classroomOf(pass),
    user: users.get(userIdOf(pass) ?? ''),
    plan: plans.get(planIdOf(pass) ?? ''),
    activationCode: codes.get(pass.id),
  }));
}

async function codesOf(db: Db, passes: readonly PassRow[]): Promise<Map<string, string>> {
  const rows = await db
    .selectFrom('activationCodes')
    .select(['redeemedPassId', 'publicPart'])
    .where(
      'redeemedPassId',
      'in',
      passes.map(({ id }) => id),
    )
    .execute();
  return new Map(rows.map(({ redeemedPassId, publicPart }) => [redeemedPassId!, publicPart]));
}

/** undefined = no such user. */
export async function findUser(db: Db, id: string): Promise<UserRow | undefined> {
  return (await findByIds(db, 'users', [id])).get(id);
}

/** Whether a row with this id is there. */
export async function exists(db: Db, table: OwnerTable, id: string): Promise<boolean> {
  return (await findByIds(db, table, [id])).size > 0;
}

export function findPass(db: Db, tokenHash: string): Promise<PassRow | undefined> {
  return db.selectFrom('passes').selectAll().where('tokenHash', '=', tokenHash).executeTakeFirst();
}

export function findPassById(db: Db, id: string): Promise<PassRow | undefined> {
  return db.selectFrom('passes').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function insertPass(db: Db, pass: PassRow): Promise<void> {
  await db.insertInto('passes').values(pass).execute();
}

export async function updatePassRow(db: Db, id: string, columns: Partial<PassRow>): Promise<void> {
  await db.updateTable('passes').set(columns).where('id', '=', id).execute();
}

export async function moveSeat(db: Db, seatId: string, classroomId: string): Promise<void> {
  await db.updateTable('seats').set({ classroomId }).where('id', '=', seatId).execute();
}

/** The names of these passes' seats, by seat. */
export async function seatNamesOf(db: Db, passes: readonly PassRow[]): Promise<Map<string, string>> {
  const seats = await findByIds(
    db,
    'seats',
    passes.map(({ seatId }) => seatId),
  );
  return new Map([...seats.values()].map(({ id, displayName }) => [id, displayName]));
}

export type PassNames = { by: 'tokenHash' | 'alias'; values: readonly string[] };

export function listPassesNamed(db: Db, { by, values }: PassNames): Promise<PassRow[]> {
  return db.selectFrom('passes').selectAll().where(by, 'in', values).execute();
}

export async function deletePassRows(db: Db, ids: readonly string[]): Promise<void> {
  await db.deleteFrom('passes').where('id', 'in', ids).execute();
}

export interface PassFilter {
  userId?: string | undefined;
  classroomId?: string | undefined;
  alias?: string | undefined;
  tokenHash?: string | undefined;
}

export type PassSort = 'spend' | 'budgetNanos' | 'createdAt' | 'updatedAt' | 'tokenHash' | 'alias';

export interface PassPage {
  sort: PassSort;
  order: 'asc' | 'desc';
  limit: number;
  offset: number;
}

export async function countPasses(db: Db, filter: PassFilter): Promise<number> {
  const { count } = await db
    .selectFrom('passes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where(matching(filter))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** One page; passes that sort alike come by hash, so that pages do not overlap. */
export function listPasses(db: Db, filter: PassFilter, { sort, order, limit, offset }: PassPage): Promise<PassRow[]> {
  return db
    .selectFrom('passes')
    .selectAll()
    .where(matching(filter))
    .orderBy((eb) => sortValue(eb, sort), order)
    .orderBy('tokenHash', order)
    .limit(limit)
    .offset(offset)
    .execute();
}

type PassesBuilder = ExpressionBuilder<Schema, 'passes'>;

function matching({ userId, classroomId, alias, tokenHash }: PassFilter) {
  return (eb: PassesBuilder) => {
    const wanted = Object.entries({ userId, classroomId, alias, tokenHash }).filter(([, value]) => value !== undefined);
    return eb.and(Object.fromEntries(wanted) as Partial<PassRow>);
  };
}

/** Nothing sorts below everything; the engines disagree about null. */
function sortValue(eb: PassesBuilder, sort: PassSort) {
  if (sort === 'alias') return eb.fn.coalesce('alias', eb.val(''));
  if (sort === 'budgetNanos') return eb.fn.coalesce('budgetNanos', eb.val(-1));
  if (sort !== 'spend') return eb.ref(sort);
  const latest = eb
    .selectFrom('accounts')
    .select('settledNanos')
    .where('partyKind', '=', 'pass')
    .whereRef('partyId', '=', 'passes.id')
    .orderBy('periodStart', 'desc')
    .limit(1);
  return eb.fn.coalesce(latest, eb.val(0));
}

export type OwnerTable = 'seats' | 'classrooms' | 'users' | 'plans';

async function findByIds<T extends OwnerTable>(
  db: Db,
  table: T,
  ids: readonly (string | null)[],
): Promise<Map<string, Selectable<Schema[T]>>> {
  const wanted = [...new Set(ids.filter((id) => id !== null))];
  if (wanted.length === 0) return new Map();
  const rows = await db
    .selectFrom(table as 'users')
    .selectAll()
    .where('id', 'in', wanted)
    .execute();
  return new Map(rows.map((row) => [row.id, row as unknown as Selectable<Schema[T]>]));
}
