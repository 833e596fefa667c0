// Puts declared routes on Hono: guard, validation, handler, response filter.
import type { Context as HonoContext, Hono } from 'hono';
import { z } from 'zod';

import { type ErrorCode, ERRORS, type Locale } from '@hallpass/shared/errors.ts';

import { reasonIn } from '@hallpass/shared/reasons.ts';

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
  const locale = http.get('locale');
  const input = {
    ctx,
    http,
    user,
    locale,
    body: parse(route.body, body, locale),
    query: parse(route.query, withoutNul(http.req.query()), locale),
    params: parse(route.params, idsOf(http.req.param()), locale),
  } as RouteInput<unknown, unknown, unknown>;
  if (route.file) return route.file(input);
  const value = await route.handler!(input);
  const filtered = route.response ? route.response.parse(value) : value;
  return http.json(filtered as object, (route.status ?? 200) as 200);
}

const ISSUE_TEXTS = { 'zh-CN': z.locales.zhCN(), 'zh-TW': z.locales.zhTW(), en: z.locales.en() };

/** @throws AppError invalid_body naming the first field that is wrong, or the error its schema names. */
function parse(schema: unknown, value: unknown, locale: Locale): unknown {
  if (!(schema instanceof z.ZodType)) return undefined;
  const result = schema.safeParse(value, { error: (issue) => textOf(issue, locale) });
  if (result.success) return result.data;
  const issue = result.error.issues[0]!;
  const path = issue.path.join('.');
  const param = path ? { param: path } : {};
  const message = reasonIn(locale, issue.message);
  const code = issue.code === 'custom' ? (issue.params?.code as unknown) : undefined;
  if (typeof code === 'string' && code in ERRORS) throw new AppError(code as ErrorCode, param);
  throw new AppError('invalid_body', {
    params: { detail: path ? `${path}: ${message}` : message },
    ...param,
  });
}

/** In the reader's language; what is not there has no type to tell of. */
function textOf(issue: z.core.$ZodRawIssue, locale: Locale) {
  return issue.input === undefined ? 'is required' : ISSUE_TEXTS[locale].localeError(issue);
}

/** Nothing has an id with a NUL in it, which PostgreSQL would not even take. @throws AppError not_found. */
function idsOf(params: Record<string, string>): Record<string, string> {
  if (Object.values(params).some((value) => value.includes('\0'))) throw new AppError('not_found');
  return params;
}

/** PostgreSQL takes no NUL, and no search and no name means one: it is refused before a query meets it. @throws AppError invalid_parameter. */
function withoutNul(values: Record<string, string>): Record<string, string> {
  const found = Object.entries(values).find(([, value]) => value.includes('\0'));
  if (!found) return values;
  const [param] = found;
  throw new AppError('invalid_parameter', { param, params: { param, detail: 'may not hold a NUL character' } });
}
