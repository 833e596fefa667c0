// What was called and what it cost. No foreign keys lead out of the ledger: rows outlive what they name.
import type { Generated } from 'kysely';

import type { Flag, Json, Ms, Nanos } from './columns.ts';

export interface AccountsTable {
  id: string;
  partyKind: string;
  partyId: string;
  /** 0 = an account without periods. */
  periodStart: Ms;
  periodEnd: Ms | null;
  timeZone: string;
  capNanos: Nanos | null;
  settledNanos: Nanos;
  heldNanos: Nanos;
  /** The part of settledNanos whose call rows retention has folded away. */
  carriedNanos: Nanos;
  /** The same of calls and tokens. */
  carriedCalls: Generated<number>;
  carriedPromptTokens: Generated<number>;
  carriedCompletionTokens: Generated<number>;
  calls: number;
  promptTokens: number;
  completionTokens: number;
  createdAt: Ms;
  updatedAt: Ms;
}

export interface CallsTable {
  id: string;
  requestId: string;
  kind: string;
  endpoint: string;
  passId: string | null;
  passName: string | null;
  planId: string | null;
  userId: string | null;
  userName: string | null;
  seatId: string | null;
  seatName: string | null;
  classroomId: string | null;
  classroomName: string | null;
  sessionId: string | null;
  assignmentId: string | null;
  activationCode: string | null;
  model: string;
  channelId: string | null;
  channelName: string | null;
  mode: string | null;
  stream: Flag;
  ip: string | null;
  openedAt: Ms;
  firstByteAt: Ms | null;
  settledAt: Ms | null;
  /** UTC hour of openedAt: floor(ms / 3,600,000). */
  hour: number;
  /** Calendar day of openedAt in the system's time zone, `2026-11-21`. */
  day: string;
  state: string;
  status: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  completionTokens: number;
  reasoningTokens: number;
  /** Of the prompt; since migration 0013. */
  audioTokens: Generated<number>;
  estimated: Flag;
  /** 1 = the upstream reported more than the hold; costNanos is the hold, reportedNanos the figure. */
  overHold: Flag;
  /** 1 = no price is known, so costNanos is 0 and means nothing. */
  unpriced: Flag;
  promptEstimate: number;
  deliveredBytes: number;
  heldNanos: Nanos;
  /** Output tokens per answer that the hold paid for; null = nothing bounded this call. */
  grantedTokens: number | null;
  costNanos: Nanos;
  reportedNanos: Nanos | null;
  /** JSON list of the account ids this call is held and settled on. */
  accountIds: Json;
  /** JSON of the prices the hold was made with; an orphan is priced by it. */
  holdPrices: Json | null;
  /** The replica that opened it and will settle it; null on SQLite, where there is one process. */
  owner: string | null;
  /** Only of recorded calls (requirement 004). */
  templateId: string | null;
}

export interface AttemptsTable {
  id: string;
  callId: string;
  position: number;
  channelId: string;
  channelKeyId: string | null;
  routeId: string | null;
  upstreamModel: string;
  upstreamRequestId: string | null;
  status: string;
  httpStatus: number | null;
  errorCode: string | null;
  startedAt: Ms;
  firstByteAt: Ms | null;
  endedAt: Ms | null;
  promptTokens: number;
  cachedTokens: number;
  cacheWriteTokens: number;
  completionTokens: number;
  reasoningTokens: number;
  /** Of the prompt; since migration 0013. */
  audioTokens: Generated<number>;
  estimated: Flag;
  costNanos: Nanos;
  unitPrices: Json | null;
  priceVersion: string | null;
}

/** What was said, under the content policy only, with its own retention. */
export interface CallContentsTable {
  callId: string;
  /** The list of messages. */
  requestJson: Json | null;
  /** The whole reply, as a chat completion. */
  responseJson: Json | null;
  createdAt: Ms;
  /** The request's other fields. */
  paramsJson: Json | null;
  /** The reply's text alone. */
  responseText: string | null;
  /** The policy in force when it was written. */
  policy: Generated<string>;
  /** 1 = something was cut to keep the row small. */
  truncated: Generated<Flag>;
}

/**
 * One row per UTC hour and dimension (`all`, `model`, `channel`, `pass`, `user`, `classroom`, `plan`); `folded` = the part
 * of the hour whose call rows retention has removed.
 */
export interface UsageRollupsTable {
  hour: number;
  dimension: string;
  dimensionId: string;
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: Nanos;
}

/**
 * The roll-ups of a calendar day or week of a time zone added up, for reports. What they say counts as long as the row
 * `all` is the sum of those hours.
 */
export interface UsageSumsTable {
  dimension: string;
  timeZone: string;
  /** `day` or `week`. */
  unit: string;
  /** ISO date; of a week its Monday. */
  day: string;
  dimensionId: string;
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: Nanos;
}

/** Responses that an upstream stores, and whom they were given to. */
export interface IssuedResponsesTable {
  owner: string;
  responseId: string;
  routeId: string;
  channelKeyId: string | null;
  tokens: number;
  createdAt: Ms;
}

export interface IdempotencyKeysTable {
  scope: string;
  key: string;
  bodyHash: string;
  callId: string | null;
  status: number | null;
  responseJson: Json | null;
  createdAt: Ms;
}
