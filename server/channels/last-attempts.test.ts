// What is known of a channel: nothing, until something was asked of it; and that finding it out walks no table.
import { expect, test } from 'bun:test';
import { CompiledQuery } from 'kysely';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { latestAttempts } from '../alerts/facts.ts';
import { createGatewayApp } from '../testing/gateway-app.ts';
import { testEngine } from '../testing/test-database.ts';
import { lastAttemptsQuery } from './last-attempts.ts';

test('a channel’s newest call: none, one that went well, one that failed; who hangs up says nothing', async () => {
  await using gateway = await createGatewayApp();
  await gateway.addModel('m');
  const channels = async () => {
    const response = await gateway.app.request('/api/admin/channels', { token: gateway.admin });
    return (await response.json()) as ChannelView[];
  };
  expect((await channels()).map(({ last_call }) => last_call)).toEqual([null]);
  const key = await gateway.pass();
  expect((await gateway.chat(key)).status).toBe(200);
  const at = new Date(gateway.app.clock.now()).toISOString();
  expect((await channels())[0]!.last_call).toEqual({ at, ok: true });
  gateway.app.clock.advance(1_000);
  gateway.upstream.script('m', { status: 500 });
  await gateway.chat(key);
  expect((await channels())[0]!.last_call).toMatchObject({ ok: false });
  gateway.app.clock.advance(600_000);
  gateway.upstream.script('m', {});
  await gateway.chat(key);
  expect((await channels())[0]!.last_call).toMatchObject({ ok: true });
  await gateway.app.ctx.db
    .updateTable('attempts')
    .set({ status: 'cancelled' })
    .where('startedAt', '=', gateway.app.clock.now())
    .execute();
  expect((await channels())[0]!.last_call).toMatchObject({ ok: false });
});

test.skipIf(testEngine !== 'sqlite')('both looks at attempts are led by the index and sort nothing', async () => {
  await using gateway = await createGatewayApp();
  const { db } = gateway.app.ctx;
  for (const query of [lastAttemptsQuery(db), latestAttempts(db, ['a', 'b'], 0)]) {
    const { sql, parameters } = query.compile();
    const plan = await db.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${sql}`, [...parameters]),
    );
    const steps = plan.rows.map(({ detail }) => detail);
    const attempts = steps.filter((step) => step.includes('attempts'));
    expect(attempts.length).toBeGreaterThan(0);
    for (const step of attempts) expect(step).toContain('SEARCH attempts USING INDEX attempts_channel_id_started_at');
    expect(steps.join()).not.toContain('TEMP B-TREE');
  }
});
