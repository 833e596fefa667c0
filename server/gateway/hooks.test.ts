import { afterAll, beforeAll, describe, expect, test } from 'bun:test';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

let gateway: GatewayApp;
let folder: string;
let key: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hallpass-hooks-'));
  await writeFile(
    join(folder, 'a-rule.ts'),
    `export const preCall = async ({ body, now }: { body: any; now: Date }) => {
       const text = body.messages.at(-1).content;
       if (text === 'forbidden') return { refuse: 'Not this word.' };
       if (text === 'broken') throw new Error('oops');
       if (text === 'wrong') body.messages = 'no list';
       if (text === 'longer') body.messages.unshift({ role: 'system', content: 'Give hints only. '.repeat(200) });
     };`,
  );
  gateway = await createGatewayApp({ HOOKS_PATH: folder });
  await gateway.addModel('m');
  key = await gateway.pass({ max_budget: 5 });
});
afterAll(async () => {
  await gateway[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

const ask = async (content: string) => {
  const response = await gateway.chat(key, { messages: [{ role: 'user', content }] });
  return { status: response.status, body: (await response.json()) as { error?: { code: string; message: string } } };
};

describe('a preCall hook', () => {
  test('lets a call pass', async () => {
    expect((await ask('fine')).status).toBe(200);
  });

  test('refuses with its own sentence, and nothing is sent', async () => {
    const before = gateway.upstream.journal.length;
    expect(await ask('forbidden')).toMatchObject({
      status: 403,
      body: { error: { code: 'request_refused', message: 'Not this word.' } },
    });
    expect(gateway.upstream.journal.length).toBe(before);
  });

  test('that changes the prompt changes what is sent and what is held', async () => {
    await ask('fine');
    const plain = (await gateway.calls()).at(-1)!.heldNanos;
    await ask('longer');
    expect(gateway.upstream.journal.at(-1)!.body.messages).toHaveLength(2);
    expect((await gateway.calls()).at(-1)!.heldNanos).toBeGreaterThan(plain + 3_000 * 2_000);
  });

  test('that leaves an unusable request is refused by name', async () => {
    expect(await ask('wrong')).toMatchObject({ status: 400, body: { error: { code: 'invalid_parameter' } } });
  });

  test('that fails refuses the call: a rule that cannot be checked is not passed', async () => {
    expect(await ask('broken')).toMatchObject({ status: 503, body: { error: { code: 'server_busy' } } });
  });
});
