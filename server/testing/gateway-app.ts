// A test app with a scripted upstream behind a channel, and passes made the way an administrator makes them.
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import { createTestApp, type TestApp } from './test-app.ts';
import { type ScriptedUpstream, startScriptedUpstream, type UpstreamScript } from './scripted-upstream.ts';

/** Dollars per million tokens of every scripted model, unless told: $2 in, $8 out. */
export const PRICES = { prompt: 2, completion: 8 };
export const ADMIN_KEY = 'sk-test-admin-key-0123456789';

export interface GatewayApp extends AsyncDisposable {
  app: TestApp;
  upstream: ScriptedUpstream;
  /** An administrator's login. */
  admin: string;
  /** Adds a channel that serves one model; `fields` are those of POST /api/admin/channels. */
  addModel(model: string, script?: UpstreamScript, fields?: Record<string, unknown>): Promise<Record<string, unknown>>;
  /** Makes a pass; `fields` are those of POST /key/generate. */
  pass(fields?: Record<string, unknown>): Promise<string>;
  /** Asks for a chat completion. */
  chat(key: string | undefined, fields?: Record<string, unknown>, init?: ChatInit): Promise<Response>;
  /** The call rows, newest last. */
  calls(): Promise<Awaited<ReturnType<typeof callRows>>>;
  attempts(): Promise<Awaited<ReturnType<typeof attemptRows>>>;
}

export interface ChatInit {
  path?: string;
  headers?: Record<string, string>;
  ip?: string;
  signal?: AbortSignal;
}

export async function createGatewayApp(env: Record<string, string> = {}): Promise<GatewayApp> {
  const app = await createTestApp(env);
  const upstream = startScriptedUpstream();
  const admin = await adminLogin(app);
  return {
    app,
    upstream,
    admin,
    async addModel(model, script = {}, fields = {}) {
      upstream.script(model, script);
      const json = {
        name: `channel of ${model}`,
        base_url: upstream.baseUrl,
        api_key: 'sk-upstream-secret',
        model_id: model,
        rpm_limit: 1_000_000,
        prices: PRICES,
        ...fields,
      };
      const response = await app.request('/api/admin/channels', { json, token: admin });
      if (!response.ok) throw new Error(await response.text());
      return (await response.json()) as Record<string, unknown>;
    },
    async pass(fields = {}) {
      const response = await app.request('/key/generate', { json: fields, token: ADMIN_KEY });
      if (!response.ok) throw new Error(await response.text());
      return ((await response.json()) as { key: string }).key;
    },
    chat: (key, fields = {}, { path = '/v1/chat/completions', ...init } = {}) =>
      app.request(path, {
        json: { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...fields },
        ...(key === undefined ? {} : { token: key }),
        ...init,
      }),
    calls: () => callRows(app),
    attempts: () => attemptRows(app),
    async [Symbol.asyncDispose]() {
      upstream[Symbol.dispose]();
      await app[Symbol.asyncDispose]();
    },
  };
}

const callRows = (app: TestApp) => app.ctx.db.selectFrom('calls').selectAll().orderBy('id').execute();
const attemptRows = (app: TestApp) => app.ctx.db.selectFrom('attempts').selectAll().orderBy('id').execute();

async function adminLogin(app: TestApp): Promise<string> {
  const { ctx } = app;
  const now = ctx.clock.now();
  const id = ctx.ids.next('usr');
  await ctx.db
    .insertInto('users')
    .values({
      ...NO_PERMISSIONS,
      id,
      email: null,
      username: 'gateway-admin',
      passwordHash: null,
      role: 'admin',
      displayName: null,
      locale: null,
      oidcIssuer: null,
      oidcSubject: null,
      status: 'active',
      tokensValidAfter: 0,
      lastLoginAt: null,
      createdAt: now,
      updatedAt: now,
    })
    .execute();
  return ctx.logins.issue(id);
}

/** The data of each event of a stream, `[DONE]` included. */
export function eventsOf(text: string): string[] {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((event) => event.replace(/^data: /, ''));
}

/** Waits until a condition holds; fails after two seconds. */
export async function eventually<T>(what: () => Promise<T | undefined | false>, withinMs = 2_000): Promise<T> {
  for (const deadline = performance.now() + withinMs; ; await Bun.sleep(10)) {
    const value = await what();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`did not happen within ${withinMs} ms`);
  }
}

/** Loads the tokenizer, so that a test with a time limit does not pay for it. */
export async function loadTokenizer(gateway: GatewayApp): Promise<void> {
  const key = await gateway.pass();
  await gateway.addModel('loads-the-tokenizer', { usage: null });
  await eventually(async () => {
    await (await gateway.chat(key, { model: 'loads-the-tokenizer' })).text();
    return (await gateway.calls()).at(-1)!.completionTokens === 6;
  }, 20_000);
}
