// Joins HTTP parts into one Hono application: request id, language, address, routes, errors.
import { Hono } from 'hono';

import type { AppContext } from './context.ts';
import { createClientIp } from './http/client-ip.ts';
import { errorAnswer, toAppError } from './http/errors.ts';
import { localeFromHeader } from './http/locale.ts';
import { registerRoutes } from './http/register.ts';
import type { ErrorFamily, HttpEnv } from './http/route.ts';
import { AppError } from './lib/app-error.ts';
import { ROUTES } from './routes.ts';

export function createApp(ctx: AppContext): Hono<HttpEnv> {
  const app = new Hono<HttpEnv>();
  const clientIp = createClientIp(ctx.config.TRUSTED_PROXIES);
  app.use(async (http, next) => {
    http.set('requestId', ctx.ids.next('req'));
    http.set('locale', localeFromHeader(http.req.header('accept-language')) ?? ctx.settings.current().defaultLocale);
    http.set('ip', clientIp(http.env.ip, http.req.header('x-forwarded-for')));
    http.set('family', familyOf(http.req.path));
    await next();
    http.res.headers.set('x-request-id', http.get('requestId'));
  });
  registerRoutes(app, ROUTES, ctx);
  app.notFound(() => {
    throw new AppError('not_found');
  });
  app.onError((thrown, http) => {
    const error = toAppError(thrown, http.get('requestId'));
    if (error.code === 'internal_error')
      ctx.log.error('unexpected', { requestId: http.get('requestId'), error: thrown });
    const { status, headers, body } = errorAnswer(error, http.get('family'), http.get('locale'));
    return http.json(body, status as 500, headers);
  });
  return app;
}

function familyOf(path: string): ErrorFamily {
  if (path.startsWith('/key/')) return 'litellm';
  return path.startsWith('/api/chat/') ? 'chat' : 'openai';
}
