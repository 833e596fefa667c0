// Counts the visits of blocked addresses and writes them every few seconds, so that a flood costs a row an hour and
// not a write a request. What a crash loses is a few seconds of counting.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Clock, Ids } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

const WRITE_EVERY_MS = 5_000;
/** Most different visitors counted apart between two writes and in an hour of an entry; more are one of no address. */
export const COUNTED_MAX = 1_000;
const PATH_MAX = 200;
const HOUR_MS = 3_600_000;
const OTHERS = '*';

interface Counted {
  blockedIpId: string;
  ip: string;
  path: string;
  hour: number;
  attempts: number;
  lastAt: number;
}

export interface BlockedAttempts extends AsyncDisposable {
  note(blockedIpId: string, ip: string, path: string): void;
  /** Writes what was counted; a failure keeps it for the next time. */
  write(): Promise<void>;
}

export interface BlockedAttemptsOptions {
  db: Kysely<Schema>;
  clock: Clock;
  ids: Ids;
  log: Logger;
}

export function createBlockedAttempts({ db, clock, ids, log }: BlockedAttemptsOptions): BlockedAttempts {
  let counted = new Map<string, Counted>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function add(one: Counted): void {
    const key = `${one.blockedIpId} ${one.ip} ${one.hour}`;
    const known = counted.get(key);
    if (known) Object.assign(known, { path: one.path, attempts: known.attempts + one.attempts, lastAt: one.lastAt });
    else if (counted.size < COUNTED_MAX || one.ip === OTHERS) counted.set(key, one);
    else add({ ...one, ip: OTHERS });
  }

  async function write(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const rows = [...counted.values()];
    counted = new Map();
    try {
      if (rows.length > 0) await db.transaction().execute((tx) => addUp(tx, rows, ids));
    } catch (error) {
      log.warn('the visits of blocked addresses could not be written yet', { error });
      for (const row of rows) add(row);
    }
  }

  return {
    note(blockedIpId, ip, path) {
      const lastAt = clock.now();
      const hour = Math.floor(lastAt / HOUR_MS);
      add({ blockedIpId, ip, path: path.slice(0, PATH_MAX), hour, attempts: 1, lastAt });
      timer ??= setTimeout(() => void write(), WRITE_EVERY_MS);
      timer.unref();
    },
    write,
    [Symbol.asyncDispose]: write,
  };
}

async function addUp(tx: Kysely<Schema>, rows: readonly Counted[], ids: Ids): Promise<void> {
  const perHour = new Map<string, number>();
  for (const row of rows) {
    if (await addToRow(tx, row)) continue;
    // An entry that was removed meanwhile has no attempts to keep.
    const entry = await tx.selectFrom('blockedIps').select('id').where('id', '=', row.blockedIpId).executeTakeFirst();
    if (!entry) continue;
    // However many addresses a network has: those of an hour beyond the bound are one row together.
    const others = { ...row, ip: OTHERS };
    const hour = `${row.blockedIpId} ${row.hour}`;
    const count = perHour.get(hour) ?? (await countRows(tx, row));
    const isFull = count >= COUNTED_MAX;
    perHour.set(hour, count + 1);
    if (isFull && (await addToRow(tx, others))) continue;
    await tx
      .insertInto('blockedAttempts')
      .values({ ...(isFull ? others : row), id: ids.next('blkatt') })
      .execute();
  }
}

/** @returns whether there is a row of this visitor and hour. */
async function addToRow(
  tx: Kysely<Schema>,
  { blockedIpId, ip, path, hour, attempts, lastAt }: Counted,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('blockedAttempts')
    .set((eb) => ({ attempts: eb('attempts', '+', attempts), lastAt, path }))
    .where('blockedIpId', '=', blockedIpId)
    .where('hour', '=', hour)
    .where('ip', '=', ip)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

async function countRows(tx: Kysely<Schema>, { blockedIpId, hour }: Counted): Promise<number> {
  const { count } = await tx
    .selectFrom('blockedAttempts')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('blockedIpId', '=', blockedIpId)
    .where('hour', '=', hour)
    .where('ip', '!=', OTHERS)
    .executeTakeFirstOrThrow();
  return Number(count);
}
