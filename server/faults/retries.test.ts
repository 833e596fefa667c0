// R11: retries are bounded, for one call and for all of them together.
import { expect, test } from 'bun:test';

import { createGatewayApp, PRICES } from '../testing/gateway-app.ts';

test('R11: a primary that always fails, under load: three tries a call at most, retries a fifth of the calls under way', async () => {
  await using gateway = await createGatewayApp();
  const pass = await gateway.pass({ max_budget: 100 });
  for (const priority of [1, 2, 3, 4]) {
    gateway.upstream.script(`bad ${priority}`, { status: 500, headDelayMs: 20 });
    const models = [{ name: 'm', upstream_model: `bad ${priority}`, prices: PRICES, priority }];
    await gateway.addModel('m', {}, { name: `bad ${priority}`, models });
  }
  const { health } = gateway.app.ctx.gateway;
  let [active, retrying, mostRetries] = [0, 0, 0];
  const spy = { tryRetry: health.tryRetry.bind(health), retryEnded: health.retryEnded.bind(health) };
  health.tryRetry = () => {
    const granted = spy.tryRetry();
    // Measured when one begins: later the calls under way may become fewer.
    if (granted) mostRetries = Math.max(mostRetries, (retrying += 1) - Math.max(3, active * 0.2));
    return granted;
  };
  health.retryEnded = () => {
    retrying -= 1;
    spy.retryEnded();
  };
  const ask = async () => {
    active += 1;
    const { status } = await gateway.chat(pass, {});
    active -= 1;
    return status;
  };
  const statuses = await Promise.all(Array.from({ length: 100 }, ask));
  expect(new Set(statuses)).toEqual(new Set([502]));
  // A share that is no whole number is rounded up.
  expect(mostRetries).toBeLessThan(1);
  const perCall = Map.groupBy(await gateway.attempts(), ({ callId }) => callId);
  expect(Math.max(...[...perCall.values()].map((tries) => tries.length))).toBeLessThanOrEqual(3);
  expect(gateway.upstream.journal.length).toBe((await gateway.attempts()).length);
  // 100 first tries, and far fewer retries than the 200 that three tries each would be.
  expect(gateway.upstream.journal.length).toBeLessThan(100 + 60);
});
