// /healthz: the process answers. /readyz: it can serve calls.
import { z } from 'zod';

import { AppError } from '../lib/app-error.ts';
import { defineRoute, type Route } from './route.ts';

/** A database that takes longer is not one to send calls to. */
const DATABASE_TIMEOUT_MS = 2_000;
const tag = 'system';

export const healthRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path: '/healthz',
    guard: 'public',
    summary: 'Whether the process is alive',
    tag,
    response: z.object({ status: z.literal('ok') }),
    handler: async () => ({ status: 'ok' as const }),
  }),
  defineRoute({
    method: 'get',
    path: '/readyz',
    guard: 'public',
    summary: 'Whether calls can be served: the database answers and the server is not stopping',
    tag,
    response: z.object({
      status: z.literal('ready'),
      limits: z
        .enum(['redis', 'memory'])
        .meta({ description: 'Where rate limits are kept now; memory beside a REDIS_URL: Redis is away' })
        .optional(),
    }),
    handler: async ({ ctx }) => {
      if (ctx.shutdown.stopping.aborted) throw new AppError('server_stopping', { retryAfterMs: 5_000 });
      const asked = ctx.db.selectFrom('changes').select('version').executeTakeFirst();
      await within(asked, DATABASE_TIMEOUT_MS);
      return { status: 'ready' as const, ...(ctx.redis ? { limits: ctx.redis.limits.store } : {}) };
    },
  }),
];

/** @throws AppError database_unavailable when it takes longer. */
async function within(work: Promise<unknown>, timeoutMs: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new AppError('database_unavailable', { retryAfterMs: 5_000 })), timeoutMs);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
