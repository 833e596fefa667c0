// What happens to every request before and after its route. Each call of the gateway pays for this, so it stays short.
import type { MiddlewareHandler } from 'hono';

import type { AppContext } from '../context.ts';
import { refuseBlocked } from './blocked.ts';
import { createClientIp } from './client-ip.ts';
import { createCors, isOpenPath } from './cors.ts';
import { createLocales } from './locale.ts';
import type { ErrorFamily, HttpEnv } from './route.ts';
import { secure } from './security-headers.ts';

/** Gives a request its id, language, address and error family; gives its answer the headers every answer has. */
export function createEdge(ctx: AppContext): MiddlewareHandler<HttpEnv> {
  const clientIp = createClientIp(ctx.config.TRUSTED_PROXIES);
  const localeOf = createLocales();
  const cors = createCors(ctx.config.CORS_ORIGINS);
  return async (http, next) => {
    const { path, raw } = http.req;
    const asked = localeOf(raw.headers.get('accept-language'));
    const requestId = ctx.ids.next('req');
    http.set('requestId', requestId);
    http.set('locale', asked ?? ctx.settings.current().defaultLocale);
    http.set('localeAsked', asked !== undefined);
    http.set('ip', clientIp(http.env.ip, raw.headers.get('x-forwarded-for') ?? undefined));
    http.set('family', familyOf(path));
    const open = isOpenPath(path);
    if (open && raw.method === 'OPTIONS') http.res = cors.preflight(raw.headers);
    else {
      const refusal = refuseBlocked(http, ctx);
      if (refusal) http.res = refusal;
      else await next();
    }
    const { headers } = http.res;
    headers.set('x-request-id', requestId);
    // The name that Anthropic's SDKs read it by.
    if (http.get('family') === 'messages') headers.set('request-id', requestId);
    secure(headers);
    if (open) cors.allow(headers, raw.headers.get('origin'));
  };
}

function familyOf(path: string): ErrorFamily {
  if (path.startsWith('/key/')) return 'litellm';
  return path.startsWith('/api/chat/') ? 'chat' : 'openai';
}
