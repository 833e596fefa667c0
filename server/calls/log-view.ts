// Ledger rows as the call log shows them. Pure.
import type { Selectable } from 'kysely';

import type { CallLogDetail, CallLogEntry } from '@hallpass/shared/call-log.ts';
import { nanosToDollars } from '@hallpass/shared/money.ts';

import type { AttemptsTable, CallsTable } from '../db/tables/ledger.ts';
import { unitsAsked } from '../ledger/charge.ts';

export type CallRow = Selectable<CallsTable>;

export function entryOf(row: CallRow): CallLogEntry {
  return {
    id: row.id,
    request_id: row.requestId,
    created_at: isoOf(row.openedAt),
    kind: row.kind,
    endpoint: row.endpoint,
    user_id: row.userId,
    username: row.userName,
    ip_address: row.ip,
    channel_id: row.channelId,
    channel_name: row.channelName,
    model_id: row.model,
    prompt_tokens: row.promptTokens,
    prompt_unit: unitOf(row.endpoint),
    units: unitsOf(row),
    completion_tokens: row.completionTokens,
    cached_tokens: row.cachedTokens,
    reasoning_tokens: row.reasoningTokens,
    audio_tokens: row.audioTokens,
    pass_id: row.passId,
    pass_name: row.passName,
    classroom_id: row.classroomId,
    classroom_name: row.classroomName,
    seat_name: row.seatName,
    activation_code: row.activationCode,
    stream: row.stream === 1,
    status: row.state === 'open' ? 'open' : (row.status ?? row.state),
    error_code: row.errorCode,
    cost: row.unpriced === 1 ? null : nanosToDollars(row.costNanos),
    estimated: row.estimated === 1,
    first_byte_ms: since(row.openedAt, row.firstByteAt),
    duration_ms: since(row.openedAt, row.settledAt),
  };
}

export function detailOf(row: CallRow, attempts: readonly Selectable<AttemptsTable>[]): CallLogDetail {
  return {
    ...entryOf(row),
    error_message: row.errorMessage,
    held: nanosToDollars(row.heldNanos),
    granted_tokens: row.grantedTokens,
    reported: row.reportedNanos === null ? null : nanosToDollars(row.reportedNanos),
    attempts: attempts.map(attemptOf),
  };
}

function attemptOf(row: Selectable<AttemptsTable>): CallLogDetail['attempts'][number] {
  return {
    id: row.id,
    channel_id: row.channelId,
    upstream_model: row.upstreamModel,
    upstream_request_id: row.upstreamRequestId,
    status: row.status,
    http_status: row.httpStatus,
    error_code: row.errorCode,
    started_at: isoOf(row.startedAt),
    first_byte_ms: since(row.startedAt, row.firstByteAt),
    duration_ms: since(row.startedAt, row.endedAt),
    prompt_tokens: row.promptTokens,
    completion_tokens: row.completionTokens,
    estimated: row.estimated === 1,
    cost: nanosToDollars(row.costNanos),
    unit_prices: row.unitPrices === null ? null : (JSON.parse(row.unitPrices) as Record<string, number>),
    price_version: row.priceVersion,
  };
}

/** What is counted beside tokens, by the path that was called (gateway/protocols/media/formats.ts). */
const UNITS = [
  ['/audio/speech', 'characters'],
  ['/audio/transcriptions', 'seconds'],
  ['/images/generations', 'images'],
  ['/images/edits', 'images'],
  ['/rerank', 'searches'],
] as const;

function unitOf(endpoint: string): CallLogEntry['prompt_unit'] {
  return UNITS.find(([path]) => endpoint.endsWith(path))?.[1] ?? 'tokens';
}

/** The ledger keeps how many were asked for, with the prices of the hold; a call that failed was given none. */
function unitsOf({ endpoint, holdPrices, status, costNanos }: CallRow): number | null {
  const unit = unitOf(endpoint);
  if (unit !== 'images' && unit !== 'searches') return null;
  const asked = unitsAsked(holdPrices);
  if (!asked) return null;
  if (status !== 'success' && costNanos === 0) return 0;
  return unit === 'images' ? asked.images : asked.requests;
}

/** Clocks may be set back between two stamps; a duration is never negative. */
function since(start: number, end: number | null): number | null {
  return end === null ? null : Math.max(0, end - start);
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
