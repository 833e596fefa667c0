// A damaged or crafted configuration file: each is refused whole, or leaves a server that works and starts again.
import { afterEach, beforeEach, expect, test } from 'bun:test';

import {
  CONFIGURATION_TABLES,
  type ConfigurationFile,
  type ConfigurationTable,
} from '@hallpass/shared/configuration.ts';

import { createBlocklist } from '../blocklist/blocklist.ts';
import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';

const PASSPHRASE = 'correct horse battery';
let gateway: GatewayApp;
let key: string;
let file: ConfigurationFile;

beforeEach(async () => {
  gateway = await createGatewayApp();
  await gateway.addModel('m');
  const plan = (await (
    await send('POST', '/api/admin/plans', { name: 'p', budget: 5, budget_period: '1d' })
  ).json()) as {
    id: string;
  };
  const room = { name: '7b', plan_id: plan.id, budget: 3, budget_period: '1mo' };
  const { id } = (await (await send('POST', '/api/admin/classrooms', room)).json()) as { id: string };
  await send('POST', '/api/admin/blocked-ips', { ip_address: '203.0.113.0/24' });
  await send('PUT', '/api/admin/config', { guest_rpm: 3 });
  key = await gateway.pass({ team_id: id });
  file = (await (
    await send('POST', '/api/admin/configuration/export', { passphrase: PASSPHRASE })
  ).json()) as ConfigurationFile;
});
afterEach(() => gateway[Symbol.asyncDispose]());

const send = (method: string, path: string, json?: unknown) =>
  gateway.app.request(path, { method, token: gateway.admin, ...(json === undefined ? {} : { json }) });

/** Each is something a column of that kind may not hold, or may. */
const TEXTS = ['', 'banana', '{"a":1}', '[1]', '"x"', 'null', '[{"days":9}]', '9'.repeat(400), '=1+1\u0000'];
const NUMBERS = [-1, 0, 2 ** 53 - 1];

function withCell(table: ConfigurationTable, column: string, value: string | number): ConfigurationFile {
  const [first, ...rest] = file.tables[table];
  return { ...file, tables: { ...file.tables, [table]: [{ ...first, [column]: value }, ...rest] } };
}

test('whatever stands in one cell, the file is refused or the server works on', async () => {
  const columns = CONFIGURATION_TABLES.flatMap((table) =>
    Object.keys(file.tables[table][0] ?? {}).map((column) => [table, column] as const),
  );
  expect(columns.length).toBeGreaterThan(80);
  for (const [table, column] of columns) {
    // Names of rows and their secrets are other rows and other secrets: other tests.
    if (['id', 'key', 'ciphertext'].includes(column)) continue;
    for (const value of [...TEXTS, ...NUMBERS]) {
      const body = { passphrase: PASSPHRASE, file: withCell(table, column, value) };
      const { status } = await send('POST', '/api/admin/configuration/import', body);
      const what = `${table}.${column} = ${JSON.stringify(value).slice(0, 30)}`;
      expect([what, [200, 400].includes(status) || status]).toEqual([what, true]);
      if (status === 200) {
        expect([what, await whatBroke()]).toEqual([what, []]);
        expect((await send('POST', '/api/admin/configuration/import', { passphrase: PASSPHRASE, file })).status).toBe(
          200,
        );
      }
    }
  }
}, 120_000);

/** Pages that answer with a fault, and parts that do not start. */
async function whatBroke(): Promise<string[]> {
  const paths = ['channels', 'models', 'plans', 'classrooms', 'blocked-ips', 'config', 'stats'];
  const broken: string[] = [];
  for (const path of paths) {
    const { status } = await send('GET', `/api/admin/${path}`);
    if (status !== 200) broken.push(`${path} ${status}`);
  }
  const chat = await gateway.chat(key);
  if (chat.status >= 500 && chat.status !== 503) broken.push(`chat ${chat.status} ${await chat.text()}`);
  await gateway.app.ctx.catalog.reload().catch((error) => broken.push(`catalog ${error}`));
  await gateway.app.ctx.settings.reload().catch((error) => broken.push(`settings ${error}`));
  await createBlocklist(gateway.app.ctx.db)
    .reload()
    .catch((error) => broken.push(`blocklist ${error}`));
  return broken;
}
