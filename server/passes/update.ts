// Changes a pass. The next call sees it.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { conflictOf } from './conflict.ts';
import { type ChangedBy, columnsOf, type PassOwners, type PassSettings } from './pass-settings.ts';
import { findPass, moveSeat, type PassRow, updatePassRow } from './store.ts';

/** What changes; absent = stays. */
export type PassChanges = Partial<PassSettings> & Partial<PassOwners>;

/**
 * @param changesOf works out the changes from the row as it is now, inside the transaction.
 * @throws AppError not_found, pass_name_taken.
 */
export async function updatePass(
  ctx: AppContext,
  tokenHash: string,
  changesOf: (pass: PassRow) => PassChanges,
  by: ChangedBy,
): Promise<PassRow> {
  let wanted: PassChanges = {};
  const pass = await ctx.db
    .transaction()
    .execute(async (db) => {
      // First, for it locks the version row: of two updates the second reads what the first has written.
      await ctx.bumpChanges(db);
      const before = await findPass(db, tokenHash);
      if (!before) throw new AppError('not_found', { param: 'key' });
      wanted = changesOf(before);
      return updatePassIn(ctx, db, before, wanted, by);
    })
    .catch((error: unknown) => {
      throw conflictOf(error, { alias: wanted.alias ?? null });
    });
  ctx.events.emit({ type: 'pass.changed', passId: pass.id });
  return pass;
}

/** The step inside a transaction, which has bumped the changes. Whoever calls it tells of `pass.changed` afterwards. */
export async function updatePassIn(
  ctx: AppContext,
  db: AppContext['db'],
  before: PassRow,
  wanted: PassChanges,
  by: ChangedBy,
): Promise<PassRow> {
  const columns = {
    ...columnsOf(wanted),
    ...ownersOf(wanted),
    ...(await seatFor(db, before, wanted.classroomId)),
    updatedAt: ctx.clock.now(),
  };
  await updatePassRow(db, before.id, columns);
  const target = { kind: 'pass', id: before.id };
  // Of a block also which way: whoever asks later who let somebody in again finds it here.
  const detail = { fields: Object.keys(wanted), ...(wanted.status === undefined ? {} : { status: wanted.status }) };
  await recordAudit(ctx, { ...by, action: 'pass.update', target, detail }, db);
  return { ...before, ...columns };
}

/** A seat is in one class: it goes with a pass that is moved to another, and stays behind where the pass leaves all. */
async function seatFor(
  db: AppContext['db'],
  { seatId, classroomId: before }: PassRow,
  classroomId: string | null | undefined,
): Promise<Pick<PassRow, 'seatId'> | undefined> {
  if (seatId === null || classroomId === undefined || classroomId === before) return undefined;
  if (classroomId === null) return { seatId: null };
  await moveSeat(db, seatId, classroomId);
  return undefined;
}

function ownersOf({ planId, userId, seatId, classroomId }: PassChanges): Partial<PassOwners> {
  const owners = { planId, userId, seatId, classroomId };
  return Object.fromEntries(Object.entries(owners).filter(([, id]) => id !== undefined));
}
