// Makes a pass and its key. The key is returned once and kept nowhere.
import type { AppContext } from '../context.ts';
import { conflictOf } from './conflict.ts';
import { hashKey, maskKey, newKey, newPublicId } from './keys.ts';
import { columnsOf, type PassSettings, UNSET } from './pass-settings.ts';
import { insertPass, type PassRow } from './store.ts';

export interface IssueInput extends Partial<PassSettings> {
  /** The caller's own key value; made here where absent. */
  key?: string | undefined;
  planId?: string | null;
  userId?: string | null;
  seatId?: string | null;
  classroomId?: string | null;
  createdBy?: string | null;
}

export interface IssuedPass {
  key: string;
  pass: PassRow;
}

/** @throws AppError already_exists when the key or the alias is taken, not_found for a plan, user … that is not there. */
export async function issuePass(ctx: AppContext, input: IssueInput): Promise<IssuedPass> {
  const { key, pass } = draft(ctx, input);
  try {
    await ctx.db.transaction().execute(async (db) => {
      await insertPass(db, pass);
      await ctx.bumpChanges(db);
    });
  } catch (error) {
    throw conflictOf(error, pass);
  }
  ctx.events.emit({ type: 'pass.changed', passId: pass.id });
  return { key, pass };
}

/** The row of a new pass. */
function draft(ctx: AppContext, input: IssueInput): IssuedPass {
  const made = input.key === undefined ? newKey(ctx.ids) : { key: input.key, publicId: newPublicId(ctx.ids) };
  const now = ctx.clock.now();
  const pass: PassRow = {
    id: ctx.ids.next('pass'),
    publicId: made.publicId,
    tokenHash: hashKey(made.key),
    keyName: maskKey(made.key, made.publicId),
    planId: input.planId ?? null,
    userId: input.userId ?? null,
    seatId: input.seatId ?? null,
    classroomId: input.classroomId ?? null,
    createdBy: input.createdBy ?? null,
    lastUsedAt: null,
    createdAt: now,
    updatedAt: now,
    ...columnsOf({ ...UNSET, ...input }),
  };
  return { key: made.key, pass };
}
