// /api/admin/health and /api/admin/health/consistency.
import { consistencyReply, systemHealth } from '@hallpass/shared/system.ts';

import { examine } from '../doctor/examine.ts';
import { reportText, verdictOf } from '../doctor/report.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { readHealth } from './health.ts';

const path = '/api/admin/health';
const shared = { guard: 'admin', tag: 'system' } as const;

export const systemRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    summary: 'How the server itself is: version, memory, database, Redis, disk, servers',
    response: systemHealth,
    handler: ({ ctx }) => readHealth(ctx),
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path: `${path}/consistency`,
    summary: 'Check that database, types and API agree, as `npm run doctor` does (requirement 004)',
    response: consistencyReply,
    handler: async ({ ctx, locale }) => {
      const examination = await examine(ctx.database);
      const checked_at = new Date(ctx.clock.now()).toISOString();
      return { verdict: verdictOf(examination), report: reportText(examination, checked_at, locale), checked_at };
    },
  }),
];
