// Records a call that was made elsewhere (requirement 004): a settled row of kind `recorded`, on nobody's account.
import type { LlmCallInput } from '@hallpass/shared/llm-calls.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import type { CallHeader } from '../ledger/ledger.ts';
import { LedgerUnavailable } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import { dayIn } from '../lib/periods.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';
import { findPlan } from '../plans/store.ts';
import { contentPolicyOf } from '../plans/rules.ts';
import { callContent } from './content.ts';
import { claimKey } from './store.ts';

const FUTURE_MAX_MS = 300_000;

export interface RecordRequest {
  input: LlmCallInput;
  by: ChangedBy;
  requestId: string;
  /** The request's Idempotency-Key. */
  key: string | undefined;
}

/**
 * The same Idempotency-Key and body make one row, however often they come.
 * @returns the call's id.
 * @throws AppError invalid_parameter for an unknown group or user or a time to come, idempotency_key_reused.
 */
export async function recordCall(ctx: AppContext, { input, by, requestId, key }: RecordRequest): Promise<string> {
  const now = ctx.clock.now();
  const openedAt = input.call_time ?? now;
  if (openedAt > now + FUTURE_MAX_MS) throw wrong('call_time', 'lies in the future');
  const { header, policy } = await headerOf(ctx, input, { openedAt, requestId });
  const id = await claim(ctx, { input, by, key, fresh: header.id });
  const isNew = await openOnce(ctx, { ...header, id });
  if (!isNew) return id;
  if (input.template_id != null)
    await ctx.db.updateTable('calls').set({ templateId: input.template_id }).where('id', '=', id).execute();
  await ctx.ledger.settle(settleOf(id, input, { openedAt, policy }));
  await recordAudit(ctx, { ...by, action: 'call.record', target: { kind: 'call', id } });
  return id;
}

async function headerOf(ctx: AppContext, input: LlmCallInput, facts: { openedAt: number; requestId: string }) {
  const classroom = await classroomOf(ctx, input.group_id ?? null);
  const user = input.user_id == null ? undefined : await ctx.passes.forUser(input.user_id).catch(() => undefined);
  if (input.user_id != null && !user) throw wrong('user_id', 'there is no such user');
  const header: CallHeader = {
    ...facts,
    id: ctx.ids.next('call'),
    kind: 'recorded',
    endpoint: '/api/v1/llm/calls',
    passId: null,
    passName: null,
    planId: null,
    userId: user?.userId ?? null,
    userName: user?.userName ?? null,
    seatId: null,
    seatName: null,
    classroomId: classroom?.id ?? null,
    classroomName: classroom?.name ?? null,
    sessionId: null,
    assignmentId: null,
    activationCode: input.activation_code ?? null,
    model: input.model ?? 'unknown',
    mode: null,
    stream: false,
    ip: null,
    day: dayIn(ctx.config.TIME_ZONE, facts.openedAt),
    unpriced: true,
    promptEstimate: 0,
    prices: null,
  };
  return { header, policy: classroom ? classroom.policy : user ? contentPolicyOf(user.levels) : 'none' };
}

/** The group with its content policy: its own, else its plan's, else none. */
async function classroomOf({ db }: AppContext, id: string | null) {
  if (id === null) return undefined;
  const row = await db.selectFrom('classrooms').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw wrong('group_id', 'there is no such group');
  const plan = row.planId === null ? undefined : await findPlan(db, row.planId);
  return { id, name: row.name, policy: row.contentPolicy ?? plan?.contentPolicy ?? 'none' };
}

interface Claim {
  input: LlmCallInput;
  by: ChangedBy;
  key: string | undefined;
  fresh: string;
}

async function claim(ctx: AppContext, { input, by, key, fresh }: Claim): Promise<string> {
  if (key === undefined) return fresh;
  if (!/^[\x21-\x7e]{1,200}$/.test(key))
    throw wrong('Idempotency-Key', '1 to 200 visible ASCII characters are expected');
  const bodyHash = new Bun.CryptoHasher('sha256').update(JSON.stringify(input)).digest('hex');
  const scope = `llm-calls:${by.actor?.id ?? ''}`;
  const found = await claimKey(ctx.db, { scope, key, bodyHash, callId: fresh, createdAt: ctx.clock.now() });
  if (found.bodyHash !== bodyHash) throw new AppError('idempotency_key_reused');
  return found.callId ?? fresh;
}

/** @returns false when it is settled already. One that an earlier try left open is gone on with. */
async function openOnce(ctx: AppContext, call: CallHeader): Promise<boolean> {
  const found = await ctx.db.selectFrom('calls').select('state').where('id', '=', call.id).executeTakeFirst();
  if (found) return found.state === 'open';
  try {
    await ctx.ledger.open({ call, accounts: [], bound: null, waitMs: 0 });
  } catch (error) {
    // Another request with the same key was quicker: its row is the row.
    const rival = await ctx.db.selectFrom('calls').select('id').where('id', '=', call.id).executeTakeFirst();
    if (!(error instanceof LedgerUnavailable) || !rival) throw error;
  }
  return true;
}

function settleOf(callId: string, input: LlmCallInput, { openedAt, policy }: { openedAt: number; policy: string }) {
  const promptTokens = input.prompt_tokens ?? Math.max(0, (input.tokens_used ?? 0) - (input.completion_tokens ?? 0));
  const completionTokens = input.completion_tokens ?? Math.max(0, (input.tokens_used ?? 0) - promptTokens);
  const said = {
    messages: input.request_messages,
    params: input.request_params ?? null,
    reply: input.response_data ?? null,
    text: input.response_content ?? null,
    policy,
  };
  return {
    callId,
    status: input.status,
    errorCode: input.status === 'error' ? 'recorded_error' : null,
    errorMessage: input.error_message ?? null,
    channelId: input.config_id ?? null,
    channelName: null,
    firstByteAt: null,
    settledAt: openedAt + (input.duration_ms ?? 0),
    usage: { promptTokens, completionTokens, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 },
    estimated: false,
    costNanos: 0,
    attempts: [],
    content: policy === 'none' ? undefined : callContent(said),
  };
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
