// Requirement 003 for the people who use it: chat, models, usage, agents and the policy, by login token.
import { afterEach, beforeEach, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';

let gateway: GatewayApp;
let userId: string;
let token: string;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', {}, { display_name: 'Model M', capabilities: ['vision'] });
  ({ userId, token } = await signInAs(gateway.app.ctx, 'user'));
});
afterEach(() => gateway[Symbol.asyncDispose]());

type Body = Record<string, unknown>;
const HI = [{ role: 'user', content: 'hi' }];

async function send(method: string, path: string, json?: unknown, by = token): Promise<{ status: number; body: Body }> {
  const init = { method, token: by, ...(json === undefined ? {} : { json }) };
  const response = await gateway.app.request(`/api/v1/llm${path}`, init);
  return { status: response.status, body: (await response.json()) as Body };
}

const chat = (json: Body, by = token) => gateway.app.request('/api/v1/llm/chat', { json, token: by });
const errorOf = ({ body }: { body: Body }) => body.error as Body;

async function setUserPlan(columns: Body): Promise<void> {
  const { ctx } = gateway.app;
  await ctx.db.updateTable('plans').set(columns).where('id', '=', 'plan_user').execute();
  ctx.events.emit({ type: 'plan.changed', planId: 'plan_user' });
}

describe('chat', () => {
  test('answers a signed-in user whole and streamed, and the row names them and the user plan', async () => {
    const whole = await chat({ model: 'm', messages: HI });
    expect(((await whole.json()) as { choices: { message: Body }[] }).choices[0]!.message.content).toStartWith('Hello');
    const stream = await chat({ model: 'm', messages: HI, stream: true });
    expect(eventsOf(await stream.text()).at(-1)).toBe('[DONE]');
    for (const row of await gateway.calls())
      expect(row).toMatchObject({ userId, planId: 'plan_user', endpoint: '/api/v1/llm/chat', status: 'success' });
  });

  test('without a model takes the first chat model the person may use', async () => {
    expect((await chat({ messages: HI })).status).toBe(200);
    expect(gateway.upstream.journal[0]!.model).toBe('m');
  });

  test('takes no key and no address, by name', async () => {
    for (const field of ['api_key', 'base_url']) {
      const { status, body } = await send('POST', '/chat', { model: 'm', messages: HI, [field]: 'x' });
      expect([status, (body.error as Body).code, (body.error as Body).param]).toEqual([
        400,
        'unsupported_parameter',
        field,
      ]);
    }
    expect(gateway.upstream.journal).toEqual([]);
  });

  test('the user plan’s budget and limits hold', async () => {
    await setUserPlan({ budgetNanos: 0, budgetPeriod: '1d' });
    const refused = await chat({ model: 'm', messages: HI });
    expect([refused.status, ((await refused.json()) as { error: Body }).error.code]).toEqual([
      429,
      'insufficient_quota',
    ]);
    await setUserPlan({ budgetNanos: null, budgetPeriod: null, models: '["other"]' });
    expect((await chat({ model: 'm', messages: HI })).status).toBe(403);
  });
});

test('models lists what the person may use with 003’s fields', async () => {
  const { body } = await send('GET', '/models');
  expect(body).toMatchObject({
    object: 'list',
    data: [{ id: 'm', name: 'Model M', model_id: 'm', type: '生文', supports_vision: true }],
  });
});

describe('usage', () => {
  test('tells calls, tokens and cost by model, and used, limit and reset of each budget', async () => {
    await setUserPlan({ budgetNanos: 1_000_000_000, budgetPeriod: '1d' });
    await (await chat({ model: 'm', messages: HI })).text();
    const { body } = await send('GET', '/usage');
    // 11 tokens at $2 and 6 at $8 a million.
    const sums = { calls: 1, prompt_tokens: 11, completion_tokens: 6, total_tokens: 17, cost: 0.00007 };
    expect(body).toMatchObject({ user_id: userId, ...sums, models: [{ model: 'm', ...sums }] });
    expect(body.budgets).toEqual([
      {
        scope: 'user',
        name: expect.any(String) as string,
        limit: 1,
        used: 0.00007,
        held: 0,
        remaining: 0.99993,
        resets_at: '2026-11-21T16:00:00.000Z',
      },
    ]);
    expect(body.rates).toMatchObject([{ scope: 'user', rpm_limit: 60 }]);
  });

  test('of another is an administrator’s to see', async () => {
    await (await chat({ model: 'm', messages: HI })).text();
    const other = await signInAs(gateway.app.ctx, 'user');
    expect((await send('GET', `/usage?user_id=${userId}`, undefined, other.token)).status).toBe(403);
    expect((await send('GET', '/usage', undefined, other.token)).body.calls).toBe(0);
    expect((await send('GET', `/usage?user_id=${userId}`, undefined, gateway.admin)).body.calls).toBe(1);
    expect((await send('GET', '/usage?user_id=nobody', undefined, gateway.admin)).status).toBe(404);
    expect((await send('GET', '/usage?days=99')).status).toBe(400);
  });
});

describe('agents', () => {
  const tutor = {
    name: '数学老师',
    model: 'm',
    system_prompt: '先提示，再解答。',
    parameters: { temperature: 0.2, max_tokens: 50 },
  };

  test('are made, listed, changed and removed by their owner alone', async () => {
    const made = await send('POST', '/agents', tutor);
    expect([made.status, made.body.model_allowed]).toEqual([201, true]);
    expect(made.body).toMatchObject(tutor);
    const path = `/agents/${String(made.body.id)}`;
    const other = await signInAs(gateway.app.ctx, 'user');
    for (const [method, json] of [['GET'], ['PUT', { name: 'x' }], ['DELETE']] as const)
      expect((await send(method, path, json, other.token)).status).toBe(404);
    expect((await send('GET', '/agents', undefined, other.token)).body.total).toBe(0);
    expect((await send('PUT', path, { description: 'helps' })).body).toMatchObject({ ...tutor, description: 'helps' });
    expect((await send('POST', '/agents', tutor)).status).toBe(409);
    expect((await send('DELETE', path)).body).toMatchObject({ deleted: true });
    expect((await send('GET', path)).status).toBe(404);
  });

  test('hold no key and no address', async () => {
    for (const field of ['api_key', 'base_url']) {
      for (const body of [
        { ...tutor, [field]: 'x' },
        { ...tutor, parameters: { [field]: 'x' } },
      ]) {
        const refused = await send('POST', '/agents', body);
        expect([refused.status, errorOf(refused).code, errorOf(refused).param]).toEqual([
          400,
          'unsupported_parameter',
          field,
        ]);
      }
    }
  });

  test('bring model, system prompt and parameters; what the request says itself wins', async () => {
    const { id } = (await send('POST', '/agents', tutor)).body;
    for (const by of [{ agent_id: id }, { agent: '数学老师' }])
      expect((await chat({ ...by, messages: HI, temperature: 0.9 })).status).toBe(200);
    const { body } = gateway.upstream.journal[0]!;
    expect(body).toMatchObject({ model: 'm', temperature: 0.9, max_tokens: 50 });
    expect(body.messages).toEqual([{ role: 'system', content: '先提示，再解答。' }, ...HI]);
    expect(Object.keys(body).filter((name) => name.startsWith('agent'))).toEqual([]);
  });

  test('of another, or unknown, are not found', async () => {
    const other = await signInAs(gateway.app.ctx, 'user');
    const { id } = (await send('POST', '/agents', tutor, other.token)).body;
    for (const agent of [id, 'nobody', 7, '']) {
      const refused = await send('POST', '/chat', { agent_id: agent, messages: HI });
      expect([refused.status, errorOf(refused).code]).toEqual([404, 'agent_not_found']);
    }
  });

  test('whose model is not allowed any more say so, in the list and in the refusal', async () => {
    const { id } = (await send('POST', '/agents', tutor)).body;
    await setUserPlan({ models: '["other"]' });
    expect((await send('GET', `/agents/${String(id)}`)).body.model_allowed).toBe(false);
    const refused = await send('POST', '/chat', { agent_id: id, messages: HI });
    expect([refused.status, errorOf(refused).code]).toEqual([403, 'agent_model_not_allowed']);
    expect(errorOf(refused).message).toContain('数学老师');
  });

  test('are at most a hundred', async () => {
    for (let i = 0; i < 100; i += 1) await send('POST', '/agents', { ...tutor, name: `a${i}` });
    const refused = await send('POST', '/agents', tutor);
    expect([refused.status, errorOf(refused).code]).toEqual([409, 'too_many']);
  });
});

test('the policy is told before the first message, to guests too', async () => {
  expect((await send('GET', '/policy')).body).toMatchObject({ content_policy: 'none', retention_days: 30 });
  await setUserPlan({ contentPolicy: 'full' });
  const { body } = await send('GET', '/policy');
  expect([body.content_policy, String(body.message)]).toEqual(['full', expect.stringContaining('30 天') as string]);
  const guest = await gateway.app.request('/api/chat/policy');
  expect(((await guest.json()) as Body).content_policy).toBe('none');
});
