// The ledger's rows of calls and attempts: prepared statements of the writer thread.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import type { CallStore } from './books.ts';
import {
  type CallFacts,
  type EndedCall,
  type Ending,
  type FactsRow,
  factsOf,
  type OrphanFacts,
  type OrphanRow,
  parsedFacts,
  shortMessage,
} from './calls.ts';
import { holdPricesOf, wholeNumber, wholeUsage } from './charge.ts';
import type { Grant } from './grant.ts';
import type { AttemptRecord, CallContent, CallHeader } from './ledger.ts';

const FACTS = `id, held_nanos as heldNanos, granted_tokens as grantedTokens, account_ids as accountIds, hour, model, pass_id as passId,
  user_id as userId, classroom_id as classroomId, plan_id as planId`;

export class CallRows implements CallStore {
  /** Open calls this process knows; the others are read from the table. */
  readonly #open = new Map<string, CallFacts>();
  readonly #insert: Statement;
  readonly #settle: Statement;
  readonly #attempt: Statement;
  readonly #content: Statement;
  readonly #progress: Statement;
  readonly #findOpen: Statement<FactsRow, [string]>;
  readonly #findEnded: Statement<EndedCall, [string]>;
  readonly #orphans: Statement<OrphanRow, [number]>;

  constructor(statements: Statements) {
    this.#insert = statements.prepare(INSERT_CALL);
    this.#settle = statements.prepare(SETTLE_CALL);
    this.#attempt = statements.prepare(INSERT_ATTEMPT);
    this.#content = statements.prepare(INSERT_CONTENT);
    this.#progress = statements.prepare(
      `update calls set delivered_bytes = max(delivered_bytes, ?) where id = ? and state = 'open'`,
    );
    this.#findOpen = statements.prepare(`select ${FACTS} from calls where id = ? and state = 'open'`);
    this.#findEnded = statements.prepare(
      'select state, cost_nanos as costNanos, over_hold as overHold from calls where id = ?',
    );
    this.#orphans = statements.prepare(
      `select ${FACTS}, prompt_estimate as promptEstimate,
        delivered_bytes as deliveredBytes, hold_prices as holdPrices
      from calls where state = 'open' order by opened_at limit ?`,
    );
  }

  /** @throws DatabaseError `unique` when the call was opened before; nothing is changed then. */
  insert(c: CallHeader, grant: Grant, accountIds: string[]): void {
    const facts = factsOf(c, grant, accountIds);
    this.#insert.run(
      c.id,
      c.requestId,
      c.kind,
      c.endpoint,
      c.passId,
      c.passName,
      c.planId,
      c.userId,
      c.userName,
      c.seatId,
      c.seatName,
      c.classroomId,
      c.classroomName,
      c.sessionId,
      c.assignmentId,
      c.activationCode,
      c.model,
      c.mode,
      c.stream ? 1 : 0,
      c.ip,
      c.openedAt,
      facts.hour,
      c.day,
      c.unpriced ? 1 : 0,
      c.promptEstimate,
      facts.heldNanos,
      facts.grantedTokens,
      JSON.stringify(accountIds),
      holdPricesOf(c),
    );
    this.#open.set(facts.id, facts);
  }

  /** undefined = settled before, or never opened. */
  findOpen(id: string): CallFacts | undefined {
    const known = this.#open.get(id);
    if (known) return known;
    const row = this.#findOpen.get(id);
    return row ? parsedFacts(row) : undefined;
  }

  findEnded(id: string): EndedCall | undefined {
    return this.#findEnded.get(id) ?? undefined;
  }

  /** Ends an open row. @returns false when it was not open. */
  settle({ state, op, usage, charge }: Ending): boolean {
    this.#open.delete(op.callId);
    const { changes } = this.#settle.run(
      state,
      op.status,
      op.errorCode,
      shortMessage(op.errorMessage),
      op.channelId,
      op.channelName,
      op.firstByteAt,
      op.settledAt,
      usage.promptTokens,
      usage.cachedTokens,
      usage.cacheWriteTokens,
      usage.completionTokens,
      usage.reasoningTokens,
      usage.audioTokens,
      op.estimated ? 1 : 0,
      charge.overHold ? 1 : 0,
      charge.costNanos,
      charge.reportedNanos,
      op.callId,
    );
    return changes > 0;
  }

  insertAttempts(callId: string, attempts: readonly AttemptRecord[]): void {
    for (const [position, a] of attempts.entries()) {
      const usage = wholeUsage(a);
      this.#attempt.run(
        a.id,
        callId,
        position,
        a.channelId,
        a.channelKeyId,
        a.routeId,
        a.upstreamModel,
        a.upstreamRequestId,
        a.status,
        a.httpStatus,
        a.errorCode,
        a.startedAt,
        a.firstByteAt,
        a.endedAt,
        usage.promptTokens,
        usage.cachedTokens,
        usage.cacheWriteTokens,
        usage.completionTokens,
        usage.reasoningTokens,
        usage.audioTokens,
        a.estimated ? 1 : 0,
        wholeNumber(a.costNanos, Number.MAX_SAFE_INTEGER),
        a.prices && JSON.stringify(a.prices),
        a.prices?.version ?? null,
      );
    }
  }

  insertContent(callId: string, c: CallContent, at: number): void {
    const { requestJson, paramsJson, responseJson, responseText, policy, truncated } = c;
    this.#content.run(callId, requestJson, paramsJson, responseJson, responseText, policy, truncated ? 1 : 0, at);
  }

  progress(callId: string, deliveredBytes: number): void {
    this.#progress.run(wholeNumber(deliveredBytes, Number.MAX_SAFE_INTEGER), callId);
  }

  /** Open rows that no running call owns, oldest first. */
  orphans(limit: number): OrphanFacts[] {
    return this.#orphans.all(limit).map((row) => parsedFacts(row));
  }

  /** After a rollback: what memory says of open calls may not be in the table. */
  forget(): void {
    this.#open.clear();
  }
}

const INSERT_CALL = `insert into calls (id, request_id, kind, endpoint, pass_id, pass_name, plan_id, user_id, user_name,
    seat_id, seat_name, classroom_id, classroom_name, session_id, assignment_id, activation_code, model, mode,
    stream, ip, opened_at, hour, day, unpriced, prompt_estimate, held_nanos, granted_tokens, account_ids, hold_prices,
    state, prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens, reasoning_tokens,
    estimated, over_hold, delivered_bytes, cost_nanos)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
    'open', 0, 0, 0, 0, 0, 0, 0, 0, 0)`;

const SETTLE_CALL = `update calls set state = ?, status = ?, error_code = ?, error_message = ?, channel_id = ?,
    channel_name = ?, first_byte_at = ?, settled_at = ?, prompt_tokens = ?, cached_tokens = ?, cache_write_tokens = ?,
    completion_tokens = ?, reasoning_tokens = ?, audio_tokens = ?, estimated = ?, over_hold = ?, cost_nanos = ?, reported_nanos = ?
  where id = ? and state = 'open'`;

const INSERT_ATTEMPT = `insert into attempts (id, call_id, position, channel_id, channel_key_id, route_id,
    upstream_model, upstream_request_id, status, http_status, error_code, started_at, first_byte_at, ended_at,
    prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens, reasoning_tokens, audio_tokens, estimated, cost_nanos,
    unit_prices, price_version)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
  on conflict do nothing`;

const INSERT_CONTENT = `insert into call_contents (call_id, request_json, params_json, response_json, response_text,
    policy, truncated, created_at) values (?, ?, ?, ?, ?, ?, ?, ?) on conflict do nothing`;
