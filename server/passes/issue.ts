// Makes a pass and its key. The key is returned once and kept nowhere.
import { recordAudit } from '../audit/audit.ts';
import { findClassroom } from '../classrooms/store.ts';
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

/** What becomes a pass, worked out inside the transaction that makes it. */
export interface IssueWork {
  input: IssueInput;
  /** Who makes it, for the audit log. */
  by: ChangedBy;
  /** Written with it or not at all. */
  alsoWrite?(db: AppContext['db'], pass: PassRow): Promise<void>;
}

/** @throws AppError pass_key_taken, pass_name_taken, not_found for a plan, user … that is not there. */
export function issuePass(ctx: AppContext, input: IssueInput, by: ChangedBy): Promise<IssuedPass> {
  return issuePassAs(ctx, async () => ({ input, by }));
}

/** As `issuePass`, one with whatever else `workOf` reads and writes. */
export async function issuePassAs(
  ctx: AppContext,
  workOf: (db: AppContext['db']) => Promise<IssueWork>,
): Promise<IssuedPass> {
  let alias: string | null = null;
  const issued = await ctx.db
    .transaction()
    .execute(async (db) => {
      await ctx.bumpChanges(db);
      const work = await workOf(db);
      alias = work.input.alias ?? null;
      return issuePassIn(ctx, db, work);
    })
    .catch((error: unknown) => {
      throw conflictOf(error, { alias });
    });
  ctx.events.emit({ type: 'pass.changed', passId: issued.pass.id });
  return issued;
}

/** The step inside a transaction, which has bumped the changes. Whoever calls it tells of `pass.changed` afterwards. */
export async function issuePassIn(
  ctx: AppContext,
  db: AppContext['db'],
  { input, by, alsoWrite }: IssueWork,
): Promise<IssuedPass> {
  const { key, pass } = draft(ctx, { ...input, expiresAt: await expiryOf(ctx, db, input) }, by);
  await insertPass(db, pass);
  await alsoWrite?.(db, pass);
  const detail = { alias: pass.alias, publicId: pass.publicId };
  await recordAudit(ctx, { ...by, action: 'pass.create', target: { kind: 'pass', id: pass.id }, detail }, db);
  return { key, pass };
}

/** A pass that is told no end of its own ends as its plan, or its class's, says. Epoch ms; null = it does not. */
async function expiryOf(
  { clock }: AppContext,
  db: AppContext['db'],
  { planId, classroomId, expiresAt }: IssueInput,
): Promise<number | null> {
  if (expiresAt !== undefined) return expiresAt;
  const onPlan = planId ?? (classroomId ? (await findClassroom(db, classroomId))?.planId : null);
  const durationMs = onPlan ? ((await findPlan(db, onPlan))?.durationMs ?? null) : null;
  return durationMs === null ? null : clock.now() + durationMs;
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
