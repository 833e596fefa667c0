// What is told about the server, in words.
import type { SystemHealth } from '@/api/system.ts';
import { currentLocale, t } from '@/i18n/texts.ts';
import { moment, NOTHING, whole } from '@/lib/words.ts';

export interface FactGroup {
  title: string;
  rows: [name: string, value: string][];
}

const ENGINES = { sqlite: 'SQLite', postgres: 'PostgreSQL' };
const UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;

/** Such as 1.2 GB. */
export function bytes(value: number | null): string {
  if (value === null) return NOTHING;
  const step = value < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(value) / 10));
  return (value / 1024 ** step).toLocaleString(currentLocale(), {
    style: 'unit',
    unit: UNITS[step],
    unitDisplay: 'short',
    maximumFractionDigits: step > 2 ? 1 : 0,
  });
}

export function healthFacts(health: SystemHealth): FactGroup[] {
  const { database, redis, disk, servers, retention_days: days } = health;
  return [
    {
      title: t('health.server'),
      rows: [
        [t('health.version'), `Hallpass ${health.version} · ${health.runtime}`],
        [t('health.started'), moment(health.started_at)],
        [t('health.host'), health.host],
        [t('health.memory'), bytes(health.memory_bytes)],
        [t('health.live'), whole(health.live_calls)],
        [t('plans.timeZone'), health.time_zone],
        [
          t('health.disk'),
          disk ? t('health.diskOf', { free: bytes(disk.free_bytes), total: bytes(disk.total_bytes) }) : NOTHING,
        ],
      ],
    },
    {
      title: t('health.database'),
      rows: [
        [t('health.engine'), ENGINES[database.engine]],
        [t('health.answer'), t('health.ms', { value: database.answer_ms.toLocaleString(currentLocale()) })],
        [t('health.size'), bytes(database.size_bytes)],
        [t('health.migration'), database.migration],
        [t('health.callRows'), whole(database.call_rows)],
        [t('health.oldest'), database.oldest_call_at ? moment(database.oldest_call_at) : NOTHING],
        [t('health.kept'), t('health.keptDays', { calls: whole(days.calls), contents: whole(days.contents) })],
      ],
    },
    {
      title: t('health.servers', { count: servers.length }),
      rows: [
        ...servers.map(({ host, pid, seen_at }): [string, string] => [`${host} · ${pid}`, moment(seen_at)]),
        ['Redis', redis ? t(redis.up ? 'health.redisUp' : 'health.redisDown') : t('health.redisNone')],
      ],
    },
  ];
}
