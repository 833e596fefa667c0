// Answers where no route matched: the pages and their files, 405 for a known address, otherwise 404.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { createKnownPaths } from './known-paths.ts';
import { plainPage } from './plain-page.ts';
import { refuse } from './refuse.ts';
import type { HttpEnv, Route } from './route.ts';
import { listStaticFiles, serveStatic } from './static-files.ts';

/** Addresses of the single-page application; its router shows the rest. */
const PAGES = /^\/(login(\/oidc)?|register|account|setup(\.html)?|reset|admin(\/.*)?)?$/;

/** First parts of addresses that programs call: what is unknown there is told in JSON, whoever asks. */
const API =
  /^\/(api|v1|key|team|user|spend|models|chat|completions|responses|embeddings|messages|images|audio|rerank)(\/|$)/;

const READS = ['GET', 'HEAD', 'OPTIONS'];

type Fallback = (http: HonoContext<HttpEnv>) => Response;

/** @param webRoot the folder of the built pages. */
export function createFallback(ctx: AppContext, routes: readonly Route[], webRoot: string): Fallback {
  const methodsOf = createKnownPaths(routes);
  const files = listStaticFiles(webRoot);
  return (http) => {
    const { path, method, raw } = http.req;
    const isPage = PAGES.test(path);
    const file = files.get(isPage ? '/index.html' : path);
    const methods = isPage || file ? READS : methodsOf(path);
    if (methods.length === 0) return notFound(http, ctx);
    if (method === 'OPTIONS') return new Response(null, { status: 204, headers: { allow: methods.join(', ') } });
    if (!methods.includes(method)) {
      const headers = { allow: methods.join(', ') };
      return refuse(http, ctx, new AppError('method_not_allowed', { params: { method }, headers }));
    }
    return file ? serveStatic(file, raw.headers) : plainPage('notBuilt', http.get('locale'));
  };
}

function notFound(http: HonoContext<HttpEnv>, ctx: AppContext): Response {
  const wantsPage = http.req.raw.headers.get('accept')?.includes('text/html');
  if (wantsPage && !API.test(http.req.path)) return plainPage('notFound', http.get('locale'));
  return refuse(http, ctx, new AppError('not_found'));
}
