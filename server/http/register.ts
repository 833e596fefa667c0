// Puts declared routes on Hono: guard, validation, handler, response filter.
import type { Context as HonoContext, Hono } from 'hono';
import { z } from 'zod';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { readJson } from './body.ts';
import { checkGuard } from './guards.ts';
import type { HttpEnv, Route, RouteInput } from './route.ts';

const DEFAULT_BODY_BYTES = 1024 * 1024;

export function registerRoutes(app: Hono<HttpEnv>, routes: readonly Route[], ctx: AppContext): void {
  for (const route of routes) {
    app.on(route.method.toUpperCase(), route.path, (http) => {
      if (route.family) http.set('family', route.family);
      return route.raw ? route.raw(http, ctx) : handle(route, http, ctx);
    });
  }
}

async function handle(route: Route, http: HonoContext<HttpEnv>, ctx: AppContext): Promise<Response> {
  const user = await checkGuard(route.guard, http, ctx);
  const body = route.body ? await readJson(http.req.raw, route.maxBodyBytes ?? DEFAULT_BODY_BYTES) : undefined;
  const input = {
    ctx,
    http,
    user,
    locale: http.get('locale'),
    body: parse(route.body, body),
    query: parse(route.query, http.req.query()),
    params: parse(route.params, http.req.param()),
  } as RouteInput<unknown, unknown, unknown>;
  const value = await route.handler!(input);
  const filtered = route.response ? route.response.parse(value) : value;
  if (http.get('family') !== 'chat') http.header('cache-control', 'no-store');
  return http.json(filtered as object, (route.status ?? 200) as 200);
}

/** @throws AppError invalid_body naming the first field that is wrong. */
function parse(schema: unknown, value: unknown): unknown {
  if (!(schema instanceof z.ZodType)) return undefined;
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.join('.');
  throw new AppError('invalid_body', {
    params: { detail: path ? `${path}: ${issue.message}` : issue.message },
    ...(path ? { param: path } : {}),
  });
}
