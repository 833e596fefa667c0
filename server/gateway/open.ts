// Step 4: the call's row and its hold on every account, committed before anything is sent.
import type { AppContext } from '../context.ts';
import { accountsOf } from '../budgets/accounts.ts';
import type { BudgetRefusal, CallHeader, HoldBound } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import { formatNanos } from '../lib/format.ts';
import { dayIn } from '../lib/periods.ts';
import { whenText } from '../lib/when-text.ts';
import { effective } from '../plans/rules.ts';
import type { Call, Hold } from './call.ts';
import { holdBound, wantedOutputTokens } from './hold-bound.ts';
import type { PromptSize } from './prompt-size.ts';

/** How long a call may stand in line while only open holds are in its way. */
const LINE_MS = 3_000;

/** @throws AppError insufficient_quota, and what `holdBound` throws. @throws LedgerUnavailable */
export async function openCall(ctx: AppContext, call: Call): Promise<Hold> {
  const bound = boundOf(call);
  // Before the hold: what is refused here must not leave an open call behind.
  const permitted = bound ? null : permittedOutput(call);
  const reply = await ctx.ledger.open(
    { call: headerOf(ctx, call), accounts: accountsOf(call.principal, call.openedAt), bound, waitMs: LINE_MS },
    call.signal,
  );
  if (!reply.ok) throw budgetRefusal(reply.refusal, call);
  const { principal, model } = call;
  ctx.events.emit({
    type: 'call.opened',
    callId: call.id,
    at: call.openedAt,
    model: model.publicName,
    passId: principal.passId,
    classroomId: principal.classroomId,
    seatId: principal.seatId,
  });
  return { heldNanos: reply.heldNanos, outputTokens: reply.grantedOutputTokens ?? permitted };
}

function boundOf(call: Call): HoldBound | null {
  if (!call.capped || !call.prices) return null;
  const maxOutputTokens = effective(call.principal.levels, 'maxOutputTokens');
  return holdBound({
    request: call.request,
    model: call.model,
    size: call.size,
    prices: call.prices,
    maxOutputTokens,
    refuse: call.format.refuseUnbounded,
  });
}

/** Without a budget the body goes untouched, unless a level sets an output cap of its own. */
function permittedOutput(call: Call): number | null {
  const maxOutputTokens = effective(call.principal.levels, 'maxOutputTokens');
  return maxOutputTokens === null ? null : wantedOutputTokens({ ...call, maxOutputTokens });
}

/** The row's columns that are known before anything is sent. */
export function headerOf(ctx: AppContext, call: Call): CallHeader {
  const { principal } = call;
  return {
    id: call.id,
    requestId: call.requestId,
    kind: 'question',
    endpoint: call.endpoint,
    passId: principal.passId,
    passName: principal.passName,
    planId: principal.planId,
    userId: principal.userId,
    userName: principal.userName,
    seatId: principal.seatId,
    seatName: principal.seatName,
    classroomId: principal.classroomId,
    classroomName: principal.classroomName,
    sessionId: null,
    assignmentId: null,
    activationCode: principal.activationCode,
    model: call.model.publicName,
    mode: null,
    stream: call.request.stream,
    ip: call.ip,
    openedAt: call.openedAt,
    day: dayIn(ctx.config.TIME_ZONE, call.openedAt),
    unpriced: call.prices === null,
    promptEstimate: call.size.estimateTokens,
    prices: call.prices,
    ...unitsOf(call.size),
  };
}

/** Pictures, searches and seconds of sound: what the estimate of tokens says nothing of. */
function unitsOf({ images, requests = 1, untold }: PromptSize): Pick<CallHeader, 'units'> {
  const audioTokens = untold?.audioTokens ?? 0;
  return images === 0 && requests === 1 && audioTokens === 0 ? {} : { units: { images, requests, audioTokens } };
}

/** Names the account that decided: whose it is, its cap, what is used and when it starts anew. */
function budgetRefusal({ account, capNanos, settledNanos, heldNanos }: BudgetRefusal, call: Call): AppError {
  const resetsAt = account.periodEnd;
  const when =
    resetsAt === null
      ? NEVER_RESETS[call.locale]
      : RESETS[call.locale](whenText(resetsAt, call.openedAt, account.timeZone, call.locale));
  return new AppError('insufficient_quota', {
    params: { scope: account.partyName, limit: formatNanos(capNanos), used: formatNanos(settledNanos), when },
    details: {
      scope: account.partyKind,
      limit: capNanos / 1e9,
      used: settledNanos / 1e9,
      held: heldNanos / 1e9,
      resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
    },
  });
}

const RESETS = {
  'zh-CN': (when: string) => `将于 ${when} 重新计算`,
  'zh-TW': (when: string) => `將於 ${when} 重新計算`,
  en: (when: string) => `It starts anew ${when}`,
};
const NEVER_RESETS = {
  'zh-CN': '请找老师增加额度',
  'zh-TW': '請找老師增加額度',
  en: 'Please ask your teacher for more',
};
