// Reads what alerts are judged by: only what every server on the database sees alike, but for the disk.
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import type { ExpressionBuilder } from 'kysely';

import type { AppContext } from '../context.ts';
import type { Schema } from '../db/schema.ts';
import { diskRoom } from '../lib/disk.ts';
import { type BudgetFact, type ChannelFact, type Facts, PERSONAL } from './conditions.ts';
import { partyNames } from './party-names.ts';

const MINUTE_MS = 60_000;
const CALLS_MINUTES = 15;
const ATTEMPTS_MS = 10 * MINUTE_MS;
/** Budgets looked at in one round: first those of more than one person, then those that last changed. */
export const BUDGETS_MAX = 500;

export async function readFacts(ctx: AppContext): Promise<Facts> {
  const now = ctx.clock.now();
  const [budgets, channels, calls, disk] = [
    await readBudgets(ctx, now),
    await readChannels(ctx, now),
    await readCalls(ctx, now),
    await readDisk(ctx),
  ];
  return { now, budgets, channels, calls, disk };
}

async function readBudgets({ db }: AppContext, now: number): Promise<BudgetFact[]> {
  const rows = await db
    .selectFrom('accounts')
    .select(['id', 'partyKind', 'partyId', 'capNanos', 'settledNanos', 'heldNanos'])
    .where('capNanos', '>', 0)
    .where((eb) => eb.or([eb('periodEnd', 'is', null), eb('periodEnd', '>', now)]))
    .where((eb) => eb(eb('settledNanos', '+', eb.ref('heldNanos')), '>=', eb(eb('capNanos', '/', 5), '*', 4)))
    // Whose alerts are sent come first, so that a school full of used-up passes does not hide a class.
    .orderBy((eb) => eb.case().when(isPersonal(eb)).then(1).else(0).end())
    .orderBy('updatedAt', 'desc')
    .limit(BUDGETS_MAX)
    .execute();
  const nameOf = await partyNames(db, rows);
  return rows.map((row) => ({
    accountId: row.partyId.includes('@') ? `${row.id}@` : row.id,
    partyKind: row.partyKind,
    name: nameOf(row),
    capNanos: row.capNanos!,
    usedNanos: row.settledNanos + row.heldNanos,
  }));
}

const isPersonal = (eb: ExpressionBuilder<Schema, 'accounts'>) =>
  eb.or([eb('partyKind', 'in', PERSONAL), eb('partyId', 'like', '%@%')]);

async function readChannels({ db }: AppContext, now: number): Promise<ChannelFact[]> {
  const channels = await db.selectFrom('channels').selectAll().where('status', '=', 'enabled').execute();
  const keys = await db.selectFrom('channelKeys').selectAll().orderBy('position').execute();
  const tried =
    channels.length === 0
      ? []
      : await latestAttempts(
          db,
          channels.map(({ id }) => id),
          now,
        ).execute();
  return channels.map(({ id, name, options, lastCheckError }) => {
    const attempts = tried.find(({ channelId }) => channelId === id);
    return {
      id,
      name,
      keys: keys
        .filter(({ channelId }) => channelId === id)
        .map((key) => ({
          id: key.id,
          hint: key.hint,
          status: key.status,
          coolsUntil: key.cooldownUntil,
          lastError: key.lastError,
        })),
      attempts: Number(attempts?.count ?? 0),
      failures: Number(attempts?.failures ?? 0),
      // Of a check that is no longer made nothing follows.
      checkFailed: lastCheckError !== null && 'health_check_minutes' in (JSON.parse(options) as object),
    };
  });
}

/** How the latest attempts of these channels went. */
export function latestAttempts(db: AppContext['db'], ids: readonly string[], now: number) {
  return (
    db
      .selectFrom('attempts')
      .select(({ fn, eb }) => [
        'channelId',
        fn.countAll<number | string>().as('count'),
        fn.sum<number | string>(eb.case().when('status', '=', 'ok').then(0).else(1).end()).as('failures'),
      ])
      // Named, so that an index leads to each one's latest: else a table of millions would be walked every half minute.
      .where('channelId', 'in', ids)
      .where('startedAt', '>', now - ATTEMPTS_MS)
      // Whoever hangs up says nothing about the channel.
      .where('status', '!=', 'cancelled')
      .groupBy('channelId')
  );
}

async function readCalls({ db }: AppContext, now: number): Promise<Facts['calls']> {
  const row = await db
    .selectFrom('calls')
    .select(({ fn, eb }) => [
      fn.countAll<number | string>().as('count'),
      fn
        .sum<number | string>(eb.case().when('status', 'in', ['success', 'cancelled']).then(0).else(1).end())
        .as('errors'),
    ])
    .where('openedAt', '>', now - CALLS_MINUTES * MINUTE_MS)
    .where('state', '!=', 'open')
    .executeTakeFirstOrThrow();
  return { count: Number(row.count), errors: Number(row.errors ?? 0), minutes: CALLS_MINUTES };
}

async function readDisk({ config }: AppContext): Promise<Facts['disk']> {
  const room = await diskRoom(dirname(config.DATABASE_PATH));
  return room && { host: hostname(), ...room };
}
