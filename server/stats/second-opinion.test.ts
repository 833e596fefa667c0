// Every figure of the statistics against the calls themselves, in zones with and without a change of the clock, with
// calls at the very edges of days, weeks and months; before and after days have been added up.
import { expect, test } from 'bun:test';

import type { StatsReply, StatsTotal } from '@hallpass/shared/stats.ts';

import { createGatewayApp, type GatewayApp } from '../testing/gateway-app.ts';
import { addUpDays } from './add-up-days.ts';

const HOUR_MS = 3_600_000;

/** Zone, and a morning shortly after something happened to its calendar. */
const PLACES = [
  ['Asia/Shanghai', '2026-03-04T10:20'],
  ['Europe/Berlin', '2026-03-30T08:00'],
  ['America/New_York', '2026-11-02T09:00'],
  ['Pacific/Auckland', '2026-04-06T23:30'],
  // Midnight is skipped there when summer begins.
  ['Africa/Cairo', '2026-05-01T12:00'],
] as const;

test.each(PLACES)('in %s at %s', async (timeZone, local) => {
  await using gateway = await createGatewayApp({ TIME_ZONE: timeZone });
  await gateway.addModel('gpt-a');
  await gateway.addModel('gpt-b', {}, { prices: { prompt: 1, completion: 3 } });
  await gateway.addModel('gpt-bad', { status: 400 });
  const now = Temporal.PlainDateTime.from(local).toZonedDateTime(timeZone);
  const keys = await Promise.all(['one', 'two', 'three'].map((key_alias) => gateway.pass({ key_alias })));
  const models = ['gpt-a', 'gpt-b', 'gpt-bad'];
  for (const [i, at] of edgesBefore(now).entries()) {
    gateway.app.clock.setWall(at);
    await (await gateway.chat(keys[i % 3], { model: models[i % 5] ?? 'gpt-a' })).text();
  }
  gateway.app.clock.setWall(now.epochMilliseconds);
  await compare(gateway, now);
  expect(await addUpDays(gateway.app.ctx)).toBeGreaterThan(0);
  await compare(gateway, now);
  // A call that is settled late, or counted into a day that has been added up already.
  gateway.app.clock.setWall(now.subtract({ days: 9 }).epochMilliseconds);
  await (await gateway.chat(keys[0], { model: 'gpt-b' })).text();
  gateway.app.clock.setWall(now.epochMilliseconds);
  await compare(gateway, now);
});

/** A millisecond before and at each midnight of the last 40 days, at the start of the hour that runs, and now. */
function edgesBefore(now: Temporal.ZonedDateTime): number[] {
  const midnights = Array.from({ length: 41 }, (_, i) =>
    now
      .startOfDay()
      .subtract({ days: 40 - i })
      .startOfDay(),
  );
  const hour = Math.floor(now.epochMilliseconds / HOUR_MS) * HOUR_MS;
  return [...midnights.flatMap(({ epochMilliseconds: at }) => [at - 1, at]), hour - 1, hour, now.epochMilliseconds];
}

async function compare(gateway: GatewayApp, now: Temporal.ZonedDateTime): Promise<void> {
  const calls = (await gateway.calls()).map((call) => ({
    ...call,
    at: Temporal.Instant.fromEpochMilliseconds(call.openedAt).toZonedDateTimeISO(now.timeZoneId),
  }));
  type Call = (typeof calls)[number];
  const total = (some: readonly Call[]): StatsTotal => ({
    calls: some.length,
    errors: some.filter(({ status }) => status === 'error').length,
    prompt_tokens: some.reduce((sum, call) => sum + call.promptTokens, 0),
    completion_tokens: some.reduce((sum, call) => sum + call.completionTokens, 0),
    cost: some.reduce((sum, call) => sum + call.costNanos, 0) / 1e9,
  });
  const reply = await read(gateway, '30d');
  const today = now.toPlainDate();
  const since = { today, week: today.subtract({ days: today.dayOfWeek - 1 }), month: today.with({ day: 1 }) };
  const isFrom = (first: Temporal.PlainDate) => (call: Call) =>
    Temporal.PlainDate.compare(call.at.toPlainDate(), first) >= 0;
  for (const [period, first] of Object.entries(since)) {
    const some = calls.filter(isFrom(first));
    const { active_users: active, ...sums } = reply[period as keyof typeof since];
    expect([period, rounded(sums)]).toEqual([period, rounded(total(some))]);
    expect([period, active]).toEqual([period, new Set(some.map(({ passId }) => passId)).size]);
  }
  for (const { day, ...sums } of reply.trend)
    expect([day, rounded(sums)]).toEqual([
      day,
      rounded(total(calls.filter(({ at }) => at.toPlainDate().toString() === day))),
    ]);
  const range = calls.filter(isFrom(today.subtract({ days: 29 })));
  for (const [dimension, column] of [
    ['model', 'model'],
    ['channel', 'channelId'],
    ['pass', 'passId'],
  ] as const) {
    const shares = Object.fromEntries(reply.shares[dimension]!.map((share) => [share.id, rounded(share)]));
    const ids = new Set(range.map((call) => call[column]).filter((id) => id !== null));
    expect(shares).toEqual(
      Object.fromEntries([...ids].map((id) => [id, rounded(total(range.filter((call) => call[column] === id)))])),
    );
  }
}

async function read({ app, admin }: GatewayApp, range: string): Promise<StatsReply> {
  const response = await app.request(`/api/admin/stats?range=${range}`, { token: admin });
  expect(response.status).toBe(200);
  return (await response.json()) as StatsReply;
}

/** The figures alone, and money to the nano. */
const rounded = ({ calls, errors, prompt_tokens, completion_tokens, cost }: StatsTotal): StatsTotal => ({
  ...{ calls, errors, prompt_tokens, completion_tokens },
  cost: Math.round(cost * 1e9) / 1e9,
});
