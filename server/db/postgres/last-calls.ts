// What a process that has died had let in in its last minute, by the calls it opened: a call is in its book before a byte
// of it leaves, so nothing that went out is missing.
import { type Kysely, sql } from 'kysely';

import { FORGOTTEN_MS } from '../../limits/agreement.ts';
import type { Windows } from '../../limits/limits.ts';

/** The parties of a call in the words of its row. */
export interface CalledBy {
  passId: string | null;
  seatId: string | null;
  classroomId: string | null;
  userId: string | null;
  planId: string | null;
  ip: string | null;
}

/** A call is counted this much after it was opened at most: it may have had to wait for its turn. */
const WAITED_SECONDS = 2;

/** @returns under which keys limits count a call for those who made it. */
export type CountedKeys = (call: CalledBy) => string[];

interface LastCall extends CalledBy {
  age: number;
  calls: number;
  tokens: number;
  /** Channel and route of each attempt; while that is not written, of each route the model has. */
  tried: [channelId: string, routeId: string | null][];
}

/**
 * Calls alike are one row. The dead process's own clock stamped its calls: what it showed when it was last seen tells
 * how far it is from the database's. Of a call that is not settled, all it might have used counts.
 */
export async function lastCallsOf(raw: Kysely<never>, owner: string, countedKeys: CountedKeys): Promise<Windows> {
  const { rows } = await sql<LastCall>`
    with last as (
      select c.*, m.seen_at - m.clock_at as ahead from limit_members m join calls c
        on c.owner = m.id and c.opened_at > m.clock_at - ${FORGOTTEN_MS}::bigint
      where m.id = ${owner} and c.kind <> 'recorded'
    ), counted as (
      select pass_id, seat_id, classroom_id, user_id, plan_id, ip,
        greatest(0, (extract(epoch from clock_timestamp()) - (opened_at + ahead) / 1000.0)::integer - ${WAITED_SECONDS}::integer) as age,
        case when state = 'settled' then prompt_tokens + completion_tokens
          else prompt_estimate + coalesce(granted_tokens, 0) end as tokens,
        coalesce(
          (select json_agg(json_build_array(a.channel_id, a.route_id) order by a.channel_id, a.route_id)
            from attempts a where a.call_id = last.id),
          (select json_agg(json_build_array(r.channel_id, r.id) order by r.channel_id, r.id)
            from routes r join models o on o.id = r.model_id where o.public_name = last.model),
          '[]'::json)::text as tried
      from last
    )
    select pass_id as "passId", seat_id as "seatId", classroom_id as "classroomId", user_id as "userId",
      plan_id as "planId", ip, age, tried::json, count(*)::integer as calls, sum(tokens)::bigint as tokens
    from counted group by 1, 2, 3, 4, 5, 6, 7, tried`.execute(raw);
  const windows: Windows = {};
  for (const row of rows) {
    const channels = row.tried.flatMap(([channelId, routeId]) => [`channel:${channelId}`, `route:${routeId}`]);
    for (const key of [...countedKeys(row), ...channels])
      (windows[key] ??= { slots: [], open: 0 }).slots.push([row.age, row.calls, row.tokens]);
  }
  return windows;
}
