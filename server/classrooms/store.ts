// Classes in the database.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { ClassroomsTable } from '../db/tables/people.ts';

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

/** By name. */
export function listClassrooms(db: Db): Promise<ClassroomRow[]> {
  return db.selectFrom('classrooms').selectAll().orderBy('name').orderBy('id').execute();
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
