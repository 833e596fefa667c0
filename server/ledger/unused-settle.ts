// The end of a call that was opened although its caller had been told it was not.
import type { CallHeader, SettleOp } from './ledger.ts';

/** Nothing was sent upstream, so nothing is charged. */
export function unusedSettle({ id, openedAt }: CallHeader): SettleOp {
  return {
    kind: 'settle',
    callId: id,
    status: 'error',
    errorCode: 'ledger_unavailable',
    errorMessage: null,
    channelId: null,
    channelName: null,
    firstByteAt: null,
    settledAt: openedAt,
    usage: { promptTokens: 0, cachedTokens: 0, cacheWriteTokens: 0, completionTokens: 0, reasoningTokens: 0 },
    estimated: false,
    costNanos: 0,
    attempts: [],
  };
}
