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
       if (text === 'says no') return false;
       if (text === 'says text') return 'refused';
       if (text === 'says number') return { refuse: 42 };
       if (text === 'says blank') return { refuse: '' };
       if (text === 'too big') body.seed = 1n;
       if (text === 'circle') body.metadata = { body };
       if (text === 'cheaper') body.model = 'small';
       if (text === 'forbidden model') body.model = 'secret';
       if (text === 'no such model') body.model = 'nothing';
       if (text === 'later') setTimeout(() => { body.messages.push({ role: 'user', content: 'smuggled' }); }, 0);
       if (text === 'longer') body.messages.unshift({ role: 'system', content: 'Give hints only. '.repeat(200) });
     };`,
  );
  gateway = await createGatewayApp({ HOOKS_PATH: folder });
  for (const model of ['m', 'small', 'secret']) await gateway.addModel(model, { headDelayMs: 5 });
  key = await gateway.pass({ max_budget: 5, models: ['m', 'small'] });
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

  test.each(['says no', 'says text', 'says number', 'says blank', 'too big', 'circle'])(
    'that %s gives no verdict: the call is refused, nothing is sent or charged',
    async (text) => {
      const [sent, rows] = [gateway.upstream.journal.length, (await gateway.calls()).length];
      expect(await ask(text)).toMatchObject({ status: 503, body: { error: { code: 'server_busy' } } });
      expect(gateway.upstream.journal.length).toBe(sent);
      expect((await gateway.calls()).length).toBe(rows);
    },
  );

  test('that changes the model changes where it goes, within what the pass may use', async () => {
    expect((await ask('cheaper')).status).toBe(200);
    expect(gateway.upstream.journal.at(-1)!.model).toBe('small');
    expect((await gateway.calls()).at(-1)!.model).toBe('small');
    expect((await ask('forbidden model')).body.error?.code).toBe('model_not_allowed');
    expect((await ask('no such model')).body.error?.code).toBe('model_not_found');
  });

  test('cannot change what was measured once it has answered', async () => {
    await ask('later');
    expect(gateway.upstream.journal.at(-1)!.body.messages).toHaveLength(1);
  });
});
