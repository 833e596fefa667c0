// LiteLLM's durations: 30s 30m 30h 30d 1w 1mo. For periods of a budget see periods.ts.

const UNITS = ['s', 'm', 'h', 'd', 'w', 'mo'] as const;
export type DurationUnit = (typeof UNITS)[number];

export interface Duration {
  count: number;
  unit: DurationUnit;
}

const UNIT_MS: Record<Exclude<DurationUnit, 'mo'>, number> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};

/** Words that LiteLLM takes too. */
const WORDS: Record<string, string> = { hourly: '1h', daily: '1d', weekly: '1w', monthly: '1mo' };
const LONGEST_MS = 100 * 366 * UNIT_MS.d;

/** undefined = not a duration, nothing at all, or longer than a hundred years. */
export function parseDuration(text: string): Duration | undefined {
  const match = /^(\d{1,10})(mo|[smhdw])$/.exec(WORDS[text] ?? text);
  if (!match) return undefined;
  const duration = { count: Number(match[1]), unit: match[2] as DurationUnit };
  const lasts =
    duration.count * UNIT_MS[duration.unit === 'mo' ? 'd' : duration.unit] * (duration.unit === 'mo' ? 31 : 1);
  return duration.count > 0 && lasts <= LONGEST_MS ? duration : undefined;
}

/** As it is stored: the words written out. */
export function formatDuration({ count, unit }: Duration): string {
  return `${count}${unit}`;
}

/** The instant a duration after another; a month later is the same day of the month (or its last), in UTC. */
export function addDuration(at: number, { count, unit }: Duration): number {
  if (unit !== 'mo') return at + count * UNIT_MS[unit];
  const from = new Date(at);
  const to = new Date(at);
  to.setUTCMonth(from.getUTCMonth() + count, 1);
  const lastDay = new Date(Date.UTC(to.getUTCFullYear(), to.getUTCMonth() + 1, 0)).getUTCDate();
  to.setUTCDate(Math.min(from.getUTCDate(), lastDay));
  return to.getTime();
}
