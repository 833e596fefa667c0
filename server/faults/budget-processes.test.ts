// R06, R07 and R08 on four server processes that share one PostgreSQL: 200 calls at once, money for 37.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import type { AppContext } from '../context.ts';
import { openPostgres, type PostgresHandle } from '../db/postgres.ts';
import { createIds, systemClock } from '../lib/clock.ts';
import { checkInvariants } from '../ledger/invariants.ts';
import { hashKey } from '../passes/keys.ts';
import { addClassroom, addPlan, addSeat } from '../testing/passes.ts';
import { canRunReplicas, type Replicas, startReplicas } from '../testing/replicas.ts';
import { addUser } from '../testing/people.ts';
import { type ScriptedUpstream, startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { ADMIN_KEY, adminToken, jsonInit } from '../testing/server-process.ts';

/** Six words, each a token: the hold is the cost. */
const COST = 6 * 8_000;
const MONEY_FOR = 37;
const AT_ONCE = 200;
const TIGHT = MONEY_FOR * COST + COST - 1;
const PLENTY = 1_000 * COST;
const SCOPES = ['pass', 'seat', 'classroom', 'user', 'plan', 'system'] as const;

describe.skipIf(!canRunReplicas)('budgets on four processes', () => {
  let replicas: Replicas;
  let upstream: ScriptedUpstream;
  let database: PostgresHandle;
  let ctx: AppContext;
  let admin: string;

  beforeAll(async () => {
    replicas = await startReplicas(4);
    upstream = startScriptedUpstream();
    upstream.script('m', { wordDelayMs: 1 });
    database = openPostgres(replicas.url);
    const bumpChanges = async () => {
      await database.db
        .updateTable('changes')
        .set((eb) => ({ version: eb('version', '+', 1) }))
        .execute();
    };
    ctx = { db: database.db, bumpChanges, clock: systemClock, ids: createIds(systemClock) } as unknown as AppContext;
    const { url } = replicas.servers[0]!;
    admin = await adminToken(url);
    const prices = { prompt: 0, completion: 8 };
    const channel = {
      name: 'm',
      base_url: upstream.baseUrl,
      api_key: 'k',
      model_id: 'm',
      rpm_limit: 1_000_000,
      prices,
    };
    expect((await fetch(`${url}/api/admin/channels`, jsonInit(channel, admin))).status).toBe(201);
  }, 60_000);
  afterAll(async () => {
    await database.close();
    upstream[Symbol.dispose]();
    await replicas[Symbol.asyncDispose]();
  });

  const newPass = async (nanos: number): Promise<string> => {
    const made = await fetch(
      `${replicas.servers[0]!.url}/key/generate`,
      jsonInit({ max_budget: nanos / 1e9 }, ADMIN_KEY),
    );
    return ((await made.json()) as { key: string }).key;
  };
  /** Every other call streams. @returns who decided each refusal; an empty word for an answer. */
  const flood = (key: string) =>
    Promise.all(
      Array.from({ length: AT_ONCE }, async (_, i) => {
        const { url } = replicas.servers[i % replicas.servers.length]!;
        const body = { model: 'm', max_tokens: 6, stream: i % 8 < 4, messages: [{ role: 'user', content: 'hi' }] };
        const response = await fetch(`${url}/v1/chat/completions`, jsonInit(body, key));
        const text = await response.text();
        if (response.ok) return '';
        return (JSON.parse(text) as { error: { scope: string } }).error.scope;
      }),
    );
  const accounts = async () => {
    const rows = await database.db.selectFrom('accounts').selectAll().execute();
    return new Map(rows.map((row) => [`${row.partyKind}:${row.partyId}`, row]));
  };

  test('R06, R07: a pass nobody has seen, with money for 37, gives 37 of 200 at once an answer', async () => {
    for (let round = 0; round < 3; round += 1) {
      const seen = upstream.journal.length;
      const replies = await flood(await newPass(TIGHT));
      expect(replies.filter((scope) => scope === '')).toHaveLength(MONEY_FOR);
      expect(replies.filter((scope) => scope === 'pass')).toHaveLength(AT_ONCE - MONEY_FOR);
      expect(upstream.journal.length - seen).toBe(MONEY_FOR);
    }
    expect(await checkInvariants(database.raw)).toEqual([]);
  }, 60_000);

  test('R08: six levels at once: the tightest decides and is named, the others lose no more than it let through', async () => {
    for (const tight of SCOPES) {
      const cap = (scope: (typeof SCOPES)[number]) => (scope === tight ? TIGHT : PLENTY);
      const before = await accounts();
      const used = [...before.values()]
        .filter(({ partyKind }) => partyKind === 'system')
        .reduce((sum, { settledNanos }) => sum + settledNanos, 0);
      const { url } = replicas.servers[0]!;
      const system = { system_budget: (used + cap('system')) / 1e9 };
      expect((await fetch(`${url}/api/admin/config`, { ...jsonInit(system, admin), method: 'PUT' })).status).toBe(200);
      const ids = await party(cap);
      const key = await newPass(cap('pass'));
      const { planId, classroomId, seatId, userId } = ids;
      await database.db
        .updateTable('passes')
        .set({ planId, classroomId, seatId, userId })
        .where('tokenHash', '=', hashKey(key))
        .execute();
      await ctx.bumpChanges();
      await Bun.sleep(1_000);
      const replies = await flood(key);
      expect([tight, replies.filter((scope) => scope === '').length]).toEqual([tight, MONEY_FOR]);
      expect(new Set(replies)).toEqual(new Set(['', tight]));
      const after = await accounts();
      for (const [kind, id] of [
        ['plan', planId],
        ['classroom', classroomId],
        ['seat', seatId],
        ['user', userId],
      ] as const) {
        const account = [...after.values()].find(
          ({ partyKind, partyId }) => partyKind === kind && partyId.includes(id),
        );
        expect([kind, account?.settledNanos, account?.heldNanos]).toEqual([kind, MONEY_FOR * COST, 0]);
      }
    }
    expect(await checkInvariants(database.raw)).toEqual([]);
  }, 120_000);

  /** Everybody a pass may belong to, each with a budget. */
  async function party(cap: (scope: (typeof SCOPES)[number]) => number) {
    const planId = await addPlan(ctx, { poolBudgetNanos: cap('plan'), poolBudgetPeriod: '1d' });
    const classroomId = await addClassroom(ctx, { budgetNanos: cap('classroom') });
    const seatId = await addSeat(ctx, classroomId, { budgetNanos: cap('seat') });
    const userId = await addUser(ctx, { budgetNanos: cap('user') });
    return { planId, classroomId, seatId, userId };
  }
});
