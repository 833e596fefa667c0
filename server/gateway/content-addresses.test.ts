// S25: addresses in content reach no upstream when they lead into this network.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { refusePrivateAddresses } from './content-addresses.ts';

const INSIDE = [
  'http://169.254.169.254/latest/meta-data',
  'http://metadata.google.internal/',
  'http://127.0.0.1:8000/api',
  'http://localhost/x.png',
  'https://10.1.2.3/x.png',
  'http://0x7f.1/x.png',
  'http://2130706433/x.png',
  'http://[::1]/x.png',
  'http://[::ffff:192.168.0.1]/x.png',
  'http://100.64.0.1/x.png',
  'http://nas.local/x.png',
  'http://printer/x.png',
  'HTTP://LOCALHOST./x.png',
  'http://pictures.example\\@169.254.169.254/x.png',
  'http://user@pictures.example/x.png',
  'http://pictures.example/\t@127.0.0.1',
  'file:///etc/passwd',
];
const OUTSIDE = [
  'https://pictures.example/a.png',
  'http://8.8.8.8/a.png',
  'data:image/png;base64,AAAA',
  'gs://b/a',
  'x',
];

const SHAPES: Record<string, (url: string) => Record<string, unknown>> = {
  'a picture of a chat': (url) => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  }),
  'a picture as plain text': (url) => ({
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: url }] }],
  }),
  'a film': (url) => ({ messages: [{ role: 'user', content: [{ type: 'video_url', video_url: { url } }] }] }),
  'a picture of Messages': (url) => ({
    messages: [{ role: 'user', content: [{ type: 'image', source: { type: 'url', url } }] }],
  }),
  'a picture in a tool’s result': (url) => ({
    messages: [
      { role: 'user', content: [{ type: 'tool_result', content: [{ type: 'image', source: { type: 'url', url } }] }] },
    ],
  }),
  'a file of Responses': (url) => ({ input: [{ role: 'user', content: [{ type: 'input_file', file_url: url }] }] }),
  'an output of Responses': (url) => ({
    input: [{ type: 'function_call_output', output: [{ type: 'input_image', image_url: url }] }],
  }),
  'a picture to edit': (image) => ({ image }),
  'pictures to edit': (url) => ({ images: [{ image_url: url }] }),
};

test.each(Object.entries(SHAPES))('%s', (_, shape) => {
  for (const url of INSIDE)
    expect(() => refusePrivateAddresses({ fields: shape(url) })).toThrow('content_address_forbidden');
  for (const url of OUTSIDE) refusePrivateAddresses({ fields: shape(url) });
});

test('what a tool is called with, what is written and what a schema says may name any address', () => {
  const url = 'http://localhost:3000/';
  refusePrivateAddresses({
    fields: {
      messages: [
        { role: 'user', content: `see ${url}` },
        { role: 'user', content: [{ type: 'text', text: url, url }] },
        { role: 'assistant', content: [{ type: 'tool_use', input: { type: 'image', url } }] },
        { role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: JSON.stringify({ url }) } }] },
      ],
      input: [{ type: 'web_search_call', action: { type: 'open_page', url } }],
      tools: [{ type: 'function', function: { parameters: { properties: { url: { default: url } } } } }],
    },
  });
});

let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
});
afterAll(() => gateway[Symbol.asyncDispose]());

test('is refused before anything is sent, in the caller’s language, with the address named', async () => {
  const content = [{ type: 'image_url', image_url: { url: 'http://169.254.169.254/latest' } }];
  const response = await gateway.chat(await gateway.pass(), { messages: [{ role: 'user', content }] });
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  expect(error.code).toBe('content_address_forbidden');
  expect(error.message).toContain('169.254.169.254');
  expect(gateway.upstream.journal).toHaveLength(0);
});
