// The configuration travels from one server to another as one file; its secrets open with the passphrase alone.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import type { ConfigurationFile, ImportReport } from '@hallpass/shared/configuration.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

const PASSPHRASE = 'correct horse battery';
let here: GatewayApp;
let there: GatewayApp;

beforeEach(async () => {
  here = await createGatewayApp();
  there = await createGatewayApp({ ENCRYPTION_KEY: 'another-key-of-another-server' });
});
afterEach(async () => {
  await here[Symbol.asyncDispose]();
  await there[Symbol.asyncDispose]();
});

const send = (gateway: GatewayApp, method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
async function exported(gateway = here, passphrase = PASSPHRASE): Promise<ConfigurationFile> {
  const response = await send(gateway, 'POST', '/api/admin/configuration/export', { passphrase });
  expect(response.status).toBe(200);
  return (await response.json()) as ConfigurationFile;
}
const bringIn = (gateway: GatewayApp, file: unknown, { passphrase = PASSPHRASE, dry = false } = {}) =>
  send(gateway, 'POST', `/api/admin/configuration/import${dry ? '?dry_run=true' : ''}`, { passphrase, file });

async function setUp(gateway: GatewayApp): Promise<void> {
  await gateway.addModel('m');
  const plan = (await (await send(gateway, 'POST', '/api/admin/plans', { name: 'p', rpm_limit: 7 })).json()) as {
    id: string;
  };
  await send(gateway, 'POST', '/api/admin/classrooms', { name: '7b', plan_id: plan.id, budget: 3 });
  await send(gateway, 'POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24' });
  await send(gateway, 'PUT', '/api/admin/config', { guest_rpm: 3, alert_emails: ['a@b.example'] });
}

test('a server that gets the file answers as the first one, with the same upstream key', async () => {
  await setUp(here);
  const file = await exported();
  const report = (await (await bringIn(there, file)).json()) as ImportReport;
  expect(report.written).toBe(true);
  expect(report.tables).toMatchObject({
    channels: { added: 1 },
    channelKeys: { added: 1 },
    models: { added: 1 },
    routes: { added: 1 },
    classrooms: { added: 1 },
    blockedIps: { added: 1 },
    plans: { added: 1, same: 2 },
  });
  const config = (await (await send(there, 'GET', '/api/admin/config')).json()) as { guest_rpm: number };
  expect(config.guest_rpm).toBe(3);
  const [classroom] = ((await (await send(there, 'GET', '/api/admin/classrooms')).json()) as { data: { id: string }[] })
    .data;
  const key = await there.pass({ team_id: classroom!.id });
  expect((await there.chat(key)).status).toBe(200);
  expect(here.upstream.journal.at(-1)?.headers.authorization).toBe('Bearer sk-upstream-secret');
  const again = (await (await bringIn(there, await exported())).json()) as ImportReport;
  for (const count of Object.values(again.tables)) expect([count.added, count.changed]).toEqual([0, 0]);
});

test('no secret can be read in the file, and the same passphrase gives another file each time', async () => {
  await setUp(here);
  const [one, two] = [await exported(), await exported()];
  expect(JSON.stringify(one)).not.toContain('sk-upstream-secret');
  expect(JSON.stringify(one)).not.toContain(PASSPHRASE);
  expect(one.tables.channelKeys[0]!.ciphertext).not.toBe(two.tables.channelKeys[0]!.ciphertext);
  const stored = await here.app.ctx.db.selectFrom('channelKeys').select('ciphertext').executeTakeFirstOrThrow();
  expect(one.tables.channelKeys[0]!.ciphertext).not.toBe(stored.ciphertext);
  expect(one.tables.settings.map(({ key }) => key).toSorted((a, b) => (String(a) < String(b) ? -1 : 1))).toEqual([
    'alert_emails',
    'guest_rpm',
  ]);
});

test('a dry run tells what would change and changes nothing', async () => {
  await setUp(here);
  const file = await exported();
  const report = (await (await bringIn(there, file, { dry: true })).json()) as ImportReport;
  expect([report.written, report.tables.channels.added]).toEqual([false, 1]);
  expect(await there.app.ctx.db.selectFrom('channels').select('id').execute()).toEqual([]);
});

test('what cannot be is refused with its reason, whole', async () => {
  await setUp(here);
  const file = await exported();
  const channel = file.tables.channels[0]!;
  const withChannel = (fields: object) => ({
    ...file,
    tables: { ...file.tables, channels: [{ ...channel, ...fields }] },
  });
  const wrong: [unknown, string, object?][] = [
    [file, '口令', { passphrase: 'another passphrase' }],
    [{ ...file, migration: '9999-later' }, '更新的版本'],
    [withChannel({ color: 'blue' }), 'channels.color'],
    [withChannel({ name: null }), 'channels.name'],
    [withChannel({ rpmLimit: 'many' }), 'channels.rpmLimit'],
    [withChannel({ rpmLimit: 0.5 }), 'channels.rpmLimit'],
    [withChannel({ options: '{' }), 'channels.options'],
    [withChannel({ options: '{"extra_body":{"web_search_options":{}}}' }), 'extra_body.web_search_options'],
    [withChannel({ id: '' }), 'channels.id'],
    [withChannel({ baseUrl: 'http://169.254.169.254/' }), '169.254.169.254'],
    [{ ...file, tables: { ...file.tables, models: [] } }, 'foreign_key'],
    [{ ...file, format: 'something' }, 'format'],
  ];
  for (const [body, reason, options] of wrong) {
    const response = await bringIn(there, body, options);
    expect([reason, response.status]).toEqual([reason, 400]);
    expect(await response.text()).toContain(reason);
  }
  expect(await there.app.ctx.db.selectFrom('channels').select('id').execute()).toEqual([]);
  expect(await there.app.ctx.db.selectFrom('classrooms').select('id').execute()).toEqual([]);
  expect((await send(here, 'POST', '/api/admin/configuration/export', { passphrase: 'short' })).status).toBe(400);
});

test('export and import are in the audit log', async () => {
  await bringIn(there, await exported());
  const actions = async (gateway: GatewayApp) =>
    (await gateway.app.ctx.db.selectFrom('audit').select('action').execute()).map(({ action }) => action);
  expect(await actions(here)).toContain('configuration.export');
  expect(await actions(there)).toContain('configuration.import');
});
