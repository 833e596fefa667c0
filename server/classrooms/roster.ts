// The passes of a class as its teacher hands them out: made for names, switched off and on, given a new key, extended.
// Each is one transaction that looks first whether the class and every pass in it are the teacher's: all or nothing.
import { nanosToDollars } from '@hallpass/shared/money.ts';
import {
  type ClassPass,
  type ClassPassesPage,
  type ClassPassesQuery,
  type NamesInput,
  type NewPass,
} from '@hallpass/shared/teaching.ts';

import type { AppContext } from '../context.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import { AppError } from '../lib/app-error.ts';
import { blockedBy, unblockedBy } from '../passes/blocks.ts';
import { type IssuedPass, issuePassIn } from '../passes/issue.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { rotatePassIn } from '../passes/rotate.ts';
import { spendOf } from '../passes/spend.ts';
import { type PassRow, seatNamesOf } from '../passes/store.ts';
import { updatePassIn } from '../passes/update.ts';
import { wrongParam } from '../plans/permission-columns.ts';
import { findPlan } from '../plans/store.ts';
import { countPlaces, findClassPasses, insertSeat, listClassPasses, listNames } from './roster-store.ts';
import { actsFor, findOwnClassroom, openOwnClassroom, type Somebody } from './scope.ts';
import type { ClassroomRow } from './store.ts';

type Db = AppContext['db'];
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** Where a request works, and who asks. */
export interface Asked {
  classroomId: string;
  somebody: Somebody;
  by: ChangedBy;
}

/** @throws AppError not_found. */
export async function passesOf(
  ctx: AppContext,
  { classroomId, somebody }: Omit<Asked, 'by'>,
  { cursor, limit }: ClassPassesQuery,
): Promise<ClassPassesPage> {
  await findOwnClassroom(ctx.db, somebody, classroomId);
  const rows = await listClassPasses(ctx.db, classroomId, { before: cursor, limit: limit + 1 });
  const data = await viewsOf(ctx, rows.slice(0, limit));
  return { data, next_cursor: rows.length > limit ? data.at(-1)!.id : null };
}

/** One seat and one pass for each name. @throws AppError not_found, classroom_closed, class_full, class_name_taken, invalid_parameter. */
export async function makePasses(ctx: AppContext, asked: Asked, { names, days }: NamesInput): Promise<NewPass[]> {
  const issued = await within(ctx, asked, async (db, classroom) => {
    await checkSize(ctx, db, classroom.id, names.length);
    const known = await listNames(db, classroom.id);
    const taken = names.find((name) => known.has(name));
    if (taken !== undefined) throw new AppError('class_name_taken', { param: 'names', params: { name: taken } });
    const end = days === undefined ? {} : { expiresAt: await endOf(ctx, db, { planId: classroom.planId, days }) };
    const made: IssuedPass[] = [];
    for (const name of names) {
      const seatId = await addSeat(ctx, db, { classroomId: classroom.id, name });
      made.push(await issuePassIn(ctx, db, { input: { classroomId: classroom.id, seatId, ...end }, by: asked.by }));
    }
    return made;
  });
  return withKeys(ctx, issued);
}

/**
 * A teacher lets in again what a teacher blocked.
 * @throws AppError not_found for a class or any pass that is not theirs, classroom_closed, pass_blocked_by_administration.
 */
export async function setBlocked(
  ctx: AppContext,
  asked: Asked,
  { passes, blocked }: { passes: readonly string[]; blocked: boolean },
): Promise<ClassPass[]> {
  const changed = await eachOf(ctx, asked, passes, async (db, pass) => {
    const who = await actsFor(db, asked.somebody);
    const wanted = blocked ? blockedBy(who, pass) : unblockedBy(who, { ...pass, name: await nameOf(db, pass) });
    return updatePassIn(ctx, db, pass, wanted, asked.by);
  });
  return viewsOf(ctx, changed);
}

/** Valid for so many days from now. @throws as `setBlocked`, and invalid_parameter for more days than the plan gives. */
export async function extendPasses(
  ctx: AppContext,
  asked: Asked,
  { passes, days }: { passes: readonly string[]; days: number },
): Promise<ClassPass[]> {
  const extended = await eachOf(ctx, asked, passes, async (db, pass, classroom) => {
    const expiresAt = await endOf(ctx, db, { planId: pass.planId ?? classroom.planId, days });
    return updatePassIn(ctx, db, pass, { expiresAt }, asked.by);
  });
  return viewsOf(ctx, extended);
}

/** Prints anew: what is on paper ends, at once or after some hours. @throws as `setBlocked`. */
export async function rotatePasses(
  ctx: AppContext,
  asked: Asked,
  { passes, graceHours }: { passes: readonly string[]; graceHours: number },
): Promise<NewPass[]> {
  const graceMs = graceHours * HOUR_MS;
  return withKeys(
    ctx,
    await eachOf(ctx, asked, passes, async (db, pass) => rotatePassIn(ctx, db, pass, { graceMs }, asked.by)),
  );
}

/** A class with more passes and open codes than the school says is a loop; S23. @throws AppError class_full. */
export async function checkSize(ctx: AppContext, db: Db, classroomId: string, added: number): Promise<void> {
  const limit = ctx.settings.current().classSize;
  if ((await countPlaces(db, classroomId, ctx.clock.now())) + added > limit)
    throw new AppError('class_full', { params: { limit } });
}

async function within<T extends PassRow | IssuedPass>(
  ctx: AppContext,
  { classroomId, somebody }: Asked,
  work: (db: Db, classroom: ClassroomRow) => Promise<T[]>,
): Promise<T[]> {
  const done = await ctx.db.transaction().execute(async (db) => {
    // First, for it locks the version row: whoever takes a teacher off the class at the same time comes before or after.
    await ctx.bumpChanges(db);
    return work(db, await openOwnClassroom(db, somebody, classroomId));
  });
  for (const one of done) ctx.events.emit({ type: 'pass.changed', passId: 'pass' in one ? one.pass.id : one.id });
  return done;
}

/** In the order they were named; one named twice is one. */
function eachOf<T extends PassRow | IssuedPass>(
  ctx: AppContext,
  asked: Asked,
  ids: readonly string[],
  work: (db: Db, pass: PassRow, classroom: ClassroomRow) => Promise<T>,
): Promise<T[]> {
  return within(ctx, asked, async (db, classroom) => {
    const wanted = [...new Set(ids)];
    const found = new Map((await findClassPasses(db, classroom.id, wanted)).map((pass) => [pass.id, pass]));
    if (found.size !== wanted.length) throw new AppError('not_found');
    const done: T[] = [];
    for (const id of wanted) done.push(await work(db, found.get(id)!, classroom));
    return done;
  });
}

/** @throws AppError invalid_parameter when the plan gives less. */
async function endOf(ctx: AppContext, db: Db, { planId, days }: { planId: string | null; days: number }) {
  const given = planId === null ? null : ((await findPlan(db, planId))?.durationMs ?? null);
  if (given !== null && days * DAY_MS > given)
    throw wrongParam('days', `the plan gives at most ${Math.floor(given / DAY_MS)}`);
  return ctx.clock.now() + days * DAY_MS;
}

async function addSeat(ctx: AppContext, db: Db, { classroomId, name }: { classroomId: string; name: string }) {
  const [id, now] = [ctx.ids.next('seat'), ctx.clock.now()];
  await insertSeat(db, {
    ...NO_PERMISSIONS,
    id,
    classroomId,
    displayName: name,
    userId: null,
    deviceSecretHash: null,
    rejoinCodeHash: null,
    status: 'active',
    createdAt: now,
    updatedAt: now,
  });
  return id;
}

async function withKeys(ctx: AppContext, issued: readonly IssuedPass[]): Promise<NewPass[]> {
  const views = await viewsOf(
    ctx,
    issued.map(({ pass }) => pass),
  );
  return views.map((view, index) => ({ ...view, key: issued[index]!.key }));
}

async function nameOf(db: Db, pass: PassRow): Promise<string> {
  return pass.alias ?? (await seatNamesOf(db, [pass])).get(pass.seatId ?? '') ?? pass.keyName;
}

async function viewsOf(ctx: AppContext, passes: readonly PassRow[]): Promise<ClassPass[]> {
  const [seats, spend] = [await seatNamesOf(ctx.db, passes), await spendOf(ctx, passes)];
  return passes.map((pass) => {
    const { spentNanos, capNanos } = spend(pass);
    return {
      id: pass.id,
      name: pass.alias ?? seats.get(pass.seatId ?? '') ?? null,
      key_name: pass.keyName,
      spent: nanosToDollars(spentNanos),
      budget: capNanos === null ? null : nanosToDollars(capNanos),
      blocked: pass.status !== 'active',
      blocked_by: pass.status === 'active' ? null : pass.blockedBy === 'teacher' ? 'teacher' : 'administration',
      expires_at: pass.expiresAt === null ? null : new Date(pass.expiresAt).toISOString(),
      created_at: new Date(pass.createdAt).toISOString(),
    };
  });
}
