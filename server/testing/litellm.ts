// A LiteLLM panel, as tests play it.
import type { TestApp } from './test-app.ts';

/** The LITELLM_ADMIN_KEY of every test server. */
export const ADMIN_KEY = 'sk-test-admin-key-0123456789';

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  body: Record<string, unknown>;
  /** The `error` object, or an empty one. */
  error: Record<string, unknown>;
}

/** Posts JSON with the admin key. */
export function post(app: TestApp, path: string, json: unknown, token = ADMIN_KEY): Promise<Reply> {
  return read(app.request(path, { json, token }));
}

/** Posts text as it is, such as JSON that no serialiser would write. */
export function postText(app: TestApp, path: string, body: string, token = ADMIN_KEY): Promise<Reply> {
  return read(app.request(path, { method: 'POST', body, token, headers: { 'content-type': 'application/json' } }));
}

export function get(app: TestApp, path: string, token = ADMIN_KEY): Promise<Reply> {
  return read(app.request(path, { token }));
}

export async function read(response: Promise<Response>): Promise<Reply> {
  const { status, headers } = await response;
  const text = await (await response).text();
  const body = JSON.parse(text) as Record<string, unknown>;
  return { status, headers, text, body, error: (body['error'] ?? {}) as Record<string, unknown> };
}

/** Makes a key. @throws Error with the answer when it is refused. */
export async function generate(
  app: TestApp,
  json: Record<string, unknown> = {},
): Promise<{ key: string; token: string; body: Record<string, unknown> }> {
  const { status, text, body } = await post(app, '/key/generate', json);
  if (status !== 200) throw new Error(text);
  return { key: String(body['key']), token: String(body['token']), body };
}
