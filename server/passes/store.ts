// Passes in the database, and what their principal is built from.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { ClassroomsTable, PassesTable, PlansTable, SeatsTable, UsersTable } from '../db/tables/people.ts';

export type PassRow = Selectable<PassesTable>;
export type UserRow = Selectable<UsersTable>;

/** A pass with everything it belongs to, as rows. */
export interface PassParts {
  pass: PassRow;
  seat: Selectable<SeatsTable> | undefined;
  classroom: Selectable<ClassroomsTable> | undefined;
  user: UserRow | undefined;
  plan: Selectable<PlansTable> | undefined;
}

/** undefined = no key has this hash. */
export async function findPassParts(db: Kysely<Schema>, tokenHash: string): Promise<PassParts | undefined> {
  const pass = await db.selectFrom('passes').selectAll().where('tokenHash', '=', tokenHash).executeTakeFirst();
  if (!pass) return undefined;
  const seat = await findById(db, 'seats', pass.seatId);
  const classroom = await findById(db, 'classrooms', pass.classroomId ?? seat?.classroomId ?? null);
  const user = await findById(db, 'users', pass.userId ?? seat?.userId ?? null);
  const plan = await findById(db, 'plans', pass.planId ?? classroom?.planId ?? null);
  return { pass, seat, classroom, user, plan };
}

export async function insertPass(db: Kysely<Schema>, pass: PassRow): Promise<void> {
  await db.insertInto('passes').values(pass).execute();
}

/** undefined = no such user. */
export function findUser(db: Kysely<Schema>, id: string): Promise<UserRow | undefined> {
  return findById(db, 'users', id);
}

async function findById<T extends 'seats' | 'classrooms' | 'users' | 'plans'>(
  db: Kysely<Schema>,
  table: T,
  id: string | null,
): Promise<Selectable<Schema[T]> | undefined> {
  if (id === null) return undefined;
  const { ref } = db.dynamic;
  const row = await db.selectFrom(table as 'users').selectAll().where(ref('id'), '=', id).executeTakeFirst();
  return row as Selectable<Schema[T]> | undefined;
}
