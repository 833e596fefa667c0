// Who teaches which class, in the database.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

export interface Teacher {
  id: string;
  /** E-mail, user name or the name they are shown by. */
  name: string;
}

/** The teachers of each class, by when they were named; the owner is one of them. */
export async function listTeachers(db: Db, classroomIds: readonly string[]): Promise<Map<string, Teacher[]>> {
  if (classroomIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('classroomTeachers')
    .innerJoin('users', 'users.id', 'classroomTeachers.userId')
    .select((eb) => [
      'classroomTeachers.classroomId',
      'users.id',
      eb.fn.coalesce('users.displayName', 'users.username', 'users.email', 'users.id').as('name'),
    ])
    .where('classroomTeachers.classroomId', 'in', classroomIds)
    .orderBy('classroomTeachers.createdAt')
    .orderBy('users.id')
    .execute();
  const grouped = Map.groupBy(rows, ({ classroomId }) => classroomId);
  return new Map([...grouped].map(([classroomId, some]) => [classroomId, some.map(({ id, name }) => ({ id, name }))]));
}

/** Which of these are teachers who may sign in. */
export async function findTeachers(db: Db, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('users')
    .select('id')
    .where('id', 'in', ids)
    .where('role', '=', 'teacher')
    .where('status', '=', 'active')
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** The whole list; who was there before and is not in it is off the class. */
export async function replaceTeachers(db: Db, classroomId: string, ids: readonly string[], now: number): Promise<void> {
  const before = await db
    .selectFrom('classroomTeachers')
    .select('userId')
    .where('classroomId', '=', classroomId)
    .execute();
  const known = new Set(before.map(({ userId }) => userId));
  const wanted = new Set(ids);
  const gone = [...known].filter((id) => !wanted.has(id));
  if (gone.length > 0)
    await db
      .deleteFrom('classroomTeachers')
      .where('classroomId', '=', classroomId)
      .where('userId', 'in', gone)
      .execute();
  const added = [...wanted].filter((id) => !known.has(id));
  if (added.length > 0)
    await db
      .insertInto('classroomTeachers')
      .values(added.map((userId, index) => ({ classroomId, userId, createdAt: now + index })))
      .execute();
}
