// The calls and attempts one group writes, and what this process knows of the calls it has open.
import { DatabaseError } from '../db/database-error.ts';
import type { PostgresConnection } from '../db/postgres/connection.ts';
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
} from './calls.ts';
import { wholeNumber } from './charge.ts';
import type { Grant } from './grant.ts';
import type { AttemptRecord, CallContent, CallHeader } from './ledger.ts';
import { attemptRow, callRow, contentRow, endingRow } from './postgres-rows.ts';

type KnownRow = FactsRow & EndedCall;

const FACTS = `c.id, c.held_nanos as "heldNanos", c.granted_tokens as "grantedTokens", c.account_ids as "accountIds",
  c.hour, c.model, c.pass_id as "passId", c.user_id as "userId", c.classroom_id as "classroomId",
  c.plan_id as "planId"`;

const READ = `select ${FACTS}, c.state, c.cost_nanos as "costNanos", c.over_hold as "overHold"
  from calls c where c.id = any($1::text[])`;

/**
 * Open calls whose process is gone. $1 = replicas known to be gone, $2 = milliseconds of silence after which one
 * counts as gone. A silence counts only while the database was there to be spoken to.
 */
const ORPHANS = `select ${FACTS}, c.prompt_estimate as "promptEstimate", c.delivered_bytes as "deliveredBytes",
    c.hold_prices as "holdPrices"
  from calls c
  where c.state = 'open' and not exists (
    select from replicas r where r.id = c.owner and r.id <> all($1::text[]) and
      extract(epoch from clock_timestamp()) * 1000
        - greatest(r.seen_at, extract(epoch from pg_postmaster_start_time()) * 1000) <= $2::bigint
  )
  order by c.opened_at limit $3::integer`;

export class GroupCalls implements CallStore {
  readonly #owner: string;
  /** Calls this process has opened and not ended; all are in the table. */
  readonly #open = new Map<string, CallFacts>();
  /** Calls that were read for this group. */
  readonly #read = new Map<string, KnownRow>();
  readonly #inserts = new Map<string, { row: object; facts: CallFacts }>();
  readonly #endings = new Map<string, Ending>();
  readonly #marks = new Map<string, number>();
  #attempts: object[] = [];
  #contents: object[] = [];
  /** Orphans read for this group. */
  orphans: OrphanFacts[] = [];

  constructor(owner: string) {
    this.#owner = owner;
  }

  /** Reads what must be known to settle these calls. @returns the accounts they are on. */
  async read(connection: PostgresConnection, ids: readonly string[]): Promise<string[]> {
    const unknown = ids.filter((id) => !this.#open.has(id));
    if (unknown.length > 0) {
      const rows = await connection.query<KnownRow>(READ, [unknown]);
      for (const row of rows) this.#read.set(row.id, row);
    }
    return ids.flatMap((id) => this.findOpen(id)?.accountIds ?? []);
  }

  /** Reads one batch of orphans. @returns the accounts they are on. */
  async readOrphans(
    connection: PostgresConnection,
    { gone, silenceMs, limit }: { gone: string[]; silenceMs: number; limit: number },
  ): Promise<string[]> {
    const rows = await connection.query<OrphanRow>(ORPHANS, [gone, silenceMs, limit]);
    this.orphans = rows.map((row) => parsedFacts(row));
    return this.orphans.flatMap(({ accountIds }) => accountIds);
  }

  insert(call: CallHeader, grant: Grant, accountIds: string[]): void {
    if (this.#open.has(call.id) || this.#inserts.has(call.id))
      throw new DatabaseError('unique', `the call ${call.id} was opened before`, 'calls.id');
    const facts = factsOf(call, grant, accountIds);
    this.#inserts.set(call.id, { facts, row: callRow(call, facts, this.#owner) });
  }

  findOpen(id: string): CallFacts | undefined {
    if (this.#endings.has(id)) return undefined;
    const row = this.#read.get(id);
    return this.#open.get(id) ?? (row?.state === 'open' ? parsedFacts(row) : undefined);
  }

  findEnded(id: string): EndedCall | undefined {
    const ending = this.#endings.get(id);
    if (ending) {
      const { state, charge } = ending;
      return { state, costNanos: charge.costNanos, overHold: charge.overHold ? 1 : 0 };
    }
    return this.#read.get(id);
  }

  settle(ending: Ending): boolean {
    if (this.#endings.has(ending.op.callId)) return false;
    this.#endings.set(ending.op.callId, ending);
    return true;
  }

  insertAttempts(callId: string, attempts: readonly AttemptRecord[]): void {
    for (const [position, attempt] of attempts.entries()) this.#attempts.push(attemptRow(attempt, callId, position));
  }

  insertContent(callId: string, content: CallContent, at: number): void {
    this.#contents.push(contentRow(content, callId, at));
  }

  progress(callId: string, deliveredBytes: number): void {
    this.#marks.set(callId, wholeNumber(deliveredBytes, Number.MAX_SAFE_INTEGER));
  }

  /** What is to be written. A call that ends needs no mark. */
  pending() {
    return {
      inserts: [...this.#inserts.values()].map(({ row }) => row),
      endings: [...this.#endings.values()].map(endingRow),
      attempts: this.#attempts,
      contents: this.#contents,
      marks: [...this.#marks].filter(([id]) => !this.#endings.has(id)).map(([id, bytes]) => ({ id, bytes })),
    };
  }

  committed(): void {
    for (const { facts } of this.#inserts.values()) this.#open.set(facts.id, facts);
    this.distrust();
    this.forget();
  }

  /** The calls that end here may have been ended by someone else: they are read again when asked for. */
  distrust(): void {
    for (const id of this.#endings.keys()) this.#open.delete(id);
  }

  /** Nothing of this group was written, or all of it. */
  forget(): void {
    for (const memory of [this.#read, this.#inserts, this.#endings, this.#marks]) memory.clear();
    this.#attempts = [];
    this.#contents = [];
    this.orphans = [];
  }
}
