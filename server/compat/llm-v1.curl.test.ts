// The examples of requirement 003 run as written: from the document's text, with only host, token, key and id put in.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { join } from 'node:path';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';

let gateway: GatewayApp;
let origin: string;
let token: string;
let blocks: { kind: string; text: string }[];

beforeAll(async () => {
  gateway = await createGatewayApp();
  origin = await gateway.app.listen();
  ({ token } = await signInAs(gateway.app.ctx, 'user'));
  const document = await Bun.file(join(import.meta.dir, 'testing', 'requirement-003.md')).text();
  blocks = [...document.matchAll(/```(\w*)\n([\s\S]*?)```/g)].map(([, kind, text]) => ({ kind: kind!, text: text! }));
});
afterAll(() => gateway[Symbol.asyncDispose]());

/** Host, tokens, the messages the document leaves out and the id it cannot know; nothing else. */
function filled(text: string, id = ''): string {
  return text
    .replaceAll('http://localhost:8080', origin)
    .replaceAll('https://api.openai.com/v1', gateway.upstream.baseUrl)
    .replaceAll('{admin_token}', gateway.admin)
    .replaceAll('{token}', token)
    .replaceAll('{id}', id)
    .replaceAll('[...]', '[{"role": "user", "content": "hi"}]');
}

const example = (start: string) => blocks.find(({ text }) => text.startsWith(start))!.text;

async function request(start: string, id?: string): Promise<Response> {
  const [head = '', ...rest] = filled(example(start), id).trim().split('\n\n');
  const [first = '', ...lines] = head.split('\n');
  const [method = '', path = ''] = first.split(' ');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  const body = rest.join('\n\n');
  return fetch(origin + path, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body } : {}),
  });
}

async function json(response: Response): Promise<Record<string, unknown>> {
  expect([response.url, response.ok]).toEqual([response.url, true]);
  return (await response.json()) as Record<string, unknown>;
}

async function curl(command: string): Promise<Record<string, unknown>> {
  const process = Bun.spawn(['bash', '-c', command.replace(/^curl/, 'curl --silent --max-time 10')], {
    stdout: 'pipe',
  });
  return JSON.parse(await new Response(process.stdout).text()) as Record<string, unknown>;
}

test('the administrator adds, lists, changes and removes a model; the user chats, lists and sees what was used', async () => {
  const made = await json(await request('POST /api/v1/llm-models'));
  const streamed = await request('POST /api/v1/llm/chat');
  expect(await streamed.text()).toEndWith('data: [DONE]\n\n');
  expect(gateway.upstream.journal[0]!.headers.authorization).toBe('Bearer sk-xxx');
  expect((await json(await request('GET /api/v1/llm/models'))).data).toMatchObject([{ model_id: 'gpt-4-turbo' }]);
  expect(await json(await request('GET /api/v1/llm/usage'))).toMatchObject({
    calls: 1,
    models: [{ model: 'gpt-4-turbo' }],
  });
  expect((await json(await request('GET /api/v1/llm-models?'))).data).toMatchObject([{ id: made.id }]);
  expect(await json(await request('PUT', String(made.id)))).toMatchObject({ id: made.id, status: 'disabled' });
  expect((await json(await request('GET /api/v1/llm-models?'))).total).toBe(0);
  expect(await json(await request('DELETE', String(made.id)))).toMatchObject({ deleted: true });
});

test('the curl command of the guide runs in a shell', async () => {
  const reply = await curl(filled(blocks.find(({ kind }) => kind === 'bash')!.text));
  expect(reply).toMatchObject({ model_id: 'gpt-4-turbo', type: '生文', status: 'enabled', supports_vision: true });
  expect(JSON.stringify(reply)).not.toContain('sk-your-api-key');
});
