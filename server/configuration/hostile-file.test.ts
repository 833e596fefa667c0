// A damaged or crafted configuration file: each cell is refused, or leaves a server that works and starts again.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import {
  CONFIGURATION_TABLES,
  type ConfigurationFile,
  type ConfigurationTable,
} from '@hallpass/shared/configuration.ts';

import { createBlocklist } from '../blocklist/blocklist.ts';
import { DatabaseError } from '../db/database-error.ts';
import { AppError } from '../lib/app-error.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { checkedRow, KEY_OF, type Row } from './tables.ts';

const PASSPHRASE = 'correct horse battery';
let gateway: GatewayApp;
let key: string;
let file: ConfigurationFile;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  const plan = await made('/api/admin/plans', { name: 'p', budget: 5, budget_period: '1d', pass_days: 30 });
  const room = { name: '7b', plan_id: plan.id, budget: 3, budget_period: '1mo' };
  const { id } = await made('/api/admin/classrooms', room);
  await made('/api/admin/blocked-ips', { ip_address: '198.51.100.0/24' });
  await send('PUT', '/api/admin/config', { guest_rpm: 3, alert_emails: ['a@b.example'] });
  key = await gateway.pass({ team_id: id });
  file = (await made('/api/admin/configuration/export', { passphrase: PASSPHRASE })) as unknown as ConfigurationFile;
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });
const made = async (path: string, json: object) => (await (await send('POST', path, json)).json()) as { id: string };
const bringIn = (changed: unknown) =>
  send('POST', '/api/admin/configuration/import', { passphrase: PASSPHRASE, file: changed });

const TEXTS = ['', 'banana', '{"a":1}', '[1]', '"x"', 'null', '[]', '9'.repeat(400), '1d', 'x\u0000y'];
const NUMBERS = [-1, 0, 1, 2 ** 31, 2 ** 53 - 1];

test('whatever stands in a cell, it is refused or the server works on', async () => {
  const cells = CONFIGURATION_TABLES.flatMap((table) =>
    file.tables[table].flatMap((row) => Object.keys(row).map((column) => ({ table, row, column }))),
  );
  let [accepted, refused] = [0, 0];
  for (const { table, row, column } of cells)
    for (const value of [...TEXTS, ...NUMBERS]) {
      const broke = await withCell(table, row, column, value);
      if (broke === undefined) refused += 1;
      else accepted += 1;
      expect([table, column, value, broke ?? []]).toEqual([table, column, value, []]);
    }
  expect(accepted).toBeGreaterThan(100);
  expect(refused).toBeGreaterThan(1_000);
}, 120_000);

/** Writes one cell as an import would. @returns what does not work with it; undefined = it was refused. */
async function withCell(table: ConfigurationTable, row: Row, column: string, value: string | number) {
  const id = KEY_OF[table];
  // Another name is another row, another secret does not open, and an address is judged as for a new channel.
  if ([id, 'ciphertext', 'baseUrl'].includes(column)) return undefined;
  const set = (cells: Row) =>
    gateway.app.ctx.db
      .updateTable(table as 'plans')
      .set(cells as never)
      .where(id as 'id', '=', String(row[id]))
      .execute();
  try {
    await set({ [column]: checkedRow(table, { ...row, [column]: value })[column] ?? null });
  } catch (error) {
    expect(error instanceof AppError || error instanceof DatabaseError || error).toBe(true);
    return undefined;
  }
  const broken = await whatBroke();
  await set({ [column]: row[column] ?? null });
  return broken;
}

/** Pages that answer with a fault, and parts that do not start. */
async function whatBroke(): Promise<string[]> {
  const { ctx } = gateway.app;
  const broken: string[] = [];
  const failed = (part: string) => (error: unknown) => void broken.push(`${part}: ${String(error)}`);
  await ctx.catalog.reload().catch(failed('catalog'));
  await ctx.settings.reload().catch(failed('settings'));
  await createBlocklist(ctx.db).reload().catch(failed('blocklist'));
  ctx.events.emit({ type: 'changes.seen', version: 0 });
  for (const path of ['channels', 'models', 'prices', 'plans', 'classrooms', 'blocked-ips', 'config']) {
    const { status } = await send('GET', `/api/admin/${path}`);
    if (status !== 200) broken.push(`${path}: ${status}`);
  }
  const { status } = await gateway.chat(key);
  if (status === 500) broken.push(`chat: ${status}`);
  return broken;
}

test('a file with such a cell changes nothing; a cut one and one of nothing are refused too', async () => {
  const withRow = (table: ConfigurationTable, cells: Row) => ({
    ...file,
    tables: { ...file.tables, [table]: file.tables[table].map((row) => ({ ...row, ...cells })) },
  });
  const before = JSON.stringify(await gateway.app.ctx.db.selectFrom('channels').selectAll().execute());
  const wrong = [
    withRow('blockedIps', { ipAddress: 'anywhere' }),
    withRow('plans', { budgetPeriod: 'banana' }),
    withRow('channels', { options: '{"stall_timeout_ms":1}' }),
    withRow('plans', { builtIn: 0 }),
    { ...file, tables: { plans: file.tables.plans } },
    { ...file, salt: 'short' },
    JSON.stringify(file).slice(0, 500),
    {},
    null,
  ];
  for (const body of wrong) expect((await bringIn(body)).status).toBe(400);
  expect(JSON.stringify(await gateway.app.ctx.db.selectFrom('channels').selectAll().execute())).toBe(before);
});

test('how a channel did on the other server does not travel, and who is blocked there is blocked here at once', async () => {
  const { db } = gateway.app.ctx;
  await db.updateTable('channels').set({ lastCheckAt: 5, lastCheckError: 'timeout' }).execute();
  await db.updateTable('channelKeys').set({ lastError: '401', lastErrorAt: 5, cooldownUntil: 9 }).execute();
  const text = await (await send('POST', '/api/admin/configuration/export', { passphrase: PASSPHRASE })).text();
  for (const word of ['lastCheck', 'lastError', 'cooldown']) expect(text).not.toContain(word);
  // An older file holds them: what is known here stays.
  const older = {
    ...file,
    tables: { ...file.tables, channels: file.tables.channels.map((row) => ({ ...row, lastCheckError: 'x' })) },
  };
  await db.deleteFrom('blockedIps').execute();
  await gateway.app.ctx.blocklist.reload();
  const visit = () => gateway.app.request('/api/chat/models', { ip: '198.51.100.7' });
  expect((await visit()).status).toBe(200);
  expect((await bringIn(older)).status).toBe(200);
  expect((await visit()).status).toBe(403);
  expect((await db.selectFrom('channels').select('lastCheckError').executeTakeFirstOrThrow()).lastCheckError).toBe(
    'timeout',
  );
});
