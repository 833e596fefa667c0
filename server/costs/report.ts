// What was spent from one day to another, by class, model, channel, user, pass or plan; from the roll-ups, so it stays
// right when call rows are gone.
import { COST_DAYS_MAX, type CostsQuery } from '@hallpass/shared/costs.ts';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { daysBetween, type Day, sourceOf, sumsOfEach } from '../stats/days.ts';
import { namesOf } from '../stats/names.ts';
import { addedSums, hourlySums, sumsOf } from '../stats/store.ts';
import { addUp, type Sum } from '../stats/sums.ts';

/** Ids whose names are asked for at once. */
const NAMES_AT_ONCE = 500;

export interface CostLine extends Sum {
  id: string;
  name: string;
}

export interface CostReport {
  total: Sum;
  before: Sum;
  lines: CostLine[];
}

/** @throws AppError invalid_parameter */
export async function costReport(ctx: AppContext, { from, to, by }: CostsQuery): Promise<CostReport> {
  const timeZone = ctx.config.TIME_ZONE;
  const days = daysOf(from, to, timeZone);
  const { db } = ctx.database.reports;
  const hourly = await hourlySums(db, { from: days[0]!.from, until: days.at(-1)!.until });
  const source = sourceOf(timeZone, sumsOfEach(days, hourly), await addedSums(db, timeZone, from));
  const sums = await sumsOf(db, by, source);
  const names = await allNames(ctx, by, sums);
  return {
    total: addUp(hourly),
    before: addUp(await hourlySums(db, hoursBefore(days, timeZone))),
    lines: sums.map((sum) => ({ ...sum, name: names.get(sum.id) ?? sum.id })),
  };
}

/** @throws AppError where the days are in the wrong order or too many. */
function daysOf(from: string, to: string, timeZone: string): Day[] {
  const refuse = (detail: string) =>
    new AppError('invalid_parameter', { param: 'to', params: { param: 'to', detail } });
  if (to < from) throw refuse(`${to} is before ${from}`);
  const count = Temporal.PlainDate.from(from).until(to).total('days') + 1;
  if (count > COST_DAYS_MAX) throw refuse(`a report covers ${COST_DAYS_MAX} days at most`);
  return daysBetween(from, count, timeZone);
}

function hoursBefore(days: readonly Day[], timeZone: string) {
  const first = Temporal.PlainDate.from(days[0]!.day).subtract({ days: days.length });
  return { from: daysBetween(first.toString(), 1, timeZone)[0]!.from, until: days[0]!.from };
}

async function allNames({ db }: AppContext, by: string, sums: readonly { id: string }[]): Promise<Map<string, string>> {
  const names = new Map<string, string>();
  for (let i = 0; i < sums.length; i += NAMES_AT_ONCE) {
    const ids = sums.slice(i, i + NAMES_AT_ONCE).map(({ id }) => id);
    for (const [id, name] of await namesOf(db, by, ids)) names.set(id, name);
  }
  return names;
}
