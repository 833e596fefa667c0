// `Idempotency-Key` on relayed calls: a repeated request is charged once. The key, a hash of the body and the call it
// belongs to are on disk before the call is opened, so a crash in between forgets nothing. What was answered is told
// again only where content is kept; otherwise a repetition is refused with the id of the call that was charged.
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { Call } from './call.ts';
import { type Expiry, forgetOld } from './forget-old.ts';
import { type Replay, replayOf } from './replay.ts';

/** A key means the same for a day. */
const KEPT_MS = 24 * 3_600_000;
const EXPIRY: Expiry = { table: 'idempotencyKeys', keptMs: KEPT_MS, everyMs: 60_000 };
/** A claim whose call was never opened is free again after this: no call waits so long for its hold. */
const UNOPENED_MS = 30_000;

/** This request is the first with its key. */
export interface Claim {
  /** The call was refused before it could cost anything: the key is free again. */
  release(): Promise<void>;
}

/**
 * Claims the caller's key for this call.
 * @returns the answer of the first call with this key where it can be told again.
 * @throws AppError idempotency_mismatch, idempotency_in_progress, idempotency_done, invalid_parameter.
 */
export async function claimKey(ctx: AppContext, call: Call, key: string): Promise<Claim | Response> {
  if (!/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = '1 to 255 visible ASCII characters are expected';
    throw new AppError('invalid_parameter', { param: 'Idempotency-Key', params: { param: 'Idempotency-Key', detail } });
  }
  const scope = scopeOf(call);
  const bodyHash = hashOf(call);
  await forgetOld(ctx, EXPIRY);
  const row = { scope, key, bodyHash, callId: call.id, status: null, responseJson: null, createdAt: ctx.clock.now() };
  const { numInsertedOrUpdatedRows } = await ctx.db
    .insertInto('idempotencyKeys')
    .values(row)
    .onConflict((oc) => oc.columns(['scope', 'key']).doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows !== 1n) {
    const answer = await repeated(ctx, row, call);
    if (answer) return answer;
  }
  return { release: () => release(ctx, row) };
}

interface ClaimRow {
  scope: string;
  key: string;
  bodyHash: string;
  callId: string;
  createdAt: number;
}

/** Nobody meets another's key (S60). */
function scopeOf({ principal, ip }: Call): string {
  if (principal.passId !== null) return `pass:${principal.passId}`;
  if (principal.userId !== null) return `user:${principal.userId}`;
  // Whoever calls with the administrator's key is not a guest of the same network.
  return principal.kind === 'adminKey' ? 'adminKey' : `guest:${ip}`;
}

function hashOf({ endpoint, request }: Call): string {
  return new Bun.CryptoHasher('sha256').update(`${endpoint}\n${JSON.stringify(request.fields)}`).digest('hex');
}

/** @returns the first call's answer, or undefined when the key was taken over because the first one cost nothing. */
async function repeated(ctx: AppContext, row: ClaimRow, asked: Call): Promise<Response | undefined> {
  const first = await ctx.db
    .selectFrom('idempotencyKeys')
    .selectAll()
    .where('scope', '=', row.scope)
    .where('key', '=', row.key)
    .executeTakeFirst();
  // Released or swept this moment; the client's next try finds the way free.
  if (!first?.callId) throw inProgress();
  if (first.bodyHash !== row.bodyHash) throw new AppError('idempotency_mismatch', { param: 'Idempotency-Key' });
  const call = await ctx.db
    .selectFrom('calls')
    .leftJoin('callContents', 'callContents.callId', 'calls.id')
    .select(['calls.state', 'calls.status', 'calls.costNanos', 'calls.promptTokens'])
    .select(['calls.completionTokens', 'calls.stream', 'responseJson', 'truncated'])
    .where('calls.id', '=', first.callId)
    .executeTakeFirst();
  const isFree = call ? cameToNothing(call) : first.createdAt < row.createdAt - UNOPENED_MS;
  if (isFree && (await takeOver(ctx, row, first.callId))) return undefined;
  if (!call || call.state === 'open' || isFree) throw inProgress();
  const answer = call.status === 'success' && !call.truncated ? toldAgain(call, first.callId, asked) : undefined;
  if (answer) return answer;
  throw new AppError('idempotency_done', { params: { call: first.callId }, details: { call_id: first.callId } });
}

type FirstCall = Pick<Replay, 'promptTokens' | 'completionTokens'> & { responseJson: string | null; stream: number };

function toldAgain(first: FirstCall, callId: string, { format, request, contentPolicy }: Call): Response | undefined {
  if (first.responseJson === null) return undefined;
  return replayOf(first.responseJson, {
    callId,
    format: format.name,
    stream: first.stream === 1,
    wantsUsage: request.wantsUsage,
    promptTokens: first.promptTokens,
    completionTokens: first.completionTokens,
    contentPolicy,
  });
}

/**
 * No upstream can have worked on it: it failed, or its client left, before anything was sent or charged. Without a price
 * the tokens tell, for the cost is nothing either way.
 */
function cameToNothing(call: { state: string; status: string | null; costNanos: number; promptTokens: number }) {
  const hasFailed = call.status === 'error' || call.status === 'cancelled';
  return call.state === 'settled' && hasFailed && call.costNanos === 0 && call.promptTokens === 0;
}

/** Of many that try, one succeeds. */
async function takeOver({ db }: AppContext, { scope, key, callId, createdAt }: ClaimRow, from: string) {
  const { numUpdatedRows } = await db
    .updateTable('idempotencyKeys')
    .set({ callId, createdAt })
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('callId', '=', from)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

async function release({ db }: AppContext, { scope, key, callId }: ClaimRow): Promise<void> {
  await db
    .deleteFrom('idempotencyKeys')
    .where('scope', '=', scope)
    .where('key', '=', key)
    .where('callId', '=', callId)
    .execute();
}

function inProgress(): AppError {
  return new AppError('idempotency_in_progress', { retryAfterMs: 1_000 });
}
