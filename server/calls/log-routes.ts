// The administrator's call log, at requirement 001's addresses. What was said is not in it.
import { z } from 'zod';

import { callLogDetail, callLogFilter, callLogPage, callLogQuery } from '@hallpass/shared/call-log.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { exportLog } from './log-export.ts';
import { fromCursor, logFilter, toCursor } from './log-query.ts';
import { findLogged, listAttempts, listLog } from './log-store.ts';
import { detailOf, entryOf } from './log-view.ts';

const shared = { guard: 'admin', tag: 'call log' } as const;

export const logRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/logs',
    summary: 'The call log, newest first, with filters',
    query: callLogQuery,
    response: callLogPage,
    handler: async ({ ctx, query: { cursor, limit, ...filter } }) => {
      const after = cursor === undefined ? undefined : fromCursor(cursor);
      const rows = await listLog(ctx.database.reports.db, logFilter(filter, ctx.config.TIME_ZONE), limit + 1, after);
      const page = rows.slice(0, limit);
      return { data: page.map(entryOf), next_cursor: rows.length > limit ? toCursor(page.at(-1)!) : null };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/logs/export',
    summary: 'The same calls as CSV (UTF-8 with BOM), streamed',
    query: callLogFilter,
    fileType: 'text/csv',
    file: async ({ ctx, query }) => {
      const name = `hallpass-calls-${new Date(ctx.clock.now()).toISOString().slice(0, 10)}.csv`;
      return new Response(exportLog(ctx, logFilter(query, ctx.config.TIME_ZONE)) as unknown as BodyInit, {
        headers: { 'content-type': 'text/csv; charset=utf-8', 'content-disposition': `attachment; filename="${name}"` },
      });
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/logs/:id',
    summary: 'One call with its attempts, prices and times',
    params: z.object({ id: z.string().max(100) }),
    response: callLogDetail,
    handler: async ({ ctx, params: { id } }) => {
      const row = await findLogged(ctx.db, id);
      if (!row) throw new AppError('not_found');
      return detailOf(row, await listAttempts(ctx.db, id));
    },
  }),
];
