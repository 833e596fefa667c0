// How the server is, as the console shows it; and the consistency check by button.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import type { Consistency, SystemHealth } from '@hallpass/shared/system.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { testEngine } from '../testing/test-database.ts';

let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterAll(() => gateway[Symbol.asyncDispose]());

const health = async () =>
  (await (await gateway.app.request('/api/admin/health', { token: gateway.admin })).json()) as SystemHealth;

test('tells version, database, disk, servers and how many call rows are kept', async () => {
  const key = await gateway.pass();
  for (let i = 0; i < 3; i += 1) await (await gateway.chat(key)).text();
  const told = await health();
  expect(told.version).toMatch(/^\d+\.\d+\.\d+/);
  expect(told.database).toMatchObject({ engine: testEngine, call_rows: 3 });
  expect(told.database.oldest_call_at).toBe(new Date(gateway.app.clock.now()).toISOString());
  expect(told.memory_bytes).toBeGreaterThan(1_000_000);
  expect(told.disk!.total_bytes).toBeGreaterThan(told.disk!.free_bytes);
  expect(told.retention_days).toEqual({ calls: 90, contents: 30 });
  expect(told.redis).toBeNull();
});

test('the consistency check answers with requirement 004’s report in the language asked for', async () => {
  const check = async (language: string) => {
    const headers = { 'accept-language': language };
    const init = { method: 'POST', token: gateway.admin, headers };
    return (await (await gateway.app.request('/api/admin/health/consistency', init)).json()) as Consistency;
  };
  const told = await check('zh-CN');
  expect(told.verdict).toBe('ok');
  expect(told.report).toContain('数据表与 API 一致性检查报告');
  expect((await check('en')).report).not.toContain('数据表');
});
