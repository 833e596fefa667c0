// Embeddings through passes, budgets and the ledger: what goes through, what is charged, what is refused.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import OpenAI from 'openai';

import { checkInvariants } from '../ledger/invariants.ts';
import { createGatewayApp, type GatewayApp, PRICES } from '../testing/gateway-app.ts';
import { INPUTS_MAX } from './protocols/openai-embeddings/client.ts';

const VECTORS = {
  object: 'list',
  model: 'upstream-name',
  data: [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }],
  usage: { prompt_tokens: 7, total_tokens: 7 },
};
let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('vectors', {
    rawBody: JSON.stringify(VECTORS),
    headers: { 'content-type': 'application/json' },
  });
});
afterAll(async () => {
  expect(await checkInvariants(gateway.app.ctx.db as never)).toEqual([]);
  await gateway[Symbol.asyncDispose]();
});

const embed = (key: string, fields: object = {}, path = '/v1/embeddings') =>
  gateway.app.request(path, { json: { model: 'vectors', input: 'hello', ...fields }, token: key });
const spentBy = async (key: string) =>
  ((await (await gateway.app.request('/key/info', { token: key })).json()) as { info: { spend: number } }).info.spend;
const codeOf = async (response: Response) => ((await response.json()) as { error: { code: string } }).error.code;

describe('what goes through', () => {
  test('OpenAI’s own client gets vectors, and the name the upstream goes by', async () => {
    const baseURL = `${await gateway.app.listen()}/v1`;
    const client = new OpenAI({ apiKey: await gateway.pass(), baseURL });
    const answer = await client.embeddings.create({ model: 'vectors', input: ['a', 'b'], encoding_format: 'float' });
    expect(answer.model).toBe('upstream-name');
    expect(answer.data[0]!.embedding).toEqual([0.25, -0.5]);
    expect(answer.usage.prompt_tokens).toBe(7);
  });

  test('a model that is called otherwise upstream answers under the name it was asked by', async () => {
    const models = [{ name: 'ours', upstream_model: 'vectors' }];
    await gateway.addModel('ours', {}, { model_id: undefined, models });
    const answer = (await (await embed(await gateway.pass(), { model: 'ours' })).json()) as { model: string };
    expect(answer).toEqual({ ...VECTORS, model: 'ours' });
    expect(gateway.upstream.journal.at(-1)!.model).toBe('vectors');
  });

  test('the body travels as it is, at both addresses', async () => {
    const key = await gateway.pass();
    for (const path of ['/v1/embeddings', '/embeddings']) {
      const fields = {
        input: [[1, 2, 3], [4]],
        dimensions: 256,
        encoding_format: 'base64',
        user: 'u',
        own: { field: 1 },
      };
      expect((await embed(key, fields, path)).status).toBe(200);
      const { target, body } = gateway.upstream.journal.at(-1)!;
      expect(target).toBe('/v1/embeddings');
      expect(body).toEqual({ model: 'vectors', ...fields });
    }
  });
});

describe('what is charged', () => {
  test('the prompt’s tokens as the upstream tells them, on one row', async () => {
    const key = await gateway.pass({ max_budget: 1 });
    expect((await embed(key)).status).toBe(200);
    expect(await spentBy(key)).toBeCloseTo((7 * PRICES.prompt) / 1e6, 12);
    expect((await gateway.calls()).at(-1)).toMatchObject({
      endpoint: '/v1/embeddings',
      status: 'success',
      promptTokens: 7,
      completionTokens: 0,
      estimated: 0,
    });
  });

  test('an upstream that tells no usage is charged the estimate, marked as one', async () => {
    const { usage: _, ...silent } = VECTORS;
    await gateway.addModel('silent', { rawBody: JSON.stringify(silent) });
    const key = await gateway.pass({ max_budget: 1 });
    expect((await embed(key, { model: 'silent', input: 'some words to count' })).status).toBe(200);
    const row = (await gateway.calls()).at(-1)!;
    expect([row.estimated, row.promptTokens > 0, row.completionTokens]).toEqual([1, true, 0]);
  });

  test('a budget that the prompt alone may exceed is refused before a byte leaves', async () => {
    const key = await gateway.pass({ max_budget: 0.000_01 });
    const asked = gateway.upstream.journal.length;
    const response = await embed(key, { input: 'word '.repeat(10_000) });
    expect([response.status, await codeOf(response)]).toEqual([429, 'insufficient_quota']);
    expect(gateway.upstream.journal.length).toBe(asked);
  });

  test('fifty at once never spend more than the budget', async () => {
    const budget = (100 * PRICES.prompt) / 1e6;
    const key = await gateway.pass({ max_budget: budget });
    await Promise.all(Array.from({ length: 50 }, () => embed(key)));
    expect(await spentBy(key)).toBeLessThanOrEqual(budget);
  });
});

describe('what is refused', () => {
  const WRONG: [object, string][] = [
    [{ input: undefined }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [''] }, 'input.0'],
    [{ input: ['a', 1] }, 'input.1'],
    [{ input: [[1, -1]] }, 'input.0'],
    [{ input: [[1.5]] }, 'input.0'],
    [{ input: { text: 'x' } }, 'input'],
    [{ model: '' }, 'model'],
    [{ stream: true }, 'stream'],
    [{ input: Array.from({ length: INPUTS_MAX + 1 }, () => 'a') }, 'input'],
  ];
  test.each(WRONG)('%p', async (fields, param) => {
    const response = await embed(await gateway.pass(), fields);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'invalid_parameter', param } });
  });

  test('the bound itself is accepted', async () => {
    const input = Array.from({ length: INPUTS_MAX }, () => 'a');
    expect((await embed(await gateway.pass(), { input })).status).toBe(200);
  });

  test('a model whose channel speaks another format, by name', async () => {
    await gateway.addModel('claude', {}, { protocol: 'anthropic-messages' });
    const response = await embed(await gateway.pass(), { model: 'claude' });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('openai-embeddings');
  });

  test('an answer that is none is a broken upstream, and the prompt is charged', async () => {
    await gateway.addModel('odd', { rawBody: '{"data":"x"}' });
    const response = await embed(await gateway.pass(), { model: 'odd' });
    expect(response.status).toBe(502);
    expect((await gateway.calls()).at(-1)!.status).toBe('error');
  });

  test('outside class hours, over the rate and for a blocked pass as for any call', async () => {
    const closed = { access_schedule: { timezone: 'UTC', windows: [] } };
    const keys = [
      await gateway.pass({ permissions: closed }),
      await gateway.pass({ rpm_limit: 0 }),
      await gateway.pass({ blocked: true }),
      await gateway.pass({ models: ['other'] }),
    ];
    const statuses: number[] = [];
    for (const key of keys) statuses.push((await embed(key)).status);
    expect(statuses).toEqual([403, 429, 403, 403]);
  });
});
