// S58: unique secrets go through every address of the channels, and afterwards nothing but their ciphertext exists.
import { afterAll, beforeAll, expect, test } from 'bun:test';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Kysely, sql } from 'kysely';

import type { ChannelView } from '@hallpass/shared/channel-views.ts';

import { addPass } from '../testing/passes.ts';
import { signInAs } from '../testing/people.ts';
import { createTestApp, type TestApp, type TestRequest } from '../testing/test-app.ts';
import { testEngine } from '../testing/test-database.ts';

const canaries: string[] = [];
const responses: string[] = [];
let app: TestApp;
let token: string;

beforeAll(async () => {
  app = await createTestApp();
  ({ token } = await signInAs(app.ctx, 'admin'));
});
afterAll(() => app[Symbol.asyncDispose]());

function canary(): string {
  const secret = `sk-canary-${app.ctx.ids.secret(24)}`;
  canaries.push(secret);
  return secret;
}

async function ask(path: string, request: TestRequest): Promise<string> {
  const response = await app.request(path, { token, ...request });
  const text = await response.text();
  responses.push(`${response.status} ${JSON.stringify([...response.headers])} ${text}`);
  return text;
}

/** The database as it lies on the disk, or, on PostgreSQL, every value of every table. */
async function everythingStored(): Promise<string> {
  if (testEngine === 'postgres') return dumpRows(app.ctx.database.raw);
  const folder = dirname(app.ctx.config.DATABASE_PATH);
  const files = await readdir(folder);
  expect(files).toContain('hallpass.db');
  return (await Promise.all(files.map((file) => readFile(join(folder, file), 'latin1')))).join('\n');
}

async function dumpRows(db: Kysely<never>): Promise<string> {
  const tables = await db.introspection.getTables();
  const dumps = tables.map(async ({ name }) =>
    JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(db)).rows),
  );
  return (await Promise.all(dumps)).join('\n');
}

test('an upstream key is nowhere but in memory and, sealed, in its row', async () => {
  const path = '/api/admin/channels';
  const base = { base_url: 'https://c.example/v1', model_id: 'm' };
  const { id, api_keys } = JSON.parse(
    await ask(path, { json: { ...base, name: 'A', api_key: canary() } }),
  ) as ChannelView;
  await ask(path, {
    json: { ...base, name: 'B', api_keys: [{ key: canary() }, { key: canary(), status: 'disabled' }] },
  });
  await ask(`${path}/${id}`, { method: 'PUT', json: { api_keys: [{ id: api_keys[0]!.id }, { key: canary() }] } });
  await ask(`${path}/${id}`, { method: 'PUT', json: { api_key: canary() } });
  const refused = [
    { rpm_limit: 0 },
    { base_url: 'http://169.254.169.254' },
    { api_key: '', api_keys: [{ id: canary(), key: canary() }] },
    { api_key: `${canary()} ` },
    { [canary()]: 1, name: 5 },
  ];
  for (const wrong of refused) {
    await ask(path, { json: { ...base, name: 'C', api_key: canary(), ...wrong } });
    await ask(`${path}/${id}`, { method: 'PUT', json: { api_key: canary(), ...wrong } });
    await ask(`${path}/none`, { method: 'PUT', json: { api_key: canary(), ...wrong } });
  }
  await ask(path, {
    method: 'POST',
    body: `{"api_key":"${canary()}"`,
    headers: { 'content-type': 'application/json' },
  });
  await ask(path, { method: 'POST', body: canary() });
  await ask(`${path}/${canary()}`, { method: 'PUT', json: {} });
  const { key } = await addPass(app.ctx);
  for (const models of ['/v1/models', '/v1/models/m', '/models', '/api/chat/models']) await ask(models, { token: key });
  await ask(path, { method: 'GET' });

  const stored = await everythingStored();
  const held = app.ctx.catalog
    .current()
    .find('m')!
    .routes.flatMap(({ channel }) => channel.keys.map(({ secret }) => secret));
  expect(held.length).toBeGreaterThan(1);
  for (const secret of held) expect(canaries).toContain(secret);
  const rows = await app.ctx.db.selectFrom('channelKeys').selectAll().execute();
  for (const row of rows) expect(stored).toContain(row.ciphertext);

  expect(canaries.length).toBeGreaterThan(20);
  expect(responses.length).toBeGreaterThan(20);
  const outside = { stored, responses: responses.join('\n'), logs: JSON.stringify(app.logs) };
  for (const [place, text] of Object.entries(outside)) {
    const found = canaries.filter(
      (secret) => text.includes(secret) || text.includes(Buffer.from(secret).toString('base64').slice(0, 40)),
    );
    expect([place, found]).toEqual([place, []]);
  }
});
