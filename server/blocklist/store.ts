// The tables of blocked addresses and of their attempts.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { BlockedIpsTable } from '../db/tables/system.ts';

type Db = Kysely<Schema>;

export function insertBlockedIp(db: Db, row: BlockedIpsTable) {
  return db.insertInto('blockedIps').values(row).execute();
}

export async function deleteBlockedIp(db: Db, id: string): Promise<BlockedIpsTable | undefined> {
  return db.deleteFrom('blockedIps').where('id', '=', id).returningAll().executeTakeFirst();
}

export async function countBlockedIps(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('blockedIps')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Whether this very network is blocked now: entries whose time is over do not count. */
export async function isBlocked(db: Db, ipAddress: string, now: number): Promise<boolean> {
  const row = await db
    .selectFrom('blockedIps')
    .select('id')
    .where('ipAddress', '=', ipAddress)
    .where((eb) => eb.or([eb('expiresAt', 'is', null), eb('expiresAt', '>', now)]))
    .executeTakeFirst();
  return row !== undefined;
}

export function findBlockedIp(db: Db, id: string) {
  return listQuery(db).where('blockedIps.id', '=', id).executeTakeFirst();
}

/** Newest first, with what was refused so far. */
export function listBlockedIps(db: Db) {
  return listQuery(db).orderBy('blockedIps.createdAt', 'desc').orderBy('blockedIps.id', 'desc').execute();
}

function listQuery(db: Db) {
  return db
    .selectFrom('blockedIps')
    .leftJoin('users', 'users.id', 'blockedIps.createdBy')
    .selectAll('blockedIps')
    .select((eb) => [
      eb.fn.coalesce('users.displayName', 'users.username', 'users.email').as('creator'),
      eb
        .selectFrom('blockedAttempts')
        .select((inner) => inner.fn.sum<number | null>('attempts').as('sum'))
        .whereRef('blockedIpId', '=', 'blockedIps.id')
        .as('attempts'),
      eb
        .selectFrom('blockedAttempts')
        .select((inner) => inner.fn.max('lastAt').as('last'))
        .whereRef('blockedIpId', '=', 'blockedIps.id')
        .as('lastAttemptAt'),
    ]);
}

/** Latest first. */
export function listAttempts(db: Db, blockedIpId: string, limit: number) {
  return db
    .selectFrom('blockedAttempts')
    .selectAll()
    .where('blockedIpId', '=', blockedIpId)
    .orderBy('lastAt', 'desc')
    .limit(limit)
    .execute();
}
