// Classes in the database.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { ClassroomsTable } from '../db/tables/people.ts';
import { isOpenTo } from './scope.ts';

type Db = Kysely<Schema>;
export type ClassroomRow = Selectable<ClassroomsTable>;

/** undefined = no such class. */
export function findClassroom(db: Db, id: string): Promise<ClassroomRow | undefined> {
  return db.selectFrom('classrooms').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function countClassrooms(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('classrooms')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** By name: all, this one, or those that are open to a person. */
export function listClassrooms(db: Db, { id, openTo }: { id?: string; openTo?: string } = {}): Promise<ClassroomRow[]> {
  let query = db.selectFrom('classrooms').selectAll('classrooms');
  if (id !== undefined) query = query.where('classrooms.id', '=', id);
  if (openTo !== undefined) query = query.where(isOpenTo(openTo));
  return query.orderBy('classrooms.name').orderBy('classrooms.id').execute();
}

export async function countClassroomsOf(db: Db, ownerUserId: string): Promise<number> {
  const { count } = await db
    .selectFrom('classrooms')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('ownerUserId', '=', ownerUserId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** How many passes each class has. */
export async function countPassesByClassroom(db: Db): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('passes')
    .select(({ fn }) => ['classroomId', fn.countAll<number | string>().as('count')])
    .where('classroomId', 'is not', null)
    .groupBy('classroomId')
    .execute();
  return new Map(rows.map(({ classroomId, count }) => [classroomId!, Number(count)]));
}

export async function insertClassroom(db: Db, row: ClassroomRow): Promise<void> {
  await db.insertInto('classrooms').values(row).execute();
}

export async function updateClassroom(db: Db, id: string, columns: Partial<ClassroomRow>): Promise<void> {
  await db.updateTable('classrooms').set(columns).where('id', '=', id).execute();
}

/** Its passes and codes go with it. */
export async function deleteClassroom(db: Db, id: string): Promise<void> {
  await db.deleteFrom('classrooms').where('id', '=', id).execute();
}
