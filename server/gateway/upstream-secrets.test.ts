// S55 and S58 at the gateway: an upstream that repeats our key, its address and its own model name in every way it
// can. None of it may reach a caller, a row or the log.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import type { UpstreamScript } from '../testing/scripted-upstream.ts';
import { createGatewayApp, eventually, type GatewayApp } from '../testing/gateway-app.ts';

/** No vendor's prefix to know it by, and characters that mean something to a pattern. */
const SECRET = 'AIzaCanary+9f(x)$&.Zz_0123';
const OWN_NAME = 'vendor-internal-name-v7';

let gateway: GatewayApp;
let host: string;
let pass: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  ({ host } = new URL(gateway.upstream.baseUrl));
  pass = await gateway.pass();
});
afterAll(() => gateway[Symbol.asyncDispose]());

const gossip = () => `no: key ${SECRET}, host ${host}, model ${OWN_NAME}, at /srv/app/index.js:12 (http://${host}/v1)`;
const body = (error: unknown) => JSON.stringify({ error });

const WAYS: Record<string, () => UpstreamScript> = {
  'a 400 with an object': () => ({ status: 400, rawBody: body({ message: gossip(), type: gossip(), code: gossip() }) }),
  'a 400 with a text': () => ({ status: 400, rawBody: body(gossip()) }),
  'a 404 with detail': () => ({ status: 404, rawBody: JSON.stringify({ detail: gossip() }) }),
  'a 401': () => ({ status: 401, rawBody: body({ message: gossip() }) }),
  'a 403': () => ({ status: 403, rawBody: JSON.stringify({ message: gossip() }) }),
  'a 429': () => ({ status: 429, rawBody: body({ message: gossip() }) }),
  'a 500 that is a page': () => ({ status: 500, rawBody: `<pre>${gossip()}</pre>` }),
  'a 302': () => ({ status: 302, headers: { location: `http://${host}/?key=${encodeURIComponent(SECRET)}` } }),
  'a 200 that is no answer': () => ({ rawBody: gossip() }),
  'a 200 that is an error': () => ({ rawBody: body({ message: gossip() }) }),
  'an error as the first event': () => ({
    rawBody: `data: ${body({ message: gossip() })}\n\n`,
    headers: { 'content-type': 'text/event-stream' },
  }),
  'an error after the first words': () => ({
    rawBody: `data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: ${body({ message: gossip() })}\n\n`,
    headers: { 'content-type': 'text/event-stream' },
  }),
  'an event that is not JSON': () => ({
    rawBody: `data: {"choices":[{"index":0,"delta":{"content":"hi"}}]}\n\ndata: ${gossip()}\n\n`,
    headers: { 'content-type': 'text/event-stream' },
  }),
};

function expectNothingOf(text: string, where: string): void {
  for (const inside of [SECRET, encodeURIComponent(SECRET), host, OWN_NAME])
    expect([where, inside, text.includes(inside)]).toEqual([where, inside, false]);
}

test.each(Object.entries(WAYS))('%s tells callers nothing of it', async (way, script) => {
  const model = `m ${way}`;
  await gateway.addModel(OWN_NAME, script(), {
    name: way,
    api_key: SECRET,
    model_id: undefined,
    prices: undefined,
    models: [{ name: model, upstream_model: OWN_NAME, prices: { prompt: 1, completion: 1 } }],
  });
  const before = gateway.upstream.journal.length;
  for (const path of ['/v1/chat/completions', '/api/chat/completions'])
    for (const stream of [true, false])
      for (const language of ['zh-CN', 'en']) {
        const response = await gateway.chat(
          pass,
          { model, stream },
          { path, headers: { 'accept-language': language } },
        );
        expectNothingOf(JSON.stringify([...response.headers]), 'headers');
        expectNothingOf(await response.text(), 'the answer');
      }
  // The control: the upstream was asked, with the secret.
  expect(gateway.upstream.journal.slice(before).map(({ headers }) => headers.authorization)).toContain(
    `Bearer ${SECRET}`,
  );
});

test('what was refused keeps its reason, under the name the caller knows', async () => {
  const way = 'a 400 with an object';
  const model = `m ${way}`;
  gateway.upstream.script(OWN_NAME, WAYS[way]!());
  const response = await gateway.chat(pass, { model }, { headers: { 'accept-language': 'en' } });
  const { error } = (await response.json()) as { error: { message: string } };
  expect(error.message).toContain(`no: key …, host …, model ${model}`);
});

test('nor is it in any row but the sealed one, nor in the log', async () => {
  const { db } = gateway.app.ctx;
  const disabled = () => db.selectFrom('channelKeys').selectAll().where('lastError', 'is not', null).execute();
  await eventually(async () => (await disabled()).length >= 2);
  expectNothingOf(JSON.stringify((await disabled()).map(({ lastError }) => lastError)), 'lastError');
  expectNothingOf(JSON.stringify(await gateway.calls()), 'calls');
  // An attempt names the upstream's model, for the administrator.
  expect(JSON.stringify(await gateway.attempts())).not.toContain(SECRET);
  expect(JSON.stringify(await db.selectFrom('audit').selectAll().execute())).not.toContain(SECRET);
  expect(JSON.stringify(gateway.app.logs)).not.toContain(SECRET);
});
