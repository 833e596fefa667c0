// Money under disorder: calls aborted at every step, and random crowds against upstreams that fail. The oracle is the
// upstream's own journal and what the clients saw.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, eventually, type GatewayApp, loadTokenizer } from '../testing/gateway-app.ts';
import { seededRandom } from '../testing/seeded-random.ts';

let gateway: GatewayApp;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  await loadTokenizer(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const PROMPT_NANOS = 2_000;
const WORD_NANOS = 8_000;

/** Waits until nothing runs, then compares rows, accounts, roll-ups and the upstream's journal. */
async function booksAreRight(): Promise<void> {
  const { ctx } = gateway.app;
  await eventually(async () => ctx.shutdown.inFlight === 0, 5_000);
  await eventually(async () => (await gateway.calls()).every(({ state }) => state === 'settled'), 5_000);
  expect(await checkInvariants(ctx.db as never)).toEqual([]);
  const accounts = await ctx.db.selectFrom('accounts').select('heldNanos').execute();
  expect(accounts.every(({ heldNanos }) => heldNanos === 0)).toBe(true);
  expect([ctx.gateway.watch.size, ctx.gateway.running.size]).toEqual([0, 0]);
}

/**
 * Every request the upstream saw has its attempt. An attempt that was cancelled before a word came may have left the
 * process or not, so the upstream need not have seen it; every other one it must have seen.
 */
async function journalMatches(): Promise<void> {
  const calls = new Map((await gateway.calls()).map((call) => [call.id, call]));
  const seen = new Map<string, number>();
  for (const { headers } of gateway.upstream.journal) {
    const id = headers['x-request-id']!;
    seen.set(id, (seen.get(id) ?? 0) + 1);
  }
  const recorded = new Map<string, { sure: number; all: number }>();
  for (const { callId, status, completionTokens } of await gateway.attempts()) {
    const id = calls.get(callId)!.requestId;
    const { sure, all } = recorded.get(id) ?? { sure: 0, all: 0 };
    const maybeSent = status === 'cancelled' && completionTokens === 0;
    recorded.set(id, { sure: sure + (maybeSent ? 0 : 1), all: all + 1 });
  }
  for (const id of seen.keys()) expect(recorded.has(id), `${id} was sent, but has no attempt`).toBe(true);
  for (const [id, { sure, all }] of recorded) {
    const times = seen.get(id) ?? 0;
    expect(times >= sure && times <= all, `${id}: the upstream saw ${times}, of ${sure} to ${all}`).toBe(true);
  }
}

test('a call that is aborted after any number of steps leaves right books and gives its place back', async () => {
  for (const stream of [false, true]) {
    for (const [steps, step] of [
      [120, () => Promise.resolve()],
      [40, () => new Promise<void>((resolve) => void setImmediate(resolve))],
    ] as const) {
      for (let after = 0; after < steps; after += 1) {
        const key = await gateway.pass({ max_budget: 0.001, max_parallel_requests: 1, rpm_limit: 5 });
        const control = new AbortController();
        const asked = gateway
          .chat(key, { stream, max_tokens: 20 }, { signal: control.signal })
          .then((response) => response.text())
          .catch(() => '');
        for (let i = 0; i < after; i += 1) await step();
        control.abort();
        await asked;
        await eventually(async () => (await gateway.chat(key, { max_tokens: 20 })).status === 200, 3_000);
      }
    }
  }
  await booksAreRight();
  await journalMatches();
}, 60_000);

const SCRIPTS = {
  good: {},
  slow: { wordDelayMs: 4 },
  'slow head': { headDelayMs: 30 },
  cut: { end: 'cut' },
  error: { end: 'error' },
  junk: { end: 'malformed' },
  'no usage': { usage: null },
  greedy: { usage: { prompt_tokens: 900_000, completion_tokens: 900_000 } },
  broken: { status: 500 },
  strict: { status: 400 },
  page: { rawBody: '<html></html>' },
} as const;

const seed = Number(process.env.TEST_SEED ?? Math.floor(Math.random() * 1e9));

test(`random crowds (TEST_SEED=${seed}): no account goes above its budget, nothing stays held`, async () => {
  const random = seededRandom(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const url = await gateway.app.listen();
  const models = Object.keys(SCRIPTS);
  for (const model of models) await gateway.addModel(model, SCRIPTS[model as keyof typeof SCRIPTS]);
  const budgets = [0.0005, 0.02, 1];
  const keys = await Promise.all(budgets.map((max_budget) => gateway.pass({ max_budget })));
  const finished: string[] = [];

  async function client(): Promise<void> {
    for (let i = 0; i < 8; i += 1) {
      const control = new AbortController();
      if (random() < 0.4) setTimeout(() => control.abort(), random() * 60);
      const body = {
        model: pick(models),
        stream: random() < 0.6,
        messages: [{ role: 'user', content: 'word '.repeat(1 + random() * 20) }],
        ...(random() < 0.7 ? { max_tokens: 1 + Math.floor(random() * 40) } : {}),
        ...(random() < 0.2 ? { n: 2 } : {}),
      };
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${pick(keys)}` };
      const init = { method: 'POST', signal: control.signal, headers, body: JSON.stringify(body) };
      await fetch(`${url}/v1/chat/completions`, init)
        .then(async (response) => {
          const text = await response.text();
          const isWhole = response.status === 200 && (!body.stream || text.endsWith('data: [DONE]\n\n'));
          // Checked at once: the row is there before the last byte.
          const id = response.headers.get('x-hallpass-call-id');
          if (!isWhole || id === null) return;
          const row = (await gateway.calls()).find((call) => call.id === id);
          expect(row).toMatchObject({ state: 'settled', status: 'success' });
          finished.push(id);
        })
        .catch((error: unknown) => {
          if (!control.signal.aborted) throw error;
        });
    }
  }

  await Promise.all(Array.from({ length: 24 }, client));
  await booksAreRight();
  await journalMatches();
  expect(finished.length).toBeGreaterThan(10);
  const calls = (await gateway.calls()).filter(({ model }) => models.includes(model));
  for (const call of calls) {
    expect(call.costNanos).toBeLessThanOrEqual(call.heldNanos);
    if (call.status !== 'success') continue;
    const asReported = 11 * PROMPT_NANOS + 6 * WORD_NANOS;
    if (['good', 'slow', 'slow head'].includes(call.model))
      expect(call.costNanos).toBe(Math.min(asReported, call.heldNanos));
    if (call.model === 'greedy') expect(call).toMatchObject({ costNanos: call.heldNanos, overHold: 1 });
  }
  for (const [index, key] of keys.entries()) {
    const info = (await (await gateway.app.request('/key/info', { token: key })).json()) as { info: { spend: number } };
    expect(info.info.spend).toBeLessThanOrEqual(budgets[index]!);
  }
}, 60_000);
