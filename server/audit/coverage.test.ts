// Every address by which an administrator or a teacher changes something leaves its row in the audit log, in the same
// transaction. The list comes from the routes: a new one has to be added here.
import { afterAll, beforeAll, expect, test } from 'bun:test';

import { ROUTES } from '../routes.ts';
import { addUser } from '../testing/people.ts';
import { ADMIN_KEY, createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { findAuditDamage } from './audit.ts';

let gateway: GatewayApp;
beforeAll(async () => {
  gateway = await createGatewayApp();
  gateway.upstream.script('m', {});
});
afterAll(() => gateway[Symbol.asyncDispose]());

const PASSPHRASE = 'correct horse battery';
/** What was made so far, by the name it is asked for. */
const made: Record<string, string> = {};
type Reply = Record<string, unknown>;
type Write = [route: string, action: string, body?: () => unknown, keep?: (reply: Reply) => void];

const PRICES = { prompt: 1, completion: 2 };
const price = (dollars: number) => ({
  'some-model': {
    litellm_provider: 'openai',
    mode: 'chat',
    input_cost_per_token: dollars,
    output_cost_per_token: dollars,
  },
});

/** In an order in which each finds what it needs; `:id` is what `made` has under the part of the address before it. */
const WRITES: Write[] = [
  [
    'POST /api/admin/channels',
    'channel.create',
    () => channel('c1'),
    ({ id, models }) => {
      made.channels = String(id);
      made.routes = (models as { id: string }[])[0]!.id;
    },
  ],
  ['PUT /api/admin/channels/:id', 'channel.update', () => ({ name: 'c2' })],
  ['PUT /api/admin/models/:id', 'model.update', () => ({ display_name: 'shown' })],
  ['PUT /api/admin/prices/models/:id', 'price.set', () => PRICES],
  ['DELETE /api/admin/prices/models/:id', 'price.remove'],
  ['PUT /api/admin/prices/routes/:id', 'price.set', () => PRICES],
  ['DELETE /api/admin/prices/routes/:id', 'price.remove'],
  ['POST /api/admin/prices/import', 'prices.import', () => price(1e-6)],
  ['POST /api/admin/prices/import', 'prices.import', () => price(2e-6)],
  ['POST /api/admin/prices/restore', 'prices.restore', () => ({})],
  ['POST /api/admin/plans', 'plan.create', () => ({ name: 'p' }), ({ id }) => (made.plans = String(id))],
  ['PUT /api/admin/plans/:id', 'plan.update', () => ({ rpm_limit: 3 })],
  ['PUT /api/admin/plans/:id/quota', 'quota.update', () => ({ rpm_limit: 4 })],
  [
    'POST /api/admin/classrooms',
    'classroom.create',
    () => ({ name: '7b' }),
    ({ id }) => (made.classrooms = String(id)),
  ],
  ['PUT /api/admin/classrooms/:id', 'classroom.update', () => ({ paused: true })],
  [
    'POST /api/admin/activation-codes',
    'code.create',
    () => ({ count: 1, classroom_id: made.classrooms }),
    ({ data }) => {
      made['activation-codes'] = (data as { id: string }[])[0]!.id;
    },
  ],
  ['DELETE /api/admin/activation-codes/:id', 'code.revoke'],
  // From here on the class is this one, so that the plan has none left at the end.
  [
    'POST /api/classrooms',
    'classroom.create',
    () => ({ name: '7c', plan_id: made.plans }),
    ({ id }) => (made.classrooms = String(id)),
  ],
  ['PUT /api/classrooms/:classroom', 'classroom.update', () => ({ paused: true })],
  [
    'POST /api/classrooms/:classroom/passes',
    'pass.create',
    () => ({ names: ['Ming'] }),
    ({ data }) => (made.pass = (data as { id: string }[])[0]!.id),
  ],
  ['POST /api/classrooms/:classroom/passes/block', 'pass.update', () => ({ passes: [made.pass] })],
  ['POST /api/classrooms/:classroom/passes/unblock', 'pass.update', () => ({ passes: [made.pass] })],
  ['POST /api/classrooms/:classroom/passes/extend', 'pass.update', () => ({ passes: [made.pass], days: 1 })],
  ['POST /api/classrooms/:classroom/passes/rotate', 'pass.rotate', () => ({ passes: [made.pass] })],
  [
    'POST /api/classrooms/:classroom/codes',
    'code.create',
    () => ({ count: 1 }),
    ({ data }) => (made.code = (data as { id: string }[])[0]!.id),
  ],
  ['DELETE /api/classrooms/:classroom/codes/:code', 'code.revoke'],
  ['POST /key/generate', 'pass.create', () => ({ key_alias: 'a' }), ({ key }) => (made.key = String(key))],
  ['POST /key/update', 'pass.update', () => ({ key: made.key, rpm_limit: 2 })],
  ['POST /key/block', 'pass.update', () => ({ key: made.key })],
  ['POST /key/unblock', 'pass.update', () => ({ key: made.key })],
  ['POST /key/regenerate', 'pass.rotate', () => ({ key: made.key }), ({ key }) => (made.key = String(key))],
  ['POST /key/:key/regenerate', 'pass.rotate', () => ({}), ({ key }) => (made.key = String(key))],
  ['POST /key/delete', 'pass.delete', () => ({ keys: [made.key] })],
  ['POST /api/admin/invites', 'invite.create', () => ({ role: 'teacher' }), ({ id }) => (made.invites = String(id))],
  ['DELETE /api/admin/invites/:id', 'invite.delete'],
  ['PUT /api/admin/users/:id', 'user.update', () => ({ role: 'teacher' })],
  ['PUT /api/admin/users/:id/quota', 'quota.update', () => ({ budget: 3 })],
  ['POST /api/admin/users/:id/reset-link', 'user.reset_link', () => ({})],
  ['GET /api/admin/users/:id/export', 'user.export'],
  ['DELETE /api/admin/users/:id', 'user.delete'],
  ['PUT /api/admin/config', 'settings.update', () => ({ guest_rpm: 5 })],
  [
    'POST /api/admin/blocked-ips',
    'blocked_ip.create',
    () => ({ ip_address: '192.0.2.1' }),
    ({ id }) => (made['blocked-ips'] = String(id)),
  ],
  ['DELETE /api/admin/blocked-ips/:id', 'blocked_ip.delete'],
  [
    'POST /api/admin/configuration/export',
    'configuration.export',
    () => ({ passphrase: PASSPHRASE }),
    (file) => {
      made.file = JSON.stringify(file);
    },
  ],
  [
    'POST /api/admin/configuration/import',
    'configuration.import',
    () => ({ passphrase: PASSPHRASE, file: JSON.parse(made.file!) }),
  ],
  [
    'POST /api/v1/llm-models',
    'channel.create',
    () => ({ ...LLM_MODEL }),
    ({ id }) => (made['llm-models'] = String(id)),
  ],
  ['PUT /api/v1/llm-models/:id', 'channel.update', () => ({ status: 'disabled' })],
  ['DELETE /api/v1/llm-models/:id', 'llm_model.delete'],
  [
    'PUT /api/v1/llm/config',
    'channel.create',
    () => ({ api_key: 'sk-another-key', base_url: gateway.upstream.baseUrl }),
  ],
  ['PUT /api/v1/llm/config', 'channel.update', () => ({ api_key: 'sk-a-third-key' })],
  ['POST /api/v1/llm/calls', 'call.record', () => ({ request_messages: [], status: 'success' })],
  ['DELETE /api/admin/channels/:id', 'channel.delete'],
  ['DELETE /api/admin/classrooms/:id', 'classroom.delete'],
  ['DELETE /api/admin/plans/:id', 'plan.delete'],
];
const LLM_MODEL = {
  name: 'n',
  model_id: 'n',
  provider: 'openai',
  type: '生文',
  base_url: 'http://127.0.0.1:9/v1',
  auth_type: 'api_key',
  api_keys: [{ key: 'sk-x' }],
};
const channel = (name: string) => ({ name, base_url: gateway.upstream.baseUrl, api_key: 'sk-x', model_id: 'm' });

/** Of a teacher's classes; that each is in the log is shown by the tests of server/classrooms, with a teacher. */
const isOfClasses = (name: string) => name.includes(' /api/classrooms');

/** They change nothing, or only what is the caller's own. */
const NOTHING_TO_TELL = [
  // A test is a call of its own in the ledger; the others ask and keep nothing.
  ...['POST /api/admin/channels/:id/test', 'POST /api/admin/upstream-models'],
  ...['POST /api/admin/alerts/test', 'POST /api/admin/health/consistency'],
];

const nameOf = ({ method, path }: { method: string; path: string }) => `${method.toUpperCase()} ${path}`;

test('every address of administrators and teachers that writes is here', () => {
  const told = new Set([...WRITES.map(([route]) => route), ...NOTHING_TO_TELL]);
  const writes = ROUTES.filter(
    ({ guard, method }) => ['admin', 'adminKey', 'teacher'].includes(guard) && method !== 'get',
  );
  expect(writes.length).toBeGreaterThan(40);
  expect(writes.map(nameOf).filter((name) => !told.has(name) && !isOfClasses(name))).toEqual([]);
});

test('each leaves its row, with who did it, and the chain holds', async () => {
  const { app, admin } = gateway;
  made.users = await addUser(app.ctx);
  const rows = () => app.ctx.db.selectFrom('audit').selectAll().orderBy('seq').execute();
  for (const [route, action, body, keep] of WRITES) {
    const before = (await rows()).length;
    const response = await send(route, body?.(), route.includes(' /key/') ? ADMIN_KEY : admin);
    const text = await response.text();
    expect([route, response.status < 300 || text]).toEqual([route, true]);
    keep?.(JSON.parse(text) as Reply);
    if (made.channels && !made.models) made.models = await modelId();
    const fresh = (await rows()).slice(before);
    expect([route, fresh.map((row) => row.action)]).toEqual([route, [action]]);
    // The admin key is nobody; an administrator is somebody.
    expect([route, fresh[0]!.actorName !== null || route.includes(' /key/')]).toEqual([route, true]);
    expect(fresh[0]!.ip).toBe('203.0.113.1');
  }
  expect(await findAuditDamage(app.ctx.db)).toBeUndefined();
});

async function modelId(): Promise<string> {
  return (await gateway.app.ctx.db.selectFrom('models').select('id').executeTakeFirstOrThrow()).id;
}

function send(route: string, json: unknown, token: string): Promise<Response> {
  const [method = '', path = ''] = route.split(' ');
  const named = path.replace(':classroom', made.classrooms ?? '').replace(':code', made.code ?? '');
  const target = named.replace(/(\w[\w-]*)\/:(id|key)/, (_, kind: string) =>
    kind === 'key' ? `key/${made.key}` : `${kind}/${made[kind] ?? `no ${kind}`}`,
  );
  return gateway.app.request(target, { method, token, ...(json === undefined ? {} : { json }) });
}
