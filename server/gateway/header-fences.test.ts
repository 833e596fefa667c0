// What may cross the gateway in headers: nothing of the client's to an upstream, nothing of an upstream's to a client.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let pass: string;

beforeAll(async () => {
  gateway = await createGatewayApp();
  pass = await gateway.pass({ max_budget: 5 });
});
afterAll(() => gateway[Symbol.asyncDispose]());

const UPSTREAM_ONLY = {
  'set-cookie': 'a=b',
  'content-security-policy': "default-src 'none'",
  'clear-site-data': '"*"',
  refresh: '0;url=http://evil.test/',
  link: '<http://evil.test/>; rel=preload',
  'strict-transport-security': 'max-age=99',
  'access-control-allow-origin': 'http://evil.test',
  'x-evil': '1',
};

test.each([true, false])('S30: an upstream’s headers are dropped (streaming: %p)', async (stream) => {
  await gateway.addModel(`s30 ${stream}`, { headers: UPSTREAM_ONLY });
  const { headers } = await gateway.chat(pass, { model: `s30 ${stream}`, stream });
  for (const [name, value] of Object.entries(UPSTREAM_ONLY)) expect(headers.get(name)).not.toBe(value);
});

test('S31: a client’s cookie, credential, forwarding and control headers never reach an upstream', async () => {
  await gateway.addModel('s31', {});
  const headers = {
    cookie: 'a=b',
    'x-api-key': 'client-key',
    'x-forwarded-for': '10.0.0.1',
    'x-forwarded-host': 'evil.test',
    forwarded: 'for=10.0.0.1',
    'x-real-ip': '10.0.0.1',
    'x-mock-status': '500',
    'openai-organization': 'org-1',
    'proxy-authorization': 'Basic eA==',
  };
  await gateway.chat(pass, { model: 's31' }, { headers });
  const sent = gateway.upstream.journal.at(-1)!.headers;
  for (const name of Object.keys(headers)) expect(sent).not.toHaveProperty(name);
  expect(sent.authorization).toBe('Bearer sk-upstream-secret');
  expect(JSON.stringify(sent)).not.toContain(pass);
});

test('S29: control characters in a model’s name, the user field and metadata make no header', async () => {
  await gateway.addModel('s29', {});
  const bad = 'x\r\nx-injected: 1';
  expect((await gateway.chat(pass, { model: bad })).status).toBe(400);
  await gateway.chat(pass, { model: 's29', user: bad, metadata: { a: bad } });
  expect(gateway.upstream.journal.at(-1)!.headers).not.toHaveProperty('x-injected');
});
