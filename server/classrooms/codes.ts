// Activation codes: made in batches, redeemed once for a pass, revoked.
import type { Activated, CodesInput, CodesPage, CodesQuery, CodeView, NewCode } from '@hallpass/shared/classrooms.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { blockedBy } from '../passes/blocks.ts';
import { issuePassAs } from '../passes/issue.ts';
import type { BlockedBy, ChangedBy } from '../passes/pass-settings.ts';
import { findPassById, updatePassRow } from '../passes/store.ts';
import { wrongParam } from '../plans/permission-columns.ts';
import { findPlan } from '../plans/store.ts';
import { hashCode, type MadeCode, newCode, readCode } from './code.ts';
import * as store from './codes-store.ts';
import { findClassroom } from './store.ts';

/** Codes kept, of every state. */
export const CODES_KEPT_MAX = 100_000;
const DAY_MS = 86_400_000;

type Db = AppContext['db'];
type Listed = Awaited<ReturnType<typeof store.listCodes>>[number];

/**
 * @param check what is looked at in the transaction before anything is written.
 * @throws AppError invalid_parameter for a class or a plan that is not there, too_many, and what `check` throws.
 */
export async function makeCodes(
  ctx: AppContext,
  input: CodesInput,
  by: ChangedBy,
  check?: (db: Db) => Promise<void>,
): Promise<NewCode[]> {
  const now = ctx.clock.now();
  const { count, classroom_id: classroomId, plan_id: planId, days } = input;
  return ctx.db.transaction().execute(async (db) => {
    await check?.(db);
    const classroom = classroomId === null ? undefined : await findClassroom(db, classroomId);
    const plan = planId === null ? undefined : await findPlan(db, planId);
    if (classroomId !== null && !classroom) throw wrongParam('classroom_id', 'there is no such class');
    if (planId !== null && !plan) throw wrongParam('plan_id', 'there is no such plan');
    if ((await store.countCodes(db)) + count > CODES_KEPT_MAX)
      throw new AppError('too_many', { params: { limit: CODES_KEPT_MAX } });
    const made = await distinctCodes(ctx, db, count);
    const rows = made.map(({ code, publicPart }) => ({
      id: ctx.ids.next('code'),
      codeHash: hashCode(code),
      publicPart,
      classroomId,
      seatId: null,
      planId,
      status: 'open',
      createdBy: by.actor?.id ?? null,
      createdAt: now,
      expiresAt: days === null ? null : now + days * DAY_MS,
      redeemedAt: null,
      redeemedPassId: null,
      redeemedUserId: null,
    }));
    await store.insertCodes(db, rows);
    const target = { kind: 'classroom', id: classroomId ?? '' };
    const detail = { count, planId, days, codes: made.map(({ publicPart }) => publicPart) };
    await recordAudit(ctx, { ...by, action: 'code.create', ...(classroomId ? { target } : {}), detail }, db);
    const names = { classroomName: classroom?.name ?? null, planName: plan?.name ?? null };
    return rows.map((row, i) => ({ ...viewOf({ ...row, ...names }, now), code: made[i]!.code }));
  });
}

export async function codesOf(ctx: AppContext, { classroom, status, cursor, limit }: CodesQuery): Promise<CodesPage> {
  const now = ctx.clock.now();
  const listing = { classroomId: classroom, status, before: cursor };
  const rows = await store.listCodes(ctx.db, listing, now, limit + 1);
  const data = rows.slice(0, limit).map((row) => viewOf(row, now));
  return { data, next_cursor: rows.length > limit ? data.at(-1)!.id : null };
}

export interface Revocation {
  id: string;
  /** Only a code of this class, and only a pass that is still in it. */
  classroomId?: string;
  /** What is looked at in the transaction before anything is written. */
  check?: (db: Db) => Promise<unknown>;
  /** On whose behalf; absent = the administration's. */
  who?: (db: Db) => Promise<BlockedBy>;
}

/** A code that was redeemed takes its pass with it: that is blocked. @throws AppError not_found, and what `check` throws. */
export async function revokeCode(
  ctx: AppContext,
  { id, classroomId, check, who = async () => 'administration' }: Revocation,
  by: ChangedBy,
): Promise<void> {
  const passId = await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    await check?.(db);
    const code = await store.revokeCode(db, { id, classroomId });
    if (!code) throw new AppError('not_found');
    const { publicPart } = code;
    const pass = code.redeemedPassId ? await findPassById(db, code.redeemedPassId) : undefined;
    const isTheirs = pass && (classroomId === undefined || pass.classroomId === classroomId);
    const redeemedPassId = isTheirs ? pass.id : null;
    if (redeemedPassId)
      await updatePassRow(db, redeemedPassId, { ...blockedBy(await who(db), pass), updatedAt: ctx.clock.now() });
    const detail = { publicPart, passId: redeemedPassId };
    await recordAudit(ctx, { ...by, action: 'code.revoke', target: { kind: 'code', id }, detail }, db);
    return redeemedPassId;
  });
  if (passId) ctx.events.emit({ type: 'pass.changed', passId });
}

/**
 * Makes the pass that a code stands for; of several who redeem it at once, one gets it.
 * @throws AppError activation_code_invalid, login_throttled.
 */
export async function redeem(ctx: AppContext, { typed, ip }: { typed: string; ip: string }): Promise<Activated> {
  const plain = readCode(typed);
  const attempt = ctx.throttle.signIn(`code ${plain ?? typed}`, ip);
  const codeHash = hashCode(plain ?? '');
  const openCode = async (db: Db) => {
    const code = plain === undefined ? undefined : await store.findOpenCode(db, codeHash, ctx.clock.now());
    if (!code) throw new AppError('activation_code_invalid', { param: 'code' });
    return code;
  };
  // A wrong one takes no lock.
  await openCode(ctx.db);
  const about = { classroom_name: null as string | null, plan_name: null as string | null };
  const { key, pass } = await issuePassAs(ctx, async (db) => {
    const { id, publicPart, classroomId, planId, seatId } = await openCode(db);
    const classroom = classroomId ? await findClassroom(db, classroomId) : undefined;
    if (classroom && classroom.status !== 'active') throw new AppError('activation_code_invalid', { param: 'code' });
    const plan = await planOf(db, planId ?? classroom?.planId ?? null);
    about.classroom_name = classroom?.name ?? null;
    about.plan_name = plan?.name ?? null;
    return {
      input: { classroomId, planId, seatId },
      // Whoever holds the code is nobody we know.
      by: { actor: { id, name: publicPart }, ip },
      async alsoWrite(trx: Db, { id: passId }) {
        const redeemed = { passId, userId: null, at: ctx.clock.now() };
        if (!(await store.redeemCode(trx, id, redeemed)))
          throw new AppError('activation_code_invalid', { param: 'code' });
      },
    };
  });
  attempt.succeeded();
  return { key, ...about, expires_at: iso(pass.expiresAt) };
}

function planOf(db: Db, id: string | null) {
  return id === null ? undefined : findPlan(db, id);
}

/** New codes whose public parts no other has, so that a line of the call log means one code. */
async function distinctCodes(ctx: AppContext, db: Db, count: number): Promise<MadeCode[]> {
  const made = new Map<string, MadeCode>();
  while (made.size < count) {
    const drawn = Array.from({ length: count - made.size }, () => newCode(ctx.ids));
    const taken = await store.takenPublicParts(
      db,
      drawn.map(({ publicPart }) => publicPart),
    );
    for (const one of drawn) if (!taken.has(one.publicPart)) made.set(one.publicPart, one);
  }
  return [...made.values()];
}

function viewOf(row: Listed, now: number): CodeView {
  const isOver = row.status === 'open' && row.expiresAt !== null && row.expiresAt <= now;
  return {
    id: row.id,
    public_part: row.publicPart,
    status: isOver ? 'expired' : (row.status as CodeView['status']),
    classroom_id: row.classroomId,
    classroom_name: row.classroomName,
    plan_id: row.planId,
    plan_name: row.planName,
    created_at: new Date(row.createdAt).toISOString(),
    expires_at: iso(row.expiresAt),
    redeemed_at: iso(row.redeemedAt),
    redeemed_pass_id: row.redeemedPassId,
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
