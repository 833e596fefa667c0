// Makes a pass and its key. The key is returned once and kept nowhere.
import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { findPlan } from '../plans/store.ts';
import { conflictOf } from './conflict.ts';
import { hashKey, maskKey, newKey, newPublicId } from './keys.ts';
import { type ChangedBy, columnsOf, type PassOwners, type PassSettings, UNSET } from './pass-settings.ts';
import { insertPass, type PassRow } from './store.ts';

export interface IssueInput extends Partial<PassSettings>, Partial<PassOwners> {
  /** The caller's own key value; made here where absent. */
  key?: string | undefined;
}

export interface IssuedPass {
  key: string;
  pass: PassRow;
}

/** @throws AppError already_exists when the key or the alias is taken, not_found for a plan, user … that is not there. */
export async function issuePass(ctx: AppContext, input: IssueInput, by: ChangedBy): Promise<IssuedPass> {
  const { key, pass } = draft(ctx, { ...input, expiresAt: await expiryOf(ctx, input) }, by);
  try {
    await ctx.db.transaction().execute(async (db) => {
      await insertPass(db, pass);
      await ctx.bumpChanges(db);
      const detail = { alias: pass.alias, publicId: pass.publicId };
      await recordAudit(ctx, { ...by, action: 'pass.create', target: { kind: 'pass', id: pass.id }, detail }, db);
    });
  } catch (error) {
    throw conflictOf(error, pass);
  }
  ctx.events.emit({ type: 'pass.changed', passId: pass.id });
  return { key, pass };
}

/** A pass that is told no end of its own ends as its plan says. Epoch ms; null = it does not. */
async function expiryOf(ctx: AppContext, { planId, expiresAt }: IssueInput): Promise<number | null> {
  if (expiresAt !== undefined || !planId) return expiresAt ?? null;
  const durationMs = (await findPlan(ctx.db, planId))?.durationMs ?? null;
  return durationMs === null ? null : ctx.clock.now() + durationMs;
}

/** The row of a new pass. */
function draft(ctx: AppContext, input: IssueInput, { actor }: ChangedBy): IssuedPass {
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
    createdBy: actor?.id ?? null,
    lastUsedAt: null,
    createdAt: now,
    updatedAt: now,
    ...columnsOf({ ...UNSET, ...input }),
  };
  return { key: made.key, pass };
}
