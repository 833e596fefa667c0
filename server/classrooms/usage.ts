// What a class used: by day, by pass, and call by call. Numbers alone; what was said is nowhere in it.
import type { z } from 'zod';

import type { CallLogEntry } from '@hallpass/shared/call-log.ts';
import type {
  ClassCallsPage,
  classCallsFilter,
  classCallsQuery,
  ClassUsage,
  usageQuery,
} from '@hallpass/shared/teaching.ts';

import { exportLog } from '../calls/log-export.ts';
import { fromCursor, logFilter, toCursor } from '../calls/log-query.ts';
import { listLog, type LogFilter } from '../calls/log-store.ts';
import { entryOf } from '../calls/log-view.ts';
import type { AppContext } from '../context.ts';
import { lastDays, sumsOfEach } from '../stats/days.ts';
import { addUp, totalOf } from '../stats/sums.ts';
import type { Asked } from './roster.ts';
import { findOwnClassroom } from './scope.ts';
import { hoursOfClass, passesOfClass } from './usage-store.ts';

type Where = Omit<Asked, 'by'>;
const DAYS = { '7d': 7, '30d': 30, '90d': 90 } as const;
const HOUR_MS = 3_600_000;
/** Passes told of one class. */
const PASSES_SHOWN = 500;

/** @throws AppError not_found. */
export async function usageOf(
  ctx: AppContext,
  { classroomId, somebody }: Where,
  { range }: z.infer<typeof usageQuery>,
): Promise<ClassUsage> {
  await findOwnClassroom(ctx.db, somebody, classroomId);
  const { db } = ctx.database.reports;
  const timeZone = ctx.config.TIME_ZONE;
  const days = lastDays(DAYS[range], timeZone, ctx.clock.now());
  const [from, until] = [days[0]!.from, days.at(-1)!.until];
  const [hourly, passes] = await Promise.all([
    hoursOfClass(db, classroomId, { from, until }),
    passesOfClass(db, classroomId, from * HOUR_MS),
  ]);
  const bySpend = passes.toSorted((a, b) => b.costNanos - a.costNanos || b.calls - a.calls || (a.id < b.id ? -1 : 1));
  return {
    time_zone: timeZone,
    total: totalOf(addUp(hourly)),
    trend: sumsOfEach(days, hourly).map((sum) => ({ day: sum.day, ...totalOf(sum) })),
    passes: bySpend.slice(0, PASSES_SHOWN).map(({ id, name, ...sum }) => ({ id, name, ...totalOf(sum) })),
  };
}

/** @throws AppError not_found, invalid_parameter. */
export async function callsOf(
  ctx: AppContext,
  { classroomId, somebody }: Where,
  { cursor, limit, ...query }: z.infer<typeof classCallsQuery>,
): Promise<ClassCallsPage> {
  await findOwnClassroom(ctx.db, somebody, classroomId);
  const after = cursor === undefined ? undefined : fromCursor(cursor);
  const rows = await listLog(ctx.database.reports.db, filterOf(ctx, classroomId, query), limit + 1, after);
  const page = rows.slice(0, limit);
  return { data: page.map(entryOf), next_cursor: rows.length > limit ? toCursor(page.at(-1)!) : null };
}

const COLUMNS = [
  'created_at',
  'seat_name',
  'pass_name',
  'model_id',
  'prompt_tokens',
  'completion_tokens',
  'cost',
  'status',
  'error_code',
  'activation_code',
  'duration_ms',
  'request_id',
  'prompt_unit',
  'units',
] as const satisfies readonly (keyof CallLogEntry)[];

/** @throws AppError not_found, invalid_parameter, before anything is sent. */
export async function exportCalls(
  ctx: AppContext,
  { classroomId, somebody }: Where,
  query: z.infer<typeof classCallsFilter>,
): Promise<AsyncGenerator<Uint8Array>> {
  await findOwnClassroom(ctx.db, somebody, classroomId);
  return exportLog(ctx, filterOf(ctx, classroomId, query), COLUMNS);
}

function filterOf(ctx: AppContext, classroomId: string, query: z.infer<typeof classCallsFilter>): LogFilter {
  const everything = { user: undefined, ip: undefined, channel: undefined, classroom: undefined };
  return { ...logFilter({ ...query, ...everything }, ctx.config.TIME_ZONE), classroomId };
}
