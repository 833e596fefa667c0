// Which classes a person may work in. It is read from the database at every request, inside the transaction of what is
// done, so that whoever was taken off a class a moment ago is refused whatever a cache still says of them.
import type { ExpressionBuilder, Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import { AppError } from '../lib/app-error.ts';
import type { BlockedBy } from '../passes/pass-settings.ts';
import type { LoginUser } from '../users/logins.ts';
import type { ClassroomRow } from './store.ts';

type Db = Kysely<Schema>;
/** Whoever is signed in; the role that counts is the one in the database. */
export type Somebody = Pick<LoginUser, 'id'>;

/** Administrators work in every class; a teacher in those they own or are named for. */
export function isOpenTo(userId: string) {
  return (eb: ExpressionBuilder<Schema, 'classrooms'>) =>
    eb.exists(
      eb
        .selectFrom('users')
        .select('users.id')
        .where('users.id', '=', userId)
        .where('users.status', '=', 'active')
        .where((user) =>
          user.or([
            user('users.role', '=', 'admin'),
            user.and([
              user('users.role', '=', 'teacher'),
              user.or([
                user('classrooms.ownerUserId', '=', userId),
                user.exists(
                  user
                    .selectFrom('classroomTeachers')
                    .select('classroomTeachers.userId')
                    .where('classroomTeachers.userId', '=', userId)
                    .whereRef('classroomTeachers.classroomId', '=', 'classrooms.id'),
                ),
              ]),
            ]),
          ]),
        ),
    );
}

/** On whose behalf somebody acts in a class. Read in the transaction of what they do, like the class. */
export async function actsFor(db: Db, { id }: Somebody): Promise<BlockedBy> {
  const user = await db.selectFrom('users').select('role').where('id', '=', id).executeTakeFirst();
  return user?.role === 'admin' ? 'administration' : 'teacher';
}

/** To look at. @throws AppError not_found: the same for a class that is another's and for one that is not there. */
export async function findOwnClassroom(db: Db, { id: userId }: Somebody, id: string): Promise<ClassroomRow> {
  const found = await db
    .selectFrom('classrooms')
    .selectAll('classrooms')
    .where('classrooms.id', '=', id)
    .where(isOpenTo(userId))
    .executeTakeFirst();
  if (!found) throw new AppError('not_found');
  return found;
}

/** To change something in it: in the transaction that does. @throws AppError not_found, classroom_closed. */
export async function openOwnClassroom(db: Db, somebody: Somebody, id: string): Promise<ClassroomRow> {
  const found = await findOwnClassroom(db, somebody, id);
  if (found.status !== 'active') throw new AppError('classroom_closed');
  return found;
}
