import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { createGatewayApp, eventsOf, eventually, type GatewayApp } from '../testing/gateway-app.ts';

interface Answered {
  choices: { delta?: Record<string, string>; message?: Record<string, string> }[];
}

let gateway: GatewayApp;
let key: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m', { reasoning: ['let me', ' think'] });
  key = await gateway.pass({ max_budget: 5, key_alias: 'seat 7' });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const lastCall = async () => (await gateway.calls()).at(-1)!;
const lastAttempt = async () => (await gateway.attempts()).at(-1)!;

describe('a good answer', () => {
  test('whole: the body, one settled row and one attempt with the exact cost', async () => {
    const response = await gateway.chat(key);
    expect(response.status).toBe(200);
    const body = (await response.json()) as { choices: { message: Record<string, string> }[]; usage: object };
    expect(body.choices[0]!.message).toMatchObject({
      content: 'Hello from the scripted upstream.',
      reasoning_content: 'let me think',
      reasoning: 'let me think',
    });
    const call = await lastCall();
    // 11 prompt tokens at $2 and 6 completion tokens at $8 a million.
    expect(call).toMatchObject({
      state: 'settled',
      status: 'success',
      passName: 'seat 7',
      model: 'm',
      promptTokens: 11,
      completionTokens: 6,
      costNanos: 11 * 2_000 + 6 * 8_000,
      estimated: 0,
      overHold: 0,
      stream: 0,
      channelName: 'channel of m',
    });
    expect(call.heldNanos).toBeGreaterThan(call.costNanos);
    expect(await lastAttempt()).toMatchObject({
      callId: call.id,
      status: 'ok',
      httpStatus: 200,
      costNanos: call.costNanos,
    });
    expect(response.headers.get('x-hallpass-call-id')).toBe(call.id);
    expect(response.headers.get('x-request-id')).toBe(call.requestId);
  });

  test('streamed: role first, text, finish, [DONE]; no usage unasked; settled before the last byte (C01–C09)', async () => {
    const response = await gateway.chat(key, { stream: true });
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(response.headers.get('x-accel-buffering')).toBe('no');
    const events = eventsOf(await response.text());
    expect(events.at(-1)).toBe('[DONE]');
    expect(events.filter((event) => event === '[DONE]')).toHaveLength(1);
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event) as Record<string, never>);
    expect(chunks.every((chunk) => !('usage' in chunk))).toBe(true);
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1);
    expect(chunks[0]).toMatchObject({ choices: [{ delta: { role: 'assistant' }, finish_reason: null }] });
    expect(chunks.at(-1)).toMatchObject({ choices: [{ delta: {}, finish_reason: 'stop' }] });
    expect(await lastCall()).toMatchObject({
      state: 'settled',
      status: 'success',
      stream: 1,
      costNanos: 11 * 2_000 + 6 * 8_000,
    });
  });

  test('usage is asked upstream always, and shown as the last chunk to a client that asks', async () => {
    const response = await gateway.chat(key, { stream: true, stream_options: { include_usage: true } });
    const events = eventsOf(await response.text());
    const usage = JSON.parse(events.at(-2)!) as object;
    expect(usage).toMatchObject({ choices: [], usage: { prompt_tokens: 11, completion_tokens: 6 } });
    expect(JSON.parse(events.at(-3)!)).toMatchObject({ choices: [{ finish_reason: 'stop' }], usage: null });
    await gateway.chat(key, { stream: true }).then((plain) => plain.text());
    expect(gateway.upstream.journal.at(-1)!.body.stream_options).toEqual({ include_usage: true });
  });

  test.each([false, true])('reasoning between tags is told apart and billed once (stream: %p)', async (stream) => {
    const words = ['<th', 'ink>why', ' not</thi', 'nk>', 'yes'];
    await gateway.addModel('thinks', { words }, { options: { think_tags: true } });
    const text = await (await gateway.chat(key, { model: 'thinks', stream })).text();
    const messages = stream
      ? eventsOf(text)
          .slice(0, -1)
          .map((data) => (JSON.parse(data) as Answered).choices[0]!.delta!)
      : [(JSON.parse(text) as Answered).choices[0]!.message!];
    const all = (name: string) => messages.map((message) => message[name] ?? '').join('');
    expect([all('content'), all('reasoning'), all('reasoning_content')]).toEqual(['yes', 'why not', 'why not']);
    expect((await lastCall()).costNanos).toBe(11 * 2_000 + words.length * 8_000);
  });

  test('no network write cuts an event', async () => {
    const response = await gateway.chat(key, { stream: true });
    const decoder = new TextDecoder();
    for await (const part of response.body!) expect(decoder.decode(part)).toMatch(/^(data: [^\n]+\n\n)+$/);
  });

  test.each(['/v1/chat/completions', '/chat/completions', '/api/chat/completions'])('answers at %s', async (path) => {
    expect((await gateway.chat(key, {}, { path })).status).toBe(200);
    expect((await lastCall()).endpoint).toBe(path);
  });

  test('with a budget the output is bounded upstream, without one the body goes untouched', async () => {
    await gateway.chat(key, { temperature: 0.5, seed: 7, vendor_field: { a: [1] } });
    expect(gateway.upstream.journal.at(-1)!.body).toMatchObject({
      max_tokens: 4_096,
      temperature: 0.5,
      seed: 7,
      vendor_field: { a: [1] },
    });
    const free = await gateway.pass();
    await gateway.chat(free, { max_completion_tokens: 77 });
    const { body } = gateway.upstream.journal.at(-1)!;
    expect(body).toEqual({ model: 'm', messages: [{ role: 'user', content: 'hi' }], max_completion_tokens: 77 });
    expect((await lastCall()).heldNanos).toBe(0);
    expect((await lastCall()).costNanos).toBe(11 * 2_000 + 6 * 8_000);
  });

  test('the client’s own smaller cap stays', async () => {
    await gateway.chat(key, { max_tokens: 9 });
    expect(gateway.upstream.journal.at(-1)!.body.max_tokens).toBe(9);
  });

  test('neither the caller’s credentials nor its cookies travel upstream (S31)', async () => {
    await gateway.chat(key, {}, { headers: { cookie: 'a=b', 'x-forwarded-for': '1.2.3.4', 'x-api-key': key } });
    const { headers } = gateway.upstream.journal.at(-1)!;
    expect(headers.authorization).toBe('Bearer sk-upstream-secret');
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('x-api-key');
    expect(JSON.stringify(headers)).not.toContain('1.2.3.4');
  });

  test('a missing usage is estimated by the tokenizer and flagged', async () => {
    await gateway.addModel('no-usage', { usage: null });
    for (const stream of [false, true]) {
      // The tokenizer is loaded at the first need; until then a quicker estimate stands in for it.
      const call = await eventually(async () => {
        await (await gateway.chat(key, { model: 'no-usage', stream })).text();
        const row = await lastCall();
        expect(row).toMatchObject({ estimated: 1, status: 'success' });
        return row.completionTokens === 6 && row;
      }, 10_000);
      expect(call.promptTokens).toBeGreaterThan(0);
      expect(call.costNanos).toBe(call.promptTokens * 2_000 + 6 * 8_000);
    }
  }, 30_000);

  test('usage beyond the hold: the hold is charged, the figure kept, flagged', async () => {
    await gateway.addModel('greedy', { usage: { prompt_tokens: 1_000_000, completion_tokens: 1_000_000 } });
    await gateway.chat(key, { model: 'greedy', max_tokens: 20 });
    const call = await lastCall();
    expect(call.overHold).toBe(1);
    expect(call.costNanos).toBe(call.heldNanos);
    expect(call.reportedNanos).toBe(2_000_000_000 + 8_000_000_000);
  });

  test('an unpriced model is free for a pass without a budget, and its row says so', async () => {
    await gateway.addModel('unpriced-xyz', {}, { prices: null, base_url: gateway.upstream.baseUrl });
    const free = await gateway.pass();
    const response = await gateway.chat(free, { model: 'unpriced-xyz' });
    expect(response.status).toBe(200);
    expect((await lastCall()).costNanos).toBe(0);
  });

  test('the alias a caller has for a model is what it sees in the answer', async () => {
    const aliased = await gateway.pass({ aliases: { 'class-model': 'm' } });
    const whole = (await (await gateway.chat(aliased, { model: 'class-model' })).json()) as { model: string };
    expect(whole.model).toBe('m');
  });

  test('an upstream’s own name never shows', async () => {
    gateway.upstream.script('secret-upstream-name', {});
    await gateway.addModel(
      'public-name',
      {},
      {
        models: [{ name: 'public-name', upstream_model: 'secret-upstream-name', prices: { prompt: 1, completion: 1 } }],
      },
    );
    for (const stream of [false, true]) {
      const text = await (await gateway.chat(key, { model: 'public-name', stream })).text();
      expect(text).not.toContain('secret-upstream-name');
      expect(text).toContain('public-name');
    }
  });

  test('rate headers say what is left', async () => {
    const limited = await gateway.pass({ rpm_limit: 10, tpm_limit: 50_000 });
    const response = await gateway.chat(limited);
    expect(response.headers.get('x-ratelimit-limit-requests')).toBe('10');
    expect(response.headers.get('x-ratelimit-remaining-requests')).toBe('9');
    expect(response.headers.get('x-ratelimit-reset-requests')).toMatch(/^\d+(ms|s)$|^\d+m\d+s$/);
    expect(response.headers.get('x-ratelimit-limit-tokens')).toBe('50000');
  });
});
