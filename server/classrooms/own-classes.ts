// A teacher's own classes: listed, made on one of the plans, renamed, paused, closed; and their activation codes.
import type { ClassroomView, CodesPage, CodesQuery, NewCode } from '@hallpass/shared/classrooms.ts';
import {
  type OfferedPlan,
  type OwnClassroomInput,
  type OwnClassroomUpdate,
  TAUGHT_MAX,
} from '@hallpass/shared/teaching.ts';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { planViewOf } from '../plans/plan-columns.ts';
import { wrongParam } from '../plans/permission-columns.ts';
import { findPlan, listPlans } from '../plans/store.ts';
import type { LoginUser } from '../users/logins.ts';
import { codesOf, makeCodes, revokeCode } from './codes.ts';
import { allClassrooms, changeClassroom, createClassroom } from './manage.ts';
import { type Asked, checkSize } from './roster.ts';
import { actsFor, findOwnClassroom, openOwnClassroom, type Somebody } from './scope.ts';
import { countClassroomsOf } from './store.ts';
import { findTeachers } from './teachers-store.ts';

type Db = AppContext['db'];

export function ownClassrooms(ctx: AppContext, { id }: Somebody): Promise<ClassroomView[]> {
  return allClassrooms(ctx, { openTo: id });
}

/** What a class can be put on: the built-in plans are for people without a pass. */
export async function offeredPlans(ctx: AppContext): Promise<OfferedPlan[]> {
  const plans = (await listPlans(ctx.db)).filter(({ builtIn }) => builtIn !== 1);
  return plans.map((row) => planViewOf(row, 0, ctx.settings.current()));
}

/** A teacher's is theirs; one that an administrator makes here has nobody yet. @throws AppError too_many, invalid_parameter, role_required. */
export function makeOwnClassroom(
  ctx: AppContext,
  body: OwnClassroomInput,
  { user, by }: { user: LoginUser; by: ChangedBy },
): Promise<ClassroomView> {
  const check = (db: Db) => checkPlan(db, body.plan_id);
  if (user.role === 'admin') return createClassroom(ctx, body, by, { check });
  return createClassroom(ctx, body, by, {
    maker: user.id,
    async check(db) {
      if (!(await findTeachers(db, [user.id])).has(user.id)) throw new AppError('role_required');
      if ((await countClassroomsOf(db, user.id)) >= TAUGHT_MAX)
        throw new AppError('too_many', { params: { limit: TAUGHT_MAX } });
      await check(db);
    },
  });
}

/** @throws AppError not_found, classroom_closed, invalid_parameter. */
export function changeOwnClassroom(
  ctx: AppContext,
  { classroomId, somebody, by }: Asked,
  body: OwnClassroomUpdate,
): Promise<ClassroomView> {
  return changeClassroom(ctx, classroomId, body, by, async (db) => {
    const classroom = await openOwnClassroom(db, somebody, classroomId);
    if (body.plan_id !== undefined) await checkPlan(db, body.plan_id);
    return classroom;
  });
}

/** @throws AppError not_found. */
export async function ownCodes(
  ctx: AppContext,
  { classroomId, somebody }: Omit<Asked, 'by'>,
  query: Omit<CodesQuery, 'classroom'>,
): Promise<CodesPage> {
  await findOwnClassroom(ctx.db, somebody, classroomId);
  return codesOf(ctx, { ...query, classroom: classroomId });
}

/** On the class's plan. @throws AppError not_found, classroom_closed, class_full, too_many. */
export function makeOwnCodes(
  ctx: AppContext,
  { classroomId, somebody, by }: Asked,
  { count, days }: { count: number; days: number | null },
): Promise<NewCode[]> {
  return makeCodes(ctx, { count, days, classroom_id: classroomId, plan_id: null }, by, async (db) => {
    // Locks the version row, so that of two batches at once the second counts the first.
    await ctx.bumpChanges(db);
    await openOwnClassroom(db, somebody, classroomId);
    await checkSize(ctx, db, classroomId, count);
  });
}

/** @throws AppError not_found for a class or a code that is not theirs, classroom_closed. */
export function revokeOwnCode(ctx: AppContext, { classroomId, somebody, by }: Asked, id: string): Promise<void> {
  const check = (db: Db) => openOwnClassroom(db, somebody, classroomId);
  return revokeCode(ctx, { id, classroomId, check, who: (db) => actsFor(db, somebody) }, by);
}

async function checkPlan(db: Db, id: string): Promise<void> {
  const plan = await findPlan(db, id);
  if (!plan || plan.builtIn === 1) throw wrongParam('plan_id', 'there is no such plan');
}
