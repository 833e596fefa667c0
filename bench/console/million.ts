// Fills a migrated database with call rows of a school's year, straight in SQL: what the console shows of them is measured.
import { type Kysely, sql } from 'kysely';

const DAYS = 90;
const HOUR_MS = 3_600_000;
const BATCH = 100_000;

export interface Filling {
  engine: 'sqlite' | 'postgres';
  rows: number;
  /** Epoch ms of the newest row. */
  now: number;
}

/** Calls with one attempt each, spread over ninety days, 5 models, 3 channels, 20 classes, 800 passes; their roll-ups too. */
export async function fill(raw: Kysely<never>, { engine, rows, now }: Filling): Promise<void> {
  const first = now - DAYS * 24 * HOUR_MS;
  const step = Math.floor((now - first) / rows);
  for (let from = 0; from < rows; from += BATCH) {
    const until = Math.min(rows, from + BATCH) - 1;
    const series =
      engine === 'postgres'
        ? sql`generate_series(${sql.lit(from)}, ${sql.lit(until)}) as series(n)`
        : sql`(with recursive numbers(n) as (select ${sql.lit(from)} union all select n + 1 from numbers where n < ${sql.lit(until)}) select n from numbers) as series`;
    const openedAt = sql`(cast(${sql.lit(first)} as bigint) + cast(n as bigint) * ${sql.lit(step)})`;
    await sql`
      insert into calls (id, request_id, kind, endpoint, pass_id, pass_name, classroom_id, classroom_name, model,
        channel_id, channel_name, stream, ip, opened_at, first_byte_at, settled_at, hour, day, state, status, error_code,
        prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens, reasoning_tokens, estimated, over_hold,
        unpriced, prompt_estimate, delivered_bytes, held_nanos, cost_nanos, account_ids)
      select 'call_' || ${padded(engine)}, 'req_' || ${padded(engine)}, 'question', 'chat.completions',
        'pass_' || (n % 800), 'seat ' || (n % 800), 'class_' || (n % 20), 'Class ' || (n % 20), 'model-' || (n % 5),
        'ch_' || (n % 3), 'Channel ' || (n % 3), n % 2, '10.0.' || (n % 4) || '.' || (n % 250), ${openedAt},
        ${openedAt} + 400, ${openedAt} + 3000, ${openedAt} / ${sql.lit(HOUR_MS)}, '2026-01-01', 'settled',
        case when n % 50 = 0 then 'error' else 'success' end,
        case when n % 50 = 0 then 'upstream_error' else null end,
        200 + n % 300, 0, 0, 100 + n % 200, 0, 0, 0, 0, 220, 900, 0, 1000000 + n % 1000, '[]'
      from ${series}`.execute(raw);
    await sql`
      insert into attempts (id, call_id, position, channel_id, upstream_model, status, started_at, ended_at,
        prompt_tokens, cached_tokens, cache_write_tokens, completion_tokens, reasoning_tokens, estimated, cost_nanos)
      select 'att_' || ${padded(engine)}, 'call_' || ${padded(engine)}, 0, 'ch_' || (n % 3), 'model-' || (n % 5),
        case when n % 50 = 0 then 'error' else 'ok' end, ${openedAt}, ${openedAt} + 3000,
        200 + n % 300, 0, 0, 100 + n % 200, 0, 0, 1000000 + n % 1000
      from ${series}`.execute(raw);
  }
  for (const [dimension, id] of DIMENSIONS)
    await sql`
      insert into usage_rollups (hour, dimension, dimension_id, calls, errors, prompt_tokens, completion_tokens, cost_nanos)
      select hour, ${sql.lit(dimension)}, ${id}, count(*), sum(case when status = 'success' then 0 else 1 end),
        sum(prompt_tokens), sum(completion_tokens), sum(cost_nanos)
      from calls group by hour, ${id}`.execute(raw);
  await sql`analyze`.execute(raw);
}

const DIMENSIONS = [
  ['all', sql`substr('', 1)`],
  ['model', sql`model`],
  ['channel', sql`channel_id`],
  ['pass', sql`pass_id`],
  ['classroom', sql`classroom_id`],
] as const;

const padded = (engine: Filling['engine']) =>
  engine === 'postgres' ? sql`lpad(cast(n as text), 9, '0')` : sql`printf('%09d', n)`;
