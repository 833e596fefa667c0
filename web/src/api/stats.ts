// Statistics (requirement 001 §2.5, 003's cost report).
import type { STATS_DIMENSIONS, StatsReply, StatsShare } from '@hallpass/shared/stats.ts';

import { sendJson } from './http.ts';

export type { StatsReply, StatsShare };
export type StatsDimension = (typeof STATS_DIMENSIONS)[number];
export type StatsRange = '7d' | '30d' | '90d';

/** @throws Problem. */
export function readStats(token: string, range: StatsRange): Promise<StatsReply> {
  return sendJson<StatsReply>(`/api/admin/stats?range=${range}`, { token });
}
