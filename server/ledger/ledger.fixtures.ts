// Calls, accounts and settles for tests of the ledger.
import type { AccountRef, AttemptRecord, CallHeader, HoldBound, OpenOp, SettleOp, UnitPrices } from './ledger.ts';

/** Saturday 21 November 2026, 02:00 UTC. */
export const NOON = Date.UTC(2026, 10, 21, 2);

/** 1 nano per token of either kind, so that a test can count in tokens. */
export const onePerToken: UnitPrices = {
  promptNanos: 1_000_000,
  completionNanos: 1_000_000,
  cachedNanos: null,
  cacheWriteNanos: null,
  reasoningNanos: null,
  imageNanos: null,
  audioNanos: null,
  requestNanos: null,
  source: 'test',
  version: '1',
};

let counter = 0;

export function nextCallId(): string {
  counter += 1;
  return `call_${String(counter).padStart(8, '0')}`;
}

export function account(partyId: string, capNanos: number | null, over: Partial<AccountRef> = {}): AccountRef {
  return {
    partyKind: 'pass',
    partyId,
    partyName: partyId,
    periodStart: 0,
    periodEnd: null,
    timeZone: 'Asia/Shanghai',
    capNanos,
    ...over,
  };
}

/** Holds exactly this much, or as much as fits between `least` and it. */
export function bound(nanos: number, leastNanos = nanos): HoldBound {
  return {
    fixedMicros: 0n,
    outputNanos: 1_000_000,
    wantedOutputTokens: nanos,
    minOutputTokens: leastNanos,
    answers: 1,
  };
}

export function header(over: Partial<CallHeader> = {}): CallHeader {
  const id = over.id ?? nextCallId();
  return {
    id,
    requestId: `req_${id}`,
    kind: 'question',
    endpoint: '/v1/chat/completions',
    passId: 'pass_1',
    passName: 'A pass',
    planId: null,
    userId: null,
    userName: null,
    seatId: null,
    seatName: null,
    classroomId: null,
    classroomName: null,
    sessionId: null,
    assignmentId: null,
    activationCode: null,
    model: 'demo',
    mode: null,
    stream: false,
    ip: '203.0.113.1',
    openedAt: NOON,
    day: '2026-11-21',
    unpriced: false,
    promptEstimate: 0,
    prices: onePerToken,
    ...over,
  };
}

export type OpenInput = Omit<OpenOp, 'kind'>;

export function open(accounts: AccountRef[], hold: HoldBound | null, over: Partial<OpenInput> = {}): OpenInput {
  return { call: header(), accounts, bound: hold, waitMs: 0, ...over };
}

export type SettleInput = Omit<SettleOp, 'kind'>;

export function settle(callId: string, costNanos: number, over: Partial<SettleInput> = {}): SettleInput {
  return {
    callId,
    status: 'success',
    errorCode: null,
    errorMessage: null,
    channelId: 'chan_1',
    channelName: 'A channel',
    firstByteAt: NOON + 50,
    settledAt: NOON + 100,
    usage: {
      promptTokens: 0,
      cachedTokens: 0,
      cacheWriteTokens: 0,
      completionTokens: Math.max(0, Math.ceil(costNanos)),
      reasoningTokens: 0,
    },
    estimated: false,
    costNanos,
    attempts: [],
    ...over,
  };
}

const usage = { promptTokens: 11, cachedTokens: 3, cacheWriteTokens: 2, completionTokens: 7, reasoningTokens: 5 };

export const attempt = (id: string, over: Partial<AttemptRecord> = {}): AttemptRecord => ({
  id,
  channelId: 'chan_1',
  channelKeyId: 'key_1',
  routeId: 'route_1',
  upstreamModel: 'upstream-model',
  upstreamRequestId: 'up_1',
  status: 'ok',
  httpStatus: 200,
  errorCode: null,
  startedAt: NOON,
  firstByteAt: NOON + 5,
  endedAt: NOON + 9,
  estimated: false,
  costNanos: 18,
  prices: onePerToken,
  ...usage,
  ...over,
});
