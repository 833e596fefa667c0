// What is counted for a server that died is what it had counted itself, whoever called.
import { expect, test } from 'bun:test';
import { sql } from 'kysely';

import type { LimitScope } from '../../limits/limits.ts';
import { countedKeysOf } from '../../passes/principals.ts';
import { createGatewayApp } from '../../testing/gateway-app.ts';
import { addClassroom, addPass, addPlan, addSeat } from '../../testing/passes.ts';
import { testEngine } from '../../testing/test-database.ts';
import { lastCallsOf } from './last-calls.ts';

test.skipIf(testEngine === 'sqlite')(
  'the last calls of a server are counted under every key they were counted by',
  async () => {
    await using gateway = await createGatewayApp();
    const { ctx, clock } = gateway.app;
    await gateway.addModel('m', {}, { rpm_limit: 100 });
    const scopes = new Map<string, number>();
    const { acquire } = ctx.limits;
    ctx.limits.acquire = (asked: readonly LimitScope[], tokens: number) => {
      for (const { key } of asked) scopes.set(key, (scopes.get(key) ?? 0) + 1);
      return acquire.call(ctx.limits, asked, tokens);
    };
    const planId = await addPlan(ctx, { rpmLimit: 50 });
    const classroomId = await addClassroom(ctx, { rpmLimit: 50 });
    const seatId = await addSeat(ctx, classroomId, { rpmLimit: 50 });
    const { key } = await addPass(ctx, { planId, classroomId, seatId, rpmLimit: 50 });
    const ask = async (pass: string | undefined, ip: string) => {
      const response = await gateway.chat(pass, {}, { path: '/api/chat/completions', ip });
      await response.text();
      expect(response.status).toBe(200);
    };
    for (let i = 0; i < 3; i += 1) await ask(key, '203.0.113.7');
    await ask(undefined, '2001:db8:1:2:3::4');
    await ask(gateway.admin, '203.0.113.8');
    clock.advance(10_000);

    const { owner } = (await gateway.calls())[0]!;
    await sql`insert into limit_members (id, epoch, redis_ok, seen_at, posted_at, counted, clock_at)
    values (${owner}, 1, 1, (extract(epoch from clock_timestamp()) * 1000)::bigint, 0, '{}', ${clock.now()})`.execute(
      ctx.db,
    );
    const windows = await lastCallsOf(ctx.db as never, owner!, countedKeysOf);
    expect(scopes.size).toBeGreaterThan(5);
    for (const [scope, calls] of scopes) {
      const slots = windows[scope]?.slots ?? [];
      expect([scope, slots.reduce((sum, [, requests]) => sum + requests, 0)]).toEqual([scope, calls]);
      for (const [age, , tokens] of slots) {
        expect(age).toBeWithin(7, 12);
        expect(tokens).toBeGreaterThan(0);
      }
    }
    clock.advance(60_000);
    await sql`update limit_members set clock_at = ${clock.now()}`.execute(ctx.db);
    expect(await lastCallsOf(ctx.db as never, owner!, countedKeysOf)).toEqual({});
  },
);
