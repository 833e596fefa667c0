// Joins the edge, the routes and the pages into one Hono application.
import { join } from 'node:path';
import { Hono } from 'hono';

import type { AppContext } from './context.ts';
import { createEdge } from './http/edge.ts';
import { createFallback } from './http/fallback.ts';
import { refuse } from './http/refuse.ts';
import { registerRoutes } from './http/register.ts';
import type { HttpEnv } from './http/route.ts';
import { ROUTES } from './routes.ts';

const WEB_ROOT = join(import.meta.dir, '..', 'web', 'dist');

/** @param webRoot the folder of the built pages. */
export function createApp(ctx: AppContext, webRoot = WEB_ROOT): Hono<HttpEnv> {
  // Not strict: a trailing slash makes no other address.
  const app = new Hono<HttpEnv>({ strict: false });
  app.use(createEdge(ctx));
  registerRoutes(app, ROUTES, ctx);
  app.notFound(createFallback(ctx, ROUTES, webRoot));
  app.onError((thrown, http) => refuse(http, ctx, thrown));
  return app;
}
