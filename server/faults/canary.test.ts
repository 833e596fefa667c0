// S58 and S59 on a whole server: secrets nobody else could have written go through every address, used well and
// badly. Afterwards the files, the log and all answers are searched: only sealed and hashed forms may exist.
import { expect, test } from 'bun:test';
import { Database } from 'bun:sqlite';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { startScriptedUpstream } from '../testing/scripted-upstream.ts';
import { createServerFolder, type ServerFolder, type ServerProcess } from '../testing/server-process.ts';

const random = () => randomBytes(15).toString('hex');
const SECRETS = {
  adminPassword: `Pw-canary-${random()}`,
  userPassword: `Pw-canary-${random()}`,
  newPassword: `Pw-canary-${random()}`,
  wrongPassword: `Pw-canary-${random()}`,
  adminKey: `sk-canary-${random()}`,
  secretKey: `canary-${random()}`,
  encryptionKey: `canary-${random()}`,
  seededKey: `sk-canary-${random()}`,
  channelKey: `sk-canary-${random()}`,
  refusedKey: `AIza${random()}`,
  queryKey: `canary-${random()}`,
  ownPass: `sk-canary-${random()}`,
  wrongPass: `sk-hp-canary-${random()}`,
};

interface Answer {
  status: number;
  json: Record<string, unknown>;
}

/** Asks and keeps every answer, headers included. */
function createClient(url: string, answers: string[] = []) {
  return async (path: string, body?: unknown, token?: string, method = body === undefined ? 'GET' : 'POST') => {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    if (token !== undefined) headers.authorization = `Bearer ${token}`;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(url + path, { method, headers, ...(body === undefined ? {} : { body: text }) });
    const answer = await response.text();
    answers.push(`${response.status} ${JSON.stringify([...response.headers])} ${answer}`);
    const json = answer.startsWith('{') ? (JSON.parse(answer) as Record<string, unknown>) : {};
    return { status: response.status, json } satisfies Answer;
  };
}

type Ask = ReturnType<typeof createClient>;

const question = (model: string, stream: boolean) => ({ model, stream, messages: [{ role: 'user', content: 'hi' }] });
const tokenOf = ({ json }: Answer) => String(json.access_token);

/** Answers that are meant to hold a secret are asked for with `quiet`. */
async function useEverything(ask: Ask, quiet: Ask, baseUrl: string): Promise<Record<string, string>> {
  const { adminPassword, userPassword, newPassword, wrongPassword, adminKey, ownPass, wrongPass } = SECRETS;
  const email = 'pupil@example.com';
  const login = tokenOf(await quiet('/api/auth/admin/login', { username: 'admin', password: adminPassword }));
  await ask('/api/auth/register', { email, password: userPassword });
  const user = tokenOf(await quiet('/api/auth/login', { email, password: userPassword }));
  const changed = { current_password: userPassword, new_password: newPassword };
  const renewed = tokenOf(await quiet('/api/auth/password', changed, user));
  for (const [path, body] of [
    ['/api/auth/login', { email, password: wrongPassword }],
    ['/api/auth/login', { email: wrongPassword, password: email }],
    ['/api/auth/admin/login', { username: wrongPassword, password: [wrongPassword] }],
    ['/api/auth/register', { email: wrongPassword, password: wrongPassword }],
    ['/api/auth/register', { email, password: wrongPassword }],
    ['/api/auth/setup', { token: wrongPass, username: 'admin', password: wrongPassword }],
    ['/api/auth/password', { current_password: wrongPassword, new_password: 'short' }],
    ['/api/auth/login', `{"password":"${wrongPassword}"`],
  ] as const)
    await ask(path, body, path.endsWith('/password') ? renewed : undefined);

  for (const [name, key, auth_type] of [
    ['well', SECRETS.channelKey, 'bearer'],
    ['refused', SECRETS.refusedKey, 'api-key'],
    ['gossip', SECRETS.queryKey, 'query'],
  ] as const) {
    const channel = { name, base_url: baseUrl, api_key: key, auth_type, model_id: name };
    expect((await ask('/api/admin/channels', channel, login)).status).toBe(201);
    await ask('/api/admin/channels', { ...channel, rpm_limit: -1, base_url: 'http://169.254.169.254/' }, login);
    await ask('/api/admin/channels', { ...channel, api_keys: [{ key }, { key }] }, login);
  }
  const made = await quiet('/key/generate', { key_alias: 'made' }, adminKey);
  const pass = String(made.json.key);
  expect((await quiet('/key/generate', { key: ownPass, key_alias: 'own' }, login)).status).toBe(200);
  for (const key of [pass, ownPass, wrongPass, user, login, adminKey, `${pass} x`, '']) {
    for (const model of ['seeded', 'well', 'refused', 'gossip'])
      for (const stream of [true, false]) await ask('/v1/chat/completions', question(model, stream), key);
    // A name that is no model's is told back to whoever sent it.
    await quiet('/v1/chat/completions', question(key, true), key);
    await quiet(`/v1/models/${key}`, undefined, key);
    for (const path of ['/v1/models', '/key/info', '/api/auth/me', '/api/chat/models']) await ask(path, undefined, key);
    for (const path of [`/key/info?key=${key}`, `/key/list?key_alias=${key}&return_full_object=true`])
      await ask(path, undefined, adminKey);
    await ask('/key/generate', { key, key_alias: 'made' }, adminKey);
    await ask('/key/block', { key: wrongPass }, adminKey);
    await ask(`/nothing/${key}?token=${key}`, { key }, key);
  }
  await ask('/key/update', { key: pass, max_budget: 0 }, adminKey);
  await ask('/v1/chat/completions', question('well', true), pass);
  await ask('/key/delete', { keys: [ownPass] }, adminKey);
  await ask('/api/admin/channels', undefined, login);
  await ask('/api/admin/config', undefined, login);
  await ask('/openapi.json');
  await ask('/api/auth/logout', {}, renewed);
  return { pass, login, user, renewed };
}

/** All there is on the disk. */
const filesOf = ({ path }: ServerFolder) =>
  readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'latin1')] as const);

/** A secret in every spelling in which it could have been written down. */
const spellings = (secret: string) => {
  const bytes = Buffer.from(secret);
  return [
    secret,
    secret.toUpperCase(),
    bytes.toString('hex'),
    bytes.toString('base64').slice(0, -4),
    bytes.toString().slice(9),
  ];
};

function expectNone(secrets: Record<string, string>, place: string, text: string): void {
  for (const [name, secret] of Object.entries(secrets))
    expect([place, name, spellings(secret).filter((one) => text.includes(one))]).toEqual([place, name, []]);
}

test('S58: of every secret only the sealed or hashed form exists, on the disk, in the log and in answers', async () => {
  using upstream = startScriptedUpstream();
  const { refusedKey, queryKey } = SECRETS;
  upstream.script('seeded', { words: ['hello'] });
  await using folder = await createServerFolder();
  const environment = {
    ADMIN_PASSWORD: SECRETS.adminPassword,
    LITELLM_ADMIN_KEY: SECRETS.adminKey,
    SECRET_KEY: SECRETS.secretKey,
    ENCRYPTION_KEY: SECRETS.encryptionKey,
  };
  const seeded = { OPENAI_API_KEY: SECRETS.seededKey, OPENAI_BASE_URL: upstream.baseUrl };
  const server: ServerProcess = await folder.start({ ...environment, ...seeded });
  for (let i = 0; i < 100 && !server.output().includes('was imported'); i += 1) await Bun.sleep(50);
  // Only now, so that the seeded channel does not serve them.
  upstream.script('well', { words: ['hello'] });
  upstream.script('refused', { status: 401, rawBody: JSON.stringify({ error: { message: `bad ${refusedKey}` } }) });
  upstream.script('gossip', { status: 400, rawBody: JSON.stringify({ error: `key ${queryKey} is odd` }) });
  const answers: string[] = [];
  const used = await useEverything(createClient(server.url, answers), createClient(server.url), upstream.baseUrl);
  const secrets = { ...SECRETS, ...used };

  // The control: the secrets were really in use, and the search finds what is there.
  const sent = JSON.stringify(upstream.journal);
  for (const key of [SECRETS.channelKey, SECRETS.refusedKey, SECRETS.seededKey]) expect(sent).toContain(key);
  expect(answers.length).toBeGreaterThan(150);
  const living = filesOf(folder);
  expect(living.map(([name]) => name)).toContain('hallpass.db-wal');
  const hash = (key: string) => new Bun.CryptoHasher('sha256').update(key).digest('hex');
  expect(living.some(([, text]) => text.includes(hash(used.pass!)))).toBe(true);

  for (const [name, text] of living) expectNone(secrets, name, text);
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  for (const [name, text] of filesOf(folder)) expectNone(secrets, `${name} after the stop`, text);
  expectNone(secrets, 'the log', server.output());
  for (const answer of answers) expectNone(secrets, 'an answer', answer);
}, 60_000);

test('S59: on the disk equal keys differ, and a row moved, swapped or damaged opens nothing', async () => {
  using upstream = startScriptedUpstream();
  const names = ['first', 'second', 'third', 'fourth'];
  for (const name of names) upstream.script(name, { words: ['hello'] });
  await using folder = await createServerFolder();
  const environment = { ADMIN_PASSWORD: SECRETS.adminPassword, LITELLM_ADMIN_KEY: SECRETS.adminKey };
  const server = await folder.start(environment);
  const ask = createClient(server.url);
  const login = tokenOf(await ask('/api/auth/admin/login', { username: 'admin', password: SECRETS.adminPassword }));
  for (const name of names)
    await ask(
      '/api/admin/channels',
      { name, base_url: upstream.baseUrl, api_key: SECRETS.channelKey, model_id: name },
      login,
    );
  server.kill('SIGTERM');
  expect(await server.exited).toBe(0);
  {
    using db = new Database(folder.database);
    const rows = db.query('select id, ciphertext from channel_keys order by rowid').all() as Record<string, string>[];
    expect(new Set(rows.map(({ ciphertext }) => ciphertext)).size).toBe(4);
    const put = db.query('update channel_keys set ciphertext = ? where id = ?');
    put.run(rows[1]!.ciphertext!, rows[0]!.id!);
    put.run(rows[0]!.ciphertext!, rows[1]!.id!);
    const [version, nonce, body] = rows[2]!.ciphertext!.split('.');
    const bytes = Buffer.from(body!, 'base64url');
    bytes[0]! ^= 1;
    put.run([version, nonce, bytes.toString('base64url')].join('.'), rows[2]!.id!);
  }
  const again = await folder.start(environment);
  const asked = createClient(again.url);
  const statuses = [];
  for (const name of names)
    statuses.push((await asked('/v1/chat/completions', question(name, false), SECRETS.adminKey)).status);
  expect(statuses).toEqual([503, 503, 503, 200]);
  expect(upstream.journal.map(({ model }) => model)).toEqual(['fourth']);
  expect(again.output()).not.toContain(SECRETS.channelKey);
}, 60_000);
