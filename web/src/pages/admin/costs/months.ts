// The months a report can be asked for, and what a line is of the whole. Pure.

export interface Month {
  /** `2026-11` */
  id: string;
  /** ISO dates, both included. */
  from: string;
  to: string;
}

/** The present month and those before it, the newest first. @param today ISO date in the server's zone. */
export function lastMonths(today: string, count: number): Month[] {
  const [year, month] = today.split('-').map(Number) as [number, number];
  return Array.from({ length: count }, (_, ago) => {
    const first = new Date(Date.UTC(year, month - 1 - ago, 1));
    const last = new Date(Date.UTC(year, month - ago, 0));
    const iso = (date: Date) => date.toISOString().slice(0, 10);
    return { id: iso(first).slice(0, 7), from: iso(first), to: iso(last) };
  });
}

/** How much more than before, in whole per cent; null where there was nothing before. */
export function growth(now: number, before: number): number | null {
  return before === 0 ? null : Math.round(((now - before) / before) * 100);
}

/** 0 to 1. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
