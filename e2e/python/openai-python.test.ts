// The official OpenAI SDK for Python, unmodified, against a real listening server. TEST_PYTHON names a Python that
// has the `openai` package; `npm test` sets it up.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';

import { createGatewayApp, eventually, type GatewayApp } from '../../server/testing/gateway-app.ts';

const python = process.env.TEST_PYTHON;

let gateway: GatewayApp;
let results: Record<string, Record<string, unknown>>;

beforeAll(async () => {
  if (!python) throw new Error('TEST_PYTHON names no Python');
  gateway = await createGatewayApp();
  const url = await gateway.app.listen();
  await gateway.addModel('m');
  await gateway.addModel('slow', { wordDelayMs: 100, words: Array.from({ length: 50 }, () => ' word') });
  const keys = [
    await gateway.pass({ max_budget: 5 }),
    await gateway.pass({ rpm_limit: 1 }),
    await gateway.pass({ max_budget: 0 }),
  ];
  const child = Bun.spawn([python, join(import.meta.dir, 'openai_python.py'), `${url}/v1`, ...keys], {
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(errors);
  results = JSON.parse(output) as typeof results;
}, 60_000);
afterAll(() => gateway[Symbol.asyncDispose]());

describe('the OpenAI SDK for Python', () => {
  test('lists models', () => expect(results.models as unknown).toEqual(['m', 'slow']));

  test('chats', () => expect(results.chat).toEqual({ text: 'Hello from the scripted upstream.', total: 17 }));

  test('streams without and with usage', () => {
    expect(results.stream).toEqual({ text: 'Hello from the scripted upstream.', usages: [] });
    expect(results.stream_usage).toEqual({ text: 'Hello from the scripted upstream.', usages: [17] });
  });

  test('aborts, and what was delivered is charged', async () => {
    expect(results.aborted).toEqual({ words: 3 });
    const call = await eventually(async () =>
      (await gateway.calls()).findLast(({ model, state }) => model === 'slow' && state === 'settled'),
    );
    expect(call).toMatchObject({ status: 'cancelled', estimated: 1 });
  });

  test('knows a bad key and an unknown model', () => {
    expect(results.bad_key).toMatchObject({ type: 'AuthenticationError', code: 'invalid_api_key' });
    expect(results.unknown_model).toMatchObject({ type: 'NotFoundError', code: 'model_not_found' });
  });

  test('over the limit carries the wait; over budget is not tried again', () => {
    expect(results.over_limit).toMatchObject({ type: 'RateLimitError', code: 'rate_limit_exceeded' });
    expect(Number(results.over_limit!.retry_after)).toBeGreaterThan(0);
    expect(results.over_budget).toMatchObject({ type: 'RateLimitError', code: 'insufficient_quota' });
    expect(Number(results.over_budget!.seconds)).toBeLessThan(0.6);
  });
});
