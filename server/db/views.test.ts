// The requirement documents' tables: read-only views over ours, with the documents' column names, on either engine.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { sql } from 'kysely';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addPass } from '../testing/passes.ts';
import { introspectViews } from './introspect.ts';

let gateway: GatewayApp;
let views: Map<string, string[]>;

beforeAll(async () => {
  gateway = await createGatewayApp();
  views = await introspectViews(gateway.app.ctx.database);
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Columns as the documents list them; ours may have more. */
const DOCUMENTED: Record<string, string> = {
  chat_logs: 'id user_id username ip_address channel_id model_id prompt_tokens completion_tokens created_at',
  llm_call_logs:
    'id config_id template_id group_id activation_code request_messages request_params response_content ' +
    'response_data status error_message tokens_used prompt_tokens completion_tokens call_time duration_ms',
  llm_configs: 'id api_key updated_at',
  llm_models:
    'id name model_id provider type description status base_url auth_type key_usage_mode api_keys supports_vision ' +
    'max_tokens context_window rpm_limit tpm_limit',
  llm_usage: 'user_id day model_id calls prompt_tokens completion_tokens',
  virtual_keys: 'token key_name key_alias user_id team_id models max_budget blocked expires',
  groups: 'id name',
  system_config: 'key value updated_at',
};

test.each(Object.entries(DOCUMENTED))('%s has the columns its document lists', (view, columns) => {
  const has = views.get(view) ?? [];
  expect(columns.split(' ').filter((column) => !has.includes(column))).toEqual([]);
});

test('a call is found in chat_logs and llm_call_logs, with its content under policy full and [] under none', async () => {
  const { db } = gateway.app.ctx;
  await gateway.addModel('m');
  for (const contentPolicy of ['none', 'full'] as const) {
    const { key } = await addPass(gateway.app.ctx, { contentPolicy });
    await (await gateway.chat(key)).text();
  }
  const rowsOf = async (view: string) =>
    (
      await sql<Record<string, unknown>>`select * from ${sql.table(view)} order by id`.execute(
        gateway.app.ctx.database.raw,
      )
    ).rows;
  const logs = await rowsOf('llm_call_logs');
  expect(logs.map(({ request_messages }) => request_messages)).toEqual(['[]', '[{"role":"user","content":"hi"}]']);
  expect(logs[1]).toMatchObject({ status: 'success', tokens_used: 17, prompt_tokens: 11, error_message: null });
  expect(String(logs[1]!.response_content)).toStartWith('Hello');
  const [chat] = await rowsOf('chat_logs');
  expect(chat).toMatchObject({ ip_address: '203.0.113.1', model_id: 'm', prompt_tokens: 11, completion_tokens: 6 });
  expect(new Date(chat!.created_at as string).getTime()).toBe(gateway.app.clock.now());
  const [config] = await rowsOf('llm_configs');
  expect(config!.api_key).not.toContain('secret');
  expect((await rowsOf('llm_models'))[0]).toMatchObject({ model_id: 'm', status: 'enabled', supports_vision: 0 });
  expect(await db.selectFrom('calls').select('id').execute()).toHaveLength(2);
});

test.each([...Object.keys(DOCUMENTED)])('%s can be read only', async (view) => {
  const [column] = views.get(view)!;
  const change = sql`update ${sql.table(view)} set ${sql.ref(column!)} = null`.execute(gateway.app.ctx.database.raw);
  expect(await change.then(() => 'changed').catch(() => 'refused')).toBe('refused');
});
