// The call log as CSV, read and sent page by page, so that a million rows need no more memory than one page.
import type { CallLogEntry } from '@hallpass/shared/call-log.ts';
import { BOM, csvLine } from '@hallpass/shared/csv.ts';

import type { AppContext } from '../context.ts';
import { listLog, type LogFilter, type LogPlace } from './log-store.ts';
import { entryOf } from './log-view.ts';

/** Rows read at once. */
const PAGE = 500;

const COLUMNS = [
  'created_at',
  'username',
  'user_id',
  'ip_address',
  'model_id',
  'channel_name',
  'prompt_tokens',
  'completion_tokens',
  'cached_tokens',
  'reasoning_tokens',
  'audio_tokens',
  'cost',
  'status',
  'error_code',
  'pass_name',
  'classroom_name',
  'seat_name',
  'activation_code',
  'kind',
  'endpoint',
  'stream',
  'estimated',
  'first_byte_ms',
  'duration_ms',
  'request_id',
  'id',
  // Last, so that the columns before it stay where spreadsheets look for them.
  'prompt_unit',
  'units',
] as const satisfies readonly (keyof CallLogEntry)[];

const encoder = new TextEncoder();

/** Newest first. Rows that are added meanwhile are left out. */
export async function* exportLog(
  ctx: AppContext,
  filter: LogFilter,
  columns: readonly (keyof CallLogEntry)[] = COLUMNS,
): AsyncGenerator<Uint8Array> {
  const until = Math.min(filter.until ?? Infinity, ctx.clock.now() + 1);
  yield encoder.encode(BOM + csvLine(columns));
  let after: LogPlace | undefined;
  for (;;) {
    // Reads of SQLite and their promises leave no room for timers and sockets by themselves: streams go on in between.
    await new Promise((resolve) => setImmediate(resolve));
    const rows = await listLog(ctx.database.reports.db, { ...filter, until }, PAGE, after);
    if (rows.length > 0) yield encoder.encode(rows.map((row) => lineOf(entryOf(row), columns)).join(''));
    if (rows.length < PAGE) return;
    after = rows.at(-1);
  }
}

function lineOf(entry: CallLogEntry, columns: readonly (keyof CallLogEntry)[]): string {
  return csvLine(columns.map((name) => entry[name]));
}
