// The official Anthropic SDK for Python, unmodified, against a real listening server and upstreams of each format:
// hello, one tool, a stream, an error. TEST_PYTHON names a Python that has the `anthropic` package; `npm test` sets it up.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { join } from 'node:path';

import { createGatewayApp, type GatewayApp } from '../../server/testing/gateway-app.ts';
import { startToolUpstreams, type ToolUpstreams } from '../../server/testing/tool-upstreams.ts';

const python = process.env.TEST_PYTHON;
const PROTOCOLS = { chat: 'openai-chat', messages: 'anthropic-messages', responses: 'openai-responses' };
const MODELS = Object.keys(PROTOCOLS);

let gateway: GatewayApp;
let upstreams: ToolUpstreams;
let results: Record<string, Record<string, Record<string, unknown>>>;

beforeAll(async () => {
  if (!python) throw new Error('TEST_PYTHON names no Python');
  gateway = await createGatewayApp();
  upstreams = startToolUpstreams();
  for (const [name, protocol] of Object.entries(PROTOCOLS))
    await gateway.addModel(name, {}, { base_url: upstreams.baseUrl, protocol });
  const url = await gateway.app.listen();
  const key = await gateway.pass({ max_budget: 5 });
  const child = Bun.spawn([python, join(import.meta.dir, 'anthropic_python.py'), url, key, ...MODELS], {
    stderr: 'pipe',
  });
  const [output, errors] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  if ((await child.exited) !== 0) throw new Error(errors);
  results = JSON.parse(output) as typeof results;
}, 60_000);
afterAll(async () => {
  upstreams[Symbol.dispose]();
  await gateway[Symbol.asyncDispose]();
});

describe.each(MODELS)('the Anthropic SDK for Python against an upstream of %s', (model) => {
  test('says hello', () =>
    expect(results[model]!.hello).toEqual({ text: 'Hello!', stop: 'end_turn', model, tokens: [11, 5] }));

  test('streams', () => {
    expect(results[model]!.stream).toMatchObject({ text: 'Hello!', tokens: 5 });
    expect(Number(results[model]!.stream!.pieces)).toBeGreaterThan(1);
  });

  test('calls a tool and reads its result', () =>
    expect(results[model]!.tool).toEqual({
      name: 'weather',
      input: { city: 'Bern' },
      stop: 'tool_use',
      text: 'The tool said: sunny',
    }));

  test('knows an error before the stream, in it, and a bad key', () => {
    expect(results[model]!.error).toMatchObject({ type: 'BadRequestError', status: 400, body: { type: 'error' } });
    expect(results[model]!.broken!.type).toMatch(/Error$/);
    expect(results[model]!.bad_key).toMatchObject({ type: 'AuthenticationError', status: 401 });
  });
});
