// What belongs to somebody is nobody else's: not to read, not to change, not to count.
import { afterAll, beforeAll, describe, expect, test } from 'bun:test';

import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { signInAs } from '../testing/people.ts';

let gateway: GatewayApp;
let ann: string;
let ben: string;
let agent: string;
beforeAll(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  [ann, ben] = [(await signInAs(gateway.app.ctx, 'student')).token, (await signInAs(gateway.app.ctx, 'student')).token];
  const made = await request('POST', '/api/v1/llm/agents', ann, { name: 'mine', model: 'm' });
  expect(made.status).toBe(201);
  agent = ((await made.json()) as { id: string }).id;
});
afterAll(() => gateway[Symbol.asyncDispose]());

const request = (method: string, path: string, token: string, json?: unknown) =>
  gateway.app.request(path, { method, token, ...(json === undefined ? {} : { json }) });
const answer = async (response: Response) => {
  const { error } = (await response.json()) as { error: { code: string; message: string } };
  return [response.status, error.code, error.message];
};

describe('S01: another pupil’s things answer as if they were not there', () => {
  test('an agent is not read, changed, deleted or asked by another', async () => {
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', { name: 'stolen' }],
      ['DELETE', undefined],
    ] as const) {
      const foreign = await request(method, `/api/v1/llm/agents/${agent}`, ben, body);
      const unknown = await request(method, `/api/v1/llm/agents/agent_none`, ben, body);
      expect([method, foreign.status]).toEqual([method, 404]);
      expect((await answer(foreign))[1]).toBe((await answer(unknown))[1]);
    }
    const list = (await (await request('GET', '/api/v1/llm/agents', ben)).json()) as { data: unknown[] };
    expect(JSON.stringify(list)).not.toContain(agent);
  });

  test('usage tells one’s own calls only', async () => {
    await (await gateway.chat(ann, {}, { path: '/api/chat/completions' })).text();
    const usage = async (token: string) =>
      JSON.stringify(await (await request('GET', '/api/v1/llm/usage', token)).json());
    expect(await usage(ann)).toContain('"m"');
    expect(await usage(ben)).not.toContain('"m"');
  });
});

describe('S06: lists that mix one’s own with others’', () => {
  test('of several keys to delete one that is unknown leaves all', async () => {
    const key = await gateway.pass();
    const deleted = await request('POST', '/key/delete', ADMIN_KEY, { keys: [key, 'sk-hp-none'] });
    expect(deleted.status).toBe(404);
    expect((await gateway.chat(key)).status).toBe(200);
  });

  test('a pass that names another in query or body learns nothing', async () => {
    const [own, other] = [await gateway.pass(), await gateway.pass()];
    const foreign = await request('GET', `/key/info?key=${other}`, own);
    const unknown = await request('GET', '/key/info?key=sk-hp-none', own);
    expect(await answer(foreign)).toEqual(await answer(unknown));
    for (const path of ['/key/delete', '/key/update', '/key/block', '/key/regenerate', '/key/generate'])
      expect([path, (await request('POST', path, own, { key: other, keys: [other] })).status]).toEqual([path, 403]);
  });
});

describe('S23: making keys', () => {
  test('neither a pass nor a pupil nor a teacher makes, widens, prolongs or renews one', async () => {
    const own = await gateway.pass({ models: ['m'], max_budget: 1, duration: '1d' });
    const teacher = (await signInAs(gateway.app.ctx, 'teacher')).token;
    const wider = { key: own, models: [], max_budget: 100, duration: '300d' };
    for (const token of [own, ann, teacher])
      for (const path of ['/key/generate', '/key/update', '/key/regenerate', '/key/unblock'])
        expect([path, (await request('POST', path, token, wider)).status]).toEqual([path, 403]);
    const info = (await (await request('GET', '/key/info', own)).json()) as { info: object };
    expect(info.info).toMatchObject({ models: ['m'], max_budget: 1 });
  });
});

describe('S60: nothing of one class comes out in another', () => {
  test('the same Idempotency-Key of two passes is two keys', async () => {
    const [one, two] = [await gateway.pass(), await gateway.pass()];
    const headers = { 'idempotency-key': 'same' };
    const [first, second] = [await gateway.chat(one, {}, { headers }), await gateway.chat(two, {}, { headers })];
    expect([first.status, second.status]).toEqual([200, 200]);
    const passes = new Set((await gateway.calls()).slice(-2).map(({ passId }) => passId));
    expect(passes.size).toBe(2);
  });

  test('a request id that was chosen by the caller is not the server’s', async () => {
    const key = await gateway.pass();
    const headers = { 'x-request-id': 'req_of_somebody_else' };
    const response = await gateway.chat(key, {}, { headers });
    expect(response.headers.get('x-request-id')).not.toBe('req_of_somebody_else');
  });

  test('models that only one pass may use are named to nobody else', async () => {
    await gateway.addModel('secret-model');
    const [open, narrow] = [await gateway.pass({ models: ['secret-model'] }), await gateway.pass({ models: ['m'] })];
    const names = async (token: string) => await (await request('GET', '/v1/models', token)).text();
    expect(await names(open)).toContain('secret-model');
    expect(await names(narrow)).not.toContain('secret-model');
    const hidden = await gateway.chat(narrow, { model: 'secret-model' });
    expect(hidden.status).toBe(403);
  });
});
