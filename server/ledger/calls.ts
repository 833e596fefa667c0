// What both engines know of a call beyond its row: the facts a settle needs, and how it ends.
import { type Charge, type Orphan, TOKENS_MAX, wholeNumber } from './charge.ts';
import type { Grant } from './grant.ts';
import type { CallHeader, SettleOp, TokenUsage } from './ledger.ts';

const HOUR_MS = 3_600_000;
/** A message of an upstream may be a page of HTML. */
const MESSAGE_MAX = 2_000;

/** What a settle needs to know of its row. None of it changes while the call is open. */
export interface CallFacts {
  id: string;
  heldNanos: number;
  /** null = the call was not bounded. */
  grantedTokens: number | null;
  accountIds: string[];
  hour: number;
  model: string;
  passId: string | null;
  userId: string | null;
  classroomId: string | null;
  planId: string | null;
}

export type FactsRow = Omit<CallFacts, 'accountIds'> & { accountIds: string };
export type OrphanFacts = CallFacts & Orphan;
export type OrphanRow = FactsRow & Orphan;

/** The end of a call as its row records it. */
export interface Ending {
  state: 'settled' | 'orphaned';
  op: Omit<SettleOp, 'kind' | 'attempts'>;
  usage: Required<TokenUsage>;
  charge: Charge;
}

/** What a second settle is answered with. */
export interface EndedCall {
  state: string;
  costNanos: number;
  overHold: number;
}

export function factsOf(call: CallHeader, { holdNanos, outputTokens }: Grant, accountIds: string[]): CallFacts {
  const { id, model, passId, userId, classroomId, planId } = call;
  return {
    id,
    heldNanos: holdNanos,
    grantedTokens: outputTokens === null ? null : wholeNumber(outputTokens, TOKENS_MAX),
    accountIds,
    hour: Math.floor(call.openedAt / HOUR_MS),
    model,
    passId,
    userId,
    classroomId,
    planId,
  };
}

export function parsedFacts<Row extends FactsRow>(row: Row): Omit<Row, 'accountIds'> & CallFacts {
  return { ...row, accountIds: JSON.parse(row.accountIds) as string[] };
}

export function shortMessage(message: string | null): string | null {
  return message?.slice(0, MESSAGE_MAX) ?? null;
}
