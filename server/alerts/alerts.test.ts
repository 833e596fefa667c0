// Alerts from the real system to a real receiver and a real mail server.
import { afterEach, beforeEach, expect, test } from 'bun:test';
import { SMTPServer } from 'smtp-server';
import { Webhook } from 'standardwebhooks';

import type { AlertsReply, AlertTest } from '@hallpass/shared/alerts.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { BUDGETS_MAX } from './facts.ts';
import { RETRIES_MS, sendDue, WAITING_MAX } from './messages.ts';
import { watch } from './watch.ts';
import { webhookSecret } from './webhook.ts';

let gateway: GatewayApp;
let receiver: ReturnType<typeof startReceiver>;
let mails: Awaited<ReturnType<typeof startMailServer>>;

beforeEach(async () => {
  mails = await startMailServer();
  receiver = startReceiver();
  gateway = await createGatewayApp({
    ALLOW_PRIVATE_WEBHOOKS: 'true',
    SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    MAIL_FROM: 'hallpass@school.example',
    PUBLIC_URL: 'https://ai.school.example',
  });
  await gateway.addModel('m');
  await send('PUT', '/api/admin/config', {
    alert_webhook_url: receiver.url,
    alert_emails: ['it@school.example', 'head@school.example'],
    default_locale: 'en',
  });
});
afterEach(async () => {
  await gateway[Symbol.asyncDispose]();
  receiver.stop();
  await mails.stop();
});

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
const alerts = async () => (await (await send('GET', '/api/admin/alerts')).json()) as AlertsReply;
const deliver = () => sendDue(gateway.app.ctx, new AbortController().signal);

function startReceiver() {
  const got: { headers: Record<string, string>; body: string }[] = [];
  const answer = { status: 200, delayMs: 0 };
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      got.push({ headers: Object.fromEntries(request.headers), body: await request.text() });
      await Bun.sleep(answer.delayMs);
      return new Response('ok', { status: answer.status });
    },
  });
  return { got, answer, url: `http://127.0.0.1:${server.port}/hook`, stop: () => void server.stop(true) };
}

async function startMailServer() {
  const got: { to: string[]; text: string }[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, session, done) {
      let text = '';
      stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
      stream.on('end', () => {
        got.push({ to: session.envelope.rcptTo.map(({ address }) => address), text });
        done();
      });
    },
  });
  server.on('error', () => {});
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as { port: number };
  return { got, port, stop: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

/** A class that has spent its budget. */
async function spendClass(): Promise<string> {
  const { id } = (await (await send('POST', '/api/admin/classrooms', { name: '7b', budget: 0.01 })).json()) as {
    id: string;
  };
  const key = await gateway.pass({ team_id: id });
  await gateway.chat(key, { max_tokens: 20 });
  await gateway.app.ctx.db
    .updateTable('accounts')
    .set((eb) => ({ capNanos: eb.ref('settledNanos') }))
    .where('partyId', '=', id)
    .execute();
  return id;
}

test('a class’s spent budget is raised once, posted signed, mailed, shown, and resolved when there is more', async () => {
  const id = await spendClass();
  await watch(gateway.app.ctx);
  await watch(gateway.app.ctx);
  const { open } = await alerts();
  expect(open.map(({ kind, level, text }) => [kind, level, text])).toEqual([
    ['budget_spent', 'critical', '“7b” has used up its budget; new calls are refused.'],
  ]);
  expect(await deliver()).toBe(2);
  expect(await deliver()).toBe(0);
  expect(receiver.got).toHaveLength(1);
  const { headers, body } = receiver.got[0]!;
  // The test's clock is not now: the signature is checked, its age is not.
  const now = Date.now;
  Date.now = () => gateway.app.clock.now();
  try {
    const webhook = new Webhook((await alerts()).webhook.secret);
    expect(webhook.verify(body, headers)).toMatchObject({ type: 'alert.raised', data: { kind: 'budget_spent' } });
    expect(() => webhook.verify(body.replace('7b', '7c'), headers)).toThrow();
  } finally {
    Date.now = now;
  }
  expect(mails.got).toHaveLength(1);
  expect(mails.got[0]!.to).toEqual(['it@school.example', 'head@school.example']);
  expect(mails.got[0]!.text).toContain('https://ai.school.example/admin');

  await gateway.app.ctx.db.updateTable('accounts').set({ capNanos: 9_000_000_000 }).where('partyId', '=', id).execute();
  await watch(gateway.app.ctx);
  const after = await alerts();
  expect([after.open.length, after.recent.length]).toEqual([0, 1]);
  await deliver();
  expect(JSON.parse(receiver.got[1]!.body)).toMatchObject({ type: 'alert.resolved' });
  expect(mails.got).toHaveLength(2);
});

test('a receiver that fails is tried again later and later, and given up at the end', async () => {
  receiver.answer.status = 500;
  await send('PUT', '/api/admin/config', { alert_emails: [] });
  await spendClass();
  await watch(gateway.app.ctx);
  expect(await deliver()).toBe(1);
  expect((await alerts()).webhook).toMatchObject({ on: true, last_error: 'the receiver answered 500' });
  for (const wait of RETRIES_MS) {
    gateway.app.clock.advance(wait - 1);
    expect(await deliver()).toBe(0);
    gateway.app.clock.advance(1);
    expect(await deliver()).toBe(1);
  }
  gateway.app.clock.advance(30 * 86_400_000);
  expect(await deliver()).toBe(0);
  const ids = new Set(receiver.got.map(({ headers }) => headers['webhook-id']));
  expect([receiver.got.length, ids.size]).toEqual([RETRIES_MS.length + 1, 1]);
});

test('the last try is made once, also where several servers look at once', async () => {
  receiver.answer.status = 500;
  await send('PUT', '/api/admin/config', { alert_emails: [] });
  await spendClass();
  await watch(gateway.app.ctx);
  await deliver();
  for (const wait of RETRIES_MS.slice(0, -1)) {
    gateway.app.clock.advance(wait);
    await deliver();
  }
  gateway.app.clock.advance(RETRIES_MS.at(-1)!);
  receiver.answer.delayMs = 200;
  const counts = await Promise.all([deliver(), deliver(), Bun.sleep(60).then(deliver)]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(1);
  expect(receiver.got).toHaveLength(RETRIES_MS.length + 1);
});

test('a budget that runs out is told once as bad news, and what grows critical is told again', async () => {
  await send('PUT', '/api/admin/config', { alert_emails: [] });
  const id = await spendClass();
  const { db } = gateway.app.ctx;
  const fill = (cap: number) =>
    db
      .updateTable('accounts')
      .set((eb) => ({ capNanos: eb('settledNanos', '*', cap) }))
      .where('partyId', '=', id)
      .execute();
  const told = async () => {
    await watch(gateway.app.ctx);
    await deliver();
    return receiver.got.splice(0).map(({ body }) => {
      const { type, data } = JSON.parse(body) as { type: string; data: { kind: string; level: string } };
      return [type, data.kind, data.level];
    });
  };
  await db
    .updateTable('accounts')
    .set((eb) => ({ settledNanos: eb('settledNanos', '*', 10), capNanos: eb('settledNanos', '*', 11) }))
    .where('partyId', '=', id)
    .execute();
  expect(await told()).toEqual([['alert.raised', 'budget_near', 'warning']]);
  await fill(1);
  expect(await told()).toEqual([['alert.raised', 'budget_spent', 'critical']]);
  await fill(10);
  expect(await told()).toEqual([['alert.resolved', 'budget_spent', 'critical']]);
  const facts = (errors: number) => ({
    ...{ now: gateway.app.clock.now(), budgets: [], channels: [], disk: null },
    calls: { count: 100, errors, minutes: 15 },
  });
  const rate = async (errors: number) => {
    await watch(gateway.app.ctx, facts(errors));
    await deliver();
    return receiver.got.splice(0).length;
  };
  expect([await rate(30), await rate(31), await rate(60), await rate(61), await rate(30)]).toEqual([1, 0, 1, 0, 0]);
});

test('a class is told of also where more passes have used up theirs than are looked at', async () => {
  const id = await spendClass();
  const { db } = gateway.app.ctx;
  const account = await db.selectFrom('accounts').selectAll().where('partyId', '=', id).executeTakeFirstOrThrow();
  const rows = Array.from({ length: BUDGETS_MAX }, (_, i) => ({
    ...{ ...account, id: `acct_${i}`, partyKind: 'pass', partyId: `pass_${i}` },
    updatedAt: account.updatedAt + 1_000,
  }));
  for (let i = 0; i < rows.length; i += 50)
    await db
      .insertInto('accounts')
      .values(rows.slice(i, i + 50))
      .execute();
  expect((await alertsAfterWatch()).some(({ subject_name }) => subject_name === '7b')).toBe(true);
});

test('a failed check says nothing once no check is made any more', async () => {
  const { db } = gateway.app.ctx;
  await db.updateTable('channels').set({ lastCheckError: 'timeout', options: '{"health_check_minutes":5}' }).execute();
  expect((await alertsAfterWatch()).map(({ detail }) => detail.reason)).toEqual(['check']);
  await db.updateTable('channels').set({ options: '{}' }).execute();
  expect(await alertsAfterWatch()).toEqual([]);
});

test('of two servers that look at once one raises, and one sends', async () => {
  await spendClass();
  await Promise.all([watch(gateway.app.ctx), watch(gateway.app.ctx), watch(gateway.app.ctx)]);
  expect((await alerts()).open).toHaveLength(1);
  const counts = await Promise.all([deliver(), deliver(), deliver()]);
  expect(counts.reduce((sum, count) => sum + count)).toBe(2);
  expect([receiver.got.length, mails.got.length]).toEqual([1, 1]);
});

test('a refused key and its channel are told of, and no more once the key is replaced', async () => {
  const channel = await gateway.addModel('dying', { status: 401 });
  const key = await gateway.pass();
  await gateway.chat(key, { model: 'dying' });
  for (let i = 0; i < 100 && (await alertsAfterWatch()).length < 2; i += 1) await Bun.sleep(20);
  expect((await alerts()).open.map(({ kind }) => kind).sort()).toEqual(['channel_down', 'key_disabled']);
  await send('PUT', `/api/admin/channels/${String(channel.id)}`, { api_key: 'sk-another' });
  expect(await alertsAfterWatch()).toEqual([]);
});

async function alertsAfterWatch() {
  await watch(gateway.app.ctx);
  return (await alerts()).open;
}

test('a channel that answers is nothing to tell of, one that fails every time is', async () => {
  await gateway.addModel('failing', { status: 500 });
  const key = await gateway.pass();
  for (let i = 0; i < 10; i += 1) await (await gateway.chat(key)).text();
  expect(await alertsAfterWatch()).toEqual([]);
  for (let i = 0; i < 3; i += 1) await (await gateway.chat(key, { model: 'failing' })).text();
  const told = (await alertsAfterWatch()).map(({ kind, subject_name, detail }) => [kind, subject_name, detail.reason]);
  expect(told).toEqual([['channel_down', 'channel of failing', 'failing']]);
});

test('the test button tells how it went with each', async () => {
  const told = (await (await send('POST', '/api/admin/alerts/test')).json()) as AlertTest;
  expect(told).toEqual({ webhook: { ok: true, error: null }, mail: { ok: true, error: null } });
  expect(receiver.got).toHaveLength(1);
  expect(mails.got).toHaveLength(1);
  receiver.answer.status = 404;
  await send('PUT', '/api/admin/config', { alert_emails: [] });
  const again = (await (await send('POST', '/api/admin/alerts/test')).json()) as AlertTest;
  expect(again).toEqual({ webhook: { ok: false, error: 'the receiver answered 404' }, mail: null });
});

test('messages that wait are bounded', async () => {
  const { db } = gateway.app.ctx;
  const row = {
    target: 'webhook',
    body: '{}',
    tries: 0,
    nextTryAt: Number.MAX_SAFE_INTEGER,
    createdAt: 0,
    endedAt: null,
    error: null,
  };
  const rows = Array.from({ length: WAITING_MAX - 1 }, (_, i) => ({ ...row, id: `msg_${i}` }));
  for (let i = 0; i < rows.length; i += 100)
    await db
      .insertInto('alertMessages')
      .values(rows.slice(i, i + 100))
      .execute();
  await spendClass();
  await watch(gateway.app.ctx);
  expect((await alerts()).open).toHaveLength(1);
  expect(await deliver()).toBe(0);
});

test('S25: a webhook to a private address is not called unless the server’s owner allows it', async () => {
  await using strict = await createGatewayApp();
  const put = (url: string) =>
    strict.app.request('/api/admin/config', { method: 'PUT', json: { alert_webhook_url: url }, token: strict.admin });
  for (const url of [
    receiver.url,
    'http://169.254.169.254/',
    'http://[::ffff:7f00:1]/',
    'http://localhost./x',
    'http://0/',
  ]) {
    expect((await put(url)).status).toBe(200);
    const response = await strict.app.request('/api/admin/alerts/test', { method: 'POST', token: strict.admin });
    const told = (await response.json()) as AlertTest;
    expect([url, told.webhook?.ok]).toEqual([url, false]);
  }
  for (const url of ['file:///etc/passwd', 'javascript:alert(1)', 'not a url'])
    expect((await put(url)).status).toBe(400);
  expect(receiver.got).toHaveLength(0);
  expect(webhookSecret(strict.app.ctx)).toMatch(/^whsec_.{40,}$/);
});
