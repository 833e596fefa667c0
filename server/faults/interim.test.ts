// Interim answers (1xx) of an upstream: passed over in front of an answer, bounded where none follows. The matrix has a
// flood that ends without one.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import net from 'node:net';

import {
  answer,
  type Fault,
  type FaultUpstream,
  flood,
  GOOD_BODY,
  startFaultUpstream,
} from '../testing/fault-upstream.ts';
import { createGatewayApp, eventually, type GatewayApp, PRICES } from '../testing/gateway-app.ts';

const INTERIM = 'HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n'.repeat(1_000);

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

async function addFaulty(model: string, fault: Fault): Promise<void> {
  faulty.fault(model, fault);
  const options = { first_byte_timeout_ms: 1_000, stall_timeout_ms: 1_000 };
  const models = [{ name: model, upstream_model: model, prices: PRICES }];
  await gateway.addModel(model, {}, { base_url: faulty.baseUrl, models, options });
}

test('a thousand in front of an answer: the answer, charged as it reports', async () => {
  await addFaulty('hinted', (socket, request) => {
    socket.write(INTERIM);
    answer(200, GOOD_BODY)(socket, request);
  });
  const response = await gateway.chat(key, { model: 'hinted' });
  expect([response.status, (await response.json()).choices[0].message.content]).toEqual([200, 'all well']);
  expect((await gateway.calls()).at(-1)).toMatchObject({ costNanos: 11 * 2_000 + 2 * 8_000, estimated: 0 });
});

test.each([true, false])('without end: the first byte’s time, twice, memory flat (stream: %p)', async (stream) => {
  await addFaulty('endless', flood('', INTERIM));
  const rss = process.memoryUsage().rss;
  const response = await gateway.chat(key, { model: 'endless', stream });
  expect([response.status, (await response.json()).error.code]).toEqual([504, 'upstream_timeout']);
  const { id } = (await gateway.calls()).at(-1)!;
  const attempts = (await gateway.attempts()).filter(({ callId }) => callId === id);
  expect(attempts.map(({ status }) => status)).toEqual(['timeout', 'timeout']);
  await eventually(async () => faulty.open === 0);
  expect(process.memoryUsage().rss - rss).toBeLessThan(100 * 1024 * 1024);
});

// The matrix wants nothing charged for a flood, and the prompt for a connection that closes. We charge the prompt for both:
// the day this fails, the runtime tells them apart, and `failureOfError` can.
test('Bun tells a flood that ends from a bare close by nothing at all', async () => {
  const whatIsThrown = async (bytes: string) => {
    using server = rawServer(bytes);
    const url = `http://127.0.0.1:${await server.port}/`;
    const error = await fetch(url, { method: 'POST', body: 'x' }).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).toBeInstanceOf(Error);
    const {
      stack: _,
      path: __,
      ...rest
    } = Object.fromEntries(
      Object.getOwnPropertyNames(error).map((name) => [name, String(error![name as keyof Error])]),
    );
    return rest;
  };
  expect(await whatIsThrown(INTERIM)).toEqual(await whatIsThrown(''));
});

function rawServer(bytes: string): Disposable & { port: Promise<number> } {
  const server = net.createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(bytes));
  });
  const port = new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as net.AddressInfo).port));
  });
  return { port, [Symbol.dispose]: () => void server.close() };
}
