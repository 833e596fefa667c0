// Makes, changes, pauses and deletes classes. A change is in force for the next call of every pass in the class.
import type { ClassroomInput, ClassroomUpdate, ClassroomView } from '@hallpass/shared/classrooms.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import { recordAudit } from '../audit/audit.ts';
import { accountsOf } from '../budgets/accounts.ts';
import { findBalances } from '../budgets/store.ts';
import type { AppContext } from '../context.ts';
import { DatabaseError } from '../db/database-error.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { named, permissionColumns, permissionViewOf, wrongParam } from '../plans/permission-columns.ts';
import { levelOf } from '../plans/rows.ts';
import { listPlans } from '../plans/store.ts';
import { countOpenCodes } from './codes-store.ts';
import * as store from './store.ts';
import type { ClassroomRow } from './store.ts';
import { findTeachers, listTeachers, replaceTeachers } from './teachers-store.ts';

/** A city's schools together have fewer; more are a loop. */
export const CLASSROOMS_MAX = 2_000;

/** @param which all, where it names nothing. */
export async function allClassrooms(
  ctx: AppContext,
  which: { id?: string; openTo?: string } = {},
): Promise<ClassroomView[]> {
  const now = ctx.clock.now();
  const classrooms = await store.listClassrooms(ctx.db, which);
  const teachers = await listTeachers(
    ctx.db,
    classrooms.map(({ id }) => id),
  );
  const [passes, codes] = [await store.countPassesByClassroom(ctx.db), await countOpenCodes(ctx.db, now)];
  const plans = new Map((await listPlans(ctx.db)).map(({ id, name }) => [id, name]));
  const spentOf = await spend(ctx, classrooms, now);
  return classrooms.map((row) => ({
    id: row.id,
    name: row.name,
    plan_id: row.planId,
    plan_name: plans.get(row.planId ?? '') ?? null,
    locale: row.locale as ClassroomView['locale'],
    ...permissionViewOf(row),
    paused: row.pausedAt !== null,
    closed: row.status !== 'active',
    teachers: (teachers.get(row.id) ?? [])
      .map((teacher) => ({ ...teacher, owner: teacher.id === row.ownerUserId }))
      .toSorted((a, b) => Number(b.owner) - Number(a.owner)),
    passes: passes.get(row.id) ?? 0,
    open_codes: codes.get(row.id) ?? 0,
    ...spentOf(row),
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  }));
}

/**
 * @param maker a teacher who makes it, owns it and teaches it; absent where an administrator says who does.
 * @param check what is looked at in the transaction before anything is written.
 * @throws AppError too_many, invalid_parameter, and what `check` throws.
 */
export async function createClassroom(
  ctx: AppContext,
  body: ClassroomInput,
  by: ChangedBy,
  { maker, check }: { maker?: string; check?: (db: AppContext['db']) => Promise<void> } = {},
): Promise<ClassroomView> {
  const now = ctx.clock.now();
  const row: ClassroomRow = {
    ...NO_PERMISSIONS,
    id: ctx.ids.next('class'),
    name: body.name,
    ownerUserId: null,
    planId: null,
    locale: null,
    timeZone: null,
    joinCodeHash: null,
    systemPrompt: null,
    pausedAt: null,
    status: 'active',
    metadata: '{}',
    createdAt: now,
    updatedAt: now,
    ...columnsOf(body, now),
  };
  await write(ctx, async (db) => {
    await check?.(db);
    if ((await store.countClassrooms(db)) >= CLASSROOMS_MAX)
      throw new AppError('too_many', { params: { limit: CLASSROOMS_MAX } });
    await store.insertClassroom(db, row);
    if (maker !== undefined) await nameTeachers(ctx, db, row, [maker]);
    else if (body.teacher_ids) await saveTeachers(ctx, db, row, body.teacher_ids);
    const target = { kind: 'classroom', id: row.id };
    await recordAudit(ctx, { ...by, action: 'classroom.create', target, detail: body }, db);
  });
  return viewOf(ctx, row.id);
}

/**
 * @param find the class, in the transaction that changes it.
 * @throws AppError not_found, invalid_parameter, and what `find` throws.
 */
export async function changeClassroom(
  ctx: AppContext,
  id: string,
  body: ClassroomUpdate,
  by: ChangedBy,
  find: (db: AppContext['db']) => Promise<ClassroomRow | undefined> = (db) => store.findClassroom(db, id),
): Promise<ClassroomView> {
  await write(ctx, async (db) => {
    const before = await find(db);
    if (!before) throw new AppError('not_found');
    const now = ctx.clock.now();
    await store.updateClassroom(db, id, { ...columnsOf(body, now), updatedAt: now });
    if (body.teacher_ids) await saveTeachers(ctx, db, before, body.teacher_ids);
    await recordAudit(ctx, { ...by, action: 'classroom.update', target: { kind: 'classroom', id }, detail: body }, db);
  });
  if (body.paused || body.closed) ctx.events.emit({ type: 'classroom.paused', classroomId: id });
  return viewOf(ctx, id);
}

/** Whoever is named anew has to be a teacher who may sign in. @throws AppError invalid_parameter. */
async function saveTeachers(
  ctx: AppContext,
  db: AppContext['db'],
  row: ClassroomRow,
  ids: readonly string[],
): Promise<void> {
  const before = (await listTeachers(db, [row.id])).get(row.id) ?? [];
  const known = new Set(before.map(({ id }) => id));
  const added = ids.filter((id) => !known.has(id));
  const teachers = await findTeachers(db, added);
  const wrong = added.find((id) => !teachers.has(id));
  if (wrong !== undefined) throw wrongParam('teacher_ids', `${wrong} is no teacher who may sign in`);
  await nameTeachers(ctx, db, row, ids);
}

/** A class with teachers has its owner among them; without any it is the administrators'. */
async function nameTeachers(
  ctx: AppContext,
  db: AppContext['db'],
  { id, ownerUserId }: ClassroomRow,
  ids: readonly string[],
): Promise<void> {
  await replaceTeachers(db, id, ids, ctx.clock.now());
  const owner = ids.find((one) => one === ownerUserId) ?? ids[0] ?? null;
  if (owner !== ownerUserId) await store.updateClassroom(db, id, { ownerUserId: owner });
}

/** Its passes and codes go with it; what they were used for stays in the ledger. @throws AppError not_found. */
export async function removeClassroom(ctx: AppContext, id: string, by: ChangedBy): Promise<void> {
  await write(ctx, async (db) => {
    const classroom = await store.findClassroom(db, id);
    if (!classroom) throw new AppError('not_found');
    const passes = (await store.countPassesByClassroom(db)).get(id) ?? 0;
    await store.deleteClassroom(db, id);
    const detail = { name: classroom.name, passes };
    await recordAudit(ctx, { ...by, action: 'classroom.delete', target: { kind: 'classroom', id }, detail }, db);
  });
}

function columnsOf(body: ClassroomUpdate, now: number): Partial<ClassroomRow> {
  return named({
    name: body.name,
    planId: body.plan_id,
    locale: body.locale,
    ...permissionColumns(body),
    pausedAt: body.paused === undefined ? undefined : body.paused ? now : null,
    status: body.closed === undefined ? undefined : body.closed ? 'archived' : 'active',
  });
}

async function viewOf(ctx: AppContext, id: string): Promise<ClassroomView> {
  const [found] = await allClassrooms(ctx, { id });
  // Deleted by somebody else in between.
  if (!found) throw new AppError('not_found');
  return found;
}

async function write(ctx: AppContext, work: (db: AppContext['db']) => Promise<void>): Promise<void> {
  try {
    await ctx.db.transaction().execute(async (db) => {
      await ctx.bumpChanges(db);
      await work(db);
    });
  } catch (error) {
    if (error instanceof DatabaseError && error.problem === 'foreign_key')
      throw wrongParam('plan_id', 'there is no such plan');
    throw error;
  }
  ctx.events.emit({ type: 'classroom.changed' });
}

/** What each class has spent in the period that runs now. */
async function spend(ctx: AppContext, classrooms: readonly ClassroomRow[], now: number) {
  const accounts = new Map(
    classrooms.map((row) => {
      const levels = [levelOf({ ...row, kind: 'classroom' }, row)];
      return [row.id, accountsOf({ levels, timeZone: row.timeZone ?? ctx.config.TIME_ZONE }, now)[0]!];
    }),
  );
  const balanceOf = await findBalances(ctx.db, [...accounts.values()]);
  return ({ id }: ClassroomRow) => {
    const account = accounts.get(id)!;
    const endsAt = account.periodEnd;
    return {
      spent: nanosToDollars(balanceOf(account).spentNanos),
      spent_resets_at: endsAt === null ? null : new Date(endsAt).toISOString(),
    };
  };
}
