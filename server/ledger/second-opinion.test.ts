import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import { createGatewayApp } from '../testing/gateway-app.ts';
import { testEngine } from '../testing/test-database.ts';
import { secondOpinion } from './second-opinion.ts';

const DETAILS = { prompt_tokens_details: { cached_tokens: 7 }, completion_tokens_details: { reasoning_tokens: 3 } };

test('R34: the second opinion agrees with the ledger, and names every sum that is changed by one nano', async () => {
  await using gateway = await createGatewayApp();
  const { db } = gateway.app.ctx;
  const opinion = () => secondOpinion(db as never, testEngine);
  const prices = { prompt: 0.333_333_333, completion: 7.1, cached: 0.077, reasoning: 9, request: 0.001 };
  await gateway.addModel('m', { usage: { prompt_tokens: 1_117, completion_tokens: 13, ...DETAILS } }, { prices });
  const key = await gateway.pass({ max_budget: 10 });
  for (let i = 0; i < 4; i += 1) await (await gateway.chat(key, { stream: i % 2 === 0 })).text();
  const poor = await gateway.pass({ max_budget: 0.000_001 });
  await (await gateway.chat(poor, { max_tokens: 6 })).text();
  expect(await opinion()).toEqual([]);

  const [attempt] = await gateway.attempts();
  await db
    .updateTable('attempts')
    .set({ costNanos: attempt!.costNanos + 1 })
    .where('id', '=', attempt!.id)
    .execute();
  expect(await opinion()).toEqual([
    `attempt ${attempt!.id}: kept ${attempt!.costNanos + 1}, due ${attempt!.costNanos}`,
    `call ${attempt!.callId}: kept ${attempt!.costNanos}, due ${attempt!.costNanos + 1}`,
  ]);
  await db.updateTable('attempts').set({ costNanos: attempt!.costNanos }).where('id', '=', attempt!.id).execute();
  await sql`update accounts set held_nanos = held_nanos + 1, settled_nanos = settled_nanos + 1`.execute(db);
  const wrong = await opinion();
  expect(wrong.some((line) => line.startsWith('spent by '))).toBe(true);
  expect(wrong.some((line) => line.startsWith('held for '))).toBe(true);
  await sql`update accounts set held_nanos = held_nanos - 1, settled_nanos = settled_nanos - 1`.execute(db);
  await sql`update usage_rollups set cost_nanos = cost_nanos + 1 where dimension = 'all'`.execute(db);
  expect(await opinion()).toHaveLength(1);
});
