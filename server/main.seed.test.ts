// OPENAI_API_KEY in the environment of a real server: its first start makes a channel of it.
import { expect, test } from 'bun:test';

import { startScriptedUpstream } from './testing/scripted-upstream.ts';
import { createServerFolder, jsonInit, type ServerProcess } from './testing/server-process.ts';

const KEY = 'sk-canary-environment-0123456789';

async function modelsOf({ url }: ServerProcess): Promise<string[]> {
  const models = (await (await fetch(`${url}/api/chat/models`)).json()) as { id: string }[];
  return models.map(({ id }) => id);
}

async function until(holds: () => Promise<boolean> | boolean): Promise<void> {
  for (const deadline = performance.now() + 10_000; performance.now() < deadline; await Bun.sleep(20))
    if (await holds()) return;
  throw new Error('it did not come true within 10 s');
}

test('the first start imports it, the first question goes upstream with it, later starts do without', async () => {
  using upstream = startScriptedUpstream();
  upstream.script('seeded-model', { words: ['hi'] });
  await using folder = await createServerFolder();
  const first = await folder.start({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: upstream.baseUrl });
  await until(async () => (await modelsOf(first)).includes('seeded-model'));
  const question = { model: 'seeded-model', messages: [{ role: 'user', content: 'hello' }] };
  expect((await fetch(`${first.url}/api/chat/completions`, jsonInit(question))).status).toBe(200);
  expect(upstream.journal.map(({ headers }) => headers.authorization)).toEqual([`Bearer ${KEY}`]);
  first.kill('SIGTERM');
  expect(await first.exited).toBe(0);
  expect(first.output()).not.toContain(KEY);
  const second = await folder.start();
  expect(await modelsOf(second)).toEqual(['seeded-model']);
});

test('an upstream that cannot be reached delays neither the start nor the stop, and leaves no trace', async () => {
  await using folder = await createServerFolder();
  const silent = Bun.serve({ hostname: '127.0.0.1', port: 0, fetch: () => new Promise<Response>(() => {}) });
  try {
    const server = await folder.start({ OPENAI_API_KEY: KEY, OPENAI_BASE_URL: `http://127.0.0.1:${silent.port}/v1` });
    expect(await modelsOf(server)).toEqual(['hallpass-demo']);
    server.kill('SIGTERM');
    expect(await server.exited).toBe(0);
    expect(server.output()).not.toContain('"level":"warn"');
    expect(server.output()).not.toContain(KEY);
  } finally {
    await silent.stop(true);
  }
});
