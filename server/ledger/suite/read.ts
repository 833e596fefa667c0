// Reads the tables as the tests compare them.
import { type Kysely, sql } from 'kysely';

import type { Ledger } from '../ledger.ts';
import { type OpenInput } from '../ledger.fixtures.ts';

export interface Spending {
  settled: number;
  held: number;
  cap: number | null;
  calls: number;
}

/** party id → balance of its only account; a party with two accounts fails the test. */
export async function spending(raw: Kysely<never>): Promise<Record<string, Spending>> {
  const { rows } = await sql<Spending & { id: string }>`
    select party_kind || ':' || party_id || '@' || period_start as id, settled_nanos as settled, held_nanos as held,
      cap_nanos as cap, calls from accounts`.execute(raw);
  const result: Record<string, Spending> = {};
  for (const { id, ...balance } of rows) {
    const name = id.replace(/@0$/, '');
    if (name in result) throw new Error(`two accounts of ${name}`);
    result[name] = balance;
  }
  return result;
}

export async function callRow(raw: Kysely<never>, id: string): Promise<Record<string, unknown>> {
  const { rows } = await sql<Record<string, unknown>>`select * from calls where id = ${id}`.execute(raw);
  if (rows.length !== 1) throw new Error(`${rows.length} rows of call ${id}`);
  return rows[0]!;
}

export async function countRows(raw: Kysely<never>, table: 'calls' | 'accounts' | 'attempts'): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(raw);
  return Number(rows[0]!.n);
}

/** Opens a call that must be let in. */
export async function opened(
  ledger: Ledger,
  input: OpenInput,
): Promise<{ id: string; held: number; granted: number | null }> {
  const reply = await ledger.open(input);
  if (!reply.ok) throw new Error(`refused by ${reply.refusal.account.partyId}`);
  return { id: input.call.id, held: reply.heldNanos, granted: reply.grantedOutputTokens };
}

/**
 * Why it failed. Used in place of `expect(…).rejects`, which in Bun 1.4 waits for ever when the failure comes
 * from a worker.
 */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  try {
    await work;
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
  throw new Error('it should have failed');
}
