// Answers of a hundred thousand levels: refused before they are written again, which would hold everyone up for seconds.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import {
  answer,
  type Fault,
  type FaultUpstream,
  GOOD_BODY,
  GOOD_EVENTS,
  startFaultUpstream,
  stream,
} from '../testing/fault-upstream.ts';
import { createGatewayApp, eventsOf, type GatewayApp, PRICES } from '../testing/gateway-app.ts';

const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const EVENT = `data: {"choices":[{"index":0,"delta":{"content":${DEEP}}}]}\n\n`;

let gateway: GatewayApp;
let key: string;
let faulty: FaultUpstream;

beforeAll(async () => {
  gateway = await createGatewayApp();
  key = await gateway.pass({ max_budget: 50 });
  faulty = await startFaultUpstream();
});
afterAll(async () => {
  faulty[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

async function ask(model: string, fault: Fault, streamed: boolean): Promise<Response> {
  faulty.fault(model, fault);
  const models = [{ name: model, upstream_model: model, prices: PRICES }];
  await gateway.addModel(model, {}, { base_url: faulty.baseUrl, models });
  return gateway.chat(key, { model, stream: streamed });
}

test.each([
  ['whole', answer(200, GOOD_BODY.replace('"all well"', DEEP)), false],
  ['the first event', stream([EVENT]), true],
])('%s: 502, nothing charged', async (name, fault, streamed) => {
  const response = await ask(name, fault, streamed);
  expect([response.status, (await response.json()).error.code]).toEqual([502, 'upstream_error']);
  expect((await gateway.calls()).at(-1)).toMatchObject({ status: 'error', costNanos: 0 });
});

test('a later event: the stream ends with an error, the delivered part charged', async () => {
  const response = await ask('later', stream([...GOOD_EVENTS.slice(0, 2), EVENT]), true);
  const events = eventsOf(await response.text());
  expect(events.at(-1)).toContain('stream_cut');
  expect((await gateway.calls()).at(-1)).toMatchObject({ status: 'cut', estimated: 1, completionTokens: 2 });
});
