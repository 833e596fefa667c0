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

/** A city's schools together have fewer; more are a loop. */
export const CLASSROOMS_MAX = 2_000;

export async function allClassrooms(ctx: AppContext): Promise<ClassroomView[]> {
  const now = ctx.clock.now();
  const classrooms = await store.listClassrooms(ctx.db);
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
    passes: passes.get(row.id) ?? 0,
    open_codes: codes.get(row.id) ?? 0,
    ...spentOf(row),
    created_at: new Date(row.createdAt).toISOString(),
    updated_at: new Date(row.updatedAt).toISOString(),
  }));
}

/** @throws AppError too_many, invalid_parameter. */
export async function createClassroom(ctx: AppContext, body: ClassroomInput, by: ChangedBy): Promise<ClassroomView> {
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
    if ((await store.countClassrooms(db)) >= CLASSROOMS_MAX)
      throw new AppError('too_many', { params: { limit: CLASSROOMS_MAX } });
    await store.insertClassroom(db, row);
    await recordAudit(
      ctx,
      { ...by, action: 'classroom.create', target: { kind: 'classroom', id: row.id }, detail: body },
      db,
    );
  });
  return viewOf(ctx, row.id);
}

/** @throws AppError not_found, invalid_parameter. */
export async function changeClassroom(
  ctx: AppContext,
  id: string,
  body: ClassroomUpdate,
  by: ChangedBy,
): Promise<ClassroomView> {
  await write(ctx, async (db) => {
    if (!(await store.findClassroom(db, id))) throw new AppError('not_found');
    const now = ctx.clock.now();
    await store.updateClassroom(db, id, { ...columnsOf(body, now), updatedAt: now });
    await recordAudit(ctx, { ...by, action: 'classroom.update', target: { kind: 'classroom', id }, detail: body }, db);
  });
  if (body.paused) ctx.events.emit({ type: 'classroom.paused', classroomId: id });
  return viewOf(ctx, id);
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
  });
}

async function viewOf(ctx: AppContext, id: string): Promise<ClassroomView> {
  const found = (await allClassrooms(ctx)).find((classroom) => classroom.id === id);
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
