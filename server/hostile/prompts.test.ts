// Prompts made to cost: long, odd, or asking for more than one answer. Capped passes never pay more than their budget.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

const BUDGET = 0.05;
let gateway: GatewayApp;
let key: string;
beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  key = await gateway.pass({ max_budget: BUDGET });
});
afterEach(async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  expect(await spent()).toBeLessThanOrEqual(BUDGET);
  expect((await gateway.chat(await gateway.pass())).status).toBe(200);
  await gateway[Symbol.asyncDispose]();
});

const spent = async () =>
  ((await (await gateway.app.request('/key/info', { token: key })).json()) as { info: { spend: number } }).info.spend;
const asked = (messages: unknown, fields: object = {}) => gateway.chat(key, { messages, ...fields });
const user = (content: unknown) => [{ role: 'user', content }];

describe('S40: prompts', () => {
  const TOOL = { type: 'function', function: { name: 'f', parameters: { type: 'object' } } };
  const RECURSIVE = { $defs: { a: { properties: { a: { $ref: '#/$defs/a' } } } }, $ref: '#/$defs/a' };
  const PROMPTS: Record<string, () => Promise<Response>> = {
    '100,000 messages': () => asked(Array.from({ length: 100_000 }, () => ({ role: 'user', content: 'x' }))),
    'a text of a million tokens': () => asked(user('word '.repeat(1_000_000))),
    'one long word': () => asked(user('a'.repeat(900_000))),
    'only emoji': () => asked(user('😀'.repeat(50_000))),
    'only NUL': () => asked(user('\u0000'.repeat(50_000))),
    '10,000 tools': () => asked(user('hi'), { tools: Array.from({ length: 10_000 }, () => TOOL) }),
    'a schema that contains itself': () =>
      asked(user('hi'), { response_format: { type: 'json_schema', json_schema: { name: 's', schema: RECURSIVE } } }),
    'no message': () => asked([]),
    'a message that is none': () => asked([null]),
    'content that is none': () => asked(user({ toString: 'x' })),
  };
  test.each(Object.keys(PROMPTS))('%s is answered or refused within the budget, never with 5xx', async (name) => {
    const response = await PROMPTS[name]!();
    expect([name, response.status < 500]).toEqual([name, true]);
    await response.text();
  });
});

describe('S41: what multiplies the cost', () => {
  test('n answers are held and charged n times, and are bounded', async () => {
    expect((await asked(user('hi'), { n: 3, max_tokens: 20 })).status).toBe(200);
    expect((await asked(user('hi'), { n: 100_000 })).status).toBe(400);
    expect((await asked(user('hi'), { n: -1 })).status).toBe(400);
  });

  test('a capped pass gets no priority tier and no web search, whose price is not known', async () => {
    for (const fields of [{ service_tier: 'priority' }, { web_search_options: {} }]) {
      const response = await asked(user('hi'), fields);
      expect([Object.keys(fields), response.status]).toEqual([Object.keys(fields), 400]);
    }
  });

  test('an output cap beyond the budget is lowered to what is affordable', async () => {
    expect((await asked(user('hi'), { max_tokens: 10_000_000 })).status).toBe(200);
    const sent = gateway.upstream.journal.at(-1)!.body as { max_tokens?: number; max_completion_tokens?: number };
    const cap = sent.max_tokens ?? sent.max_completion_tokens!;
    expect(cap).toBeLessThanOrEqual((BUDGET / 8) * 1e6);
  });
});
