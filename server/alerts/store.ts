// Alerts and their messages in the database.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { AlertMessagesTable, AlertsTable } from '../db/tables/system.ts';

type Db = Kysely<Schema>;
export type AlertRow = Selectable<AlertsTable>;
export type MessageRow = Selectable<AlertMessagesTable>;

export function listOpenAlerts(db: Db): Promise<AlertRow[]> {
  return db.selectFrom('alerts').selectAll().where('resolvedAt', 'is', null).orderBy('raisedAt', 'desc').execute();
}

/** The latest that are over. */
export function listEndedAlerts(db: Db, limit: number): Promise<AlertRow[]> {
  return db
    .selectFrom('alerts')
    .selectAll()
    .where('resolvedAt', 'is not', null)
    .orderBy('resolvedAt', 'desc')
    .limit(limit)
    .execute();
}

/** @returns whether it is new: of several servers that see it at once, one raises it. */
export async function raiseAlert(db: Db, row: AlertRow): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await db
    .insertInto('alerts')
    .values(row)
    .onConflict((conflict) => conflict.columns(['kind', 'subjectId']).where('resolvedAt', 'is', null).doNothing())
    .executeTakeFirst();
  return Number(numInsertedOrUpdatedRows ?? 0) > 0;
}

/** @returns whether it was open until now. */
export async function resolveAlert(db: Db, id: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set({ resolvedAt: at })
    .where('id', '=', id)
    .where('resolvedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

/** @returns whether it was as it was read until now: of several servers one changes it. */
export async function updateAlert(
  db: Db,
  { id, detail, level }: AlertRow,
  columns: Pick<AlertRow, 'detail' | 'level'>,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alerts')
    .set(columns)
    .where('id', '=', id)
    .where('detail', '=', detail)
    .where('level', '=', level)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function forgetAlerts(db: Db, before: number): Promise<void> {
  await db.deleteFrom('alerts').where('resolvedAt', '<', before).execute();
  await db.deleteFrom('alertMessages').where('createdAt', '<', before).where('endedAt', 'is not', null).execute();
}

export async function insertMessage(db: Db, row: MessageRow): Promise<void> {
  await db.insertInto('alertMessages').values(row).execute();
}

export function listDueMessages(db: Db, now: number, limit: number): Promise<MessageRow[]> {
  return db
    .selectFrom('alertMessages')
    .selectAll()
    .where('endedAt', 'is', null)
    .where('nextTryAt', '<=', now)
    .orderBy('nextTryAt')
    .limit(limit)
    .execute();
}

export async function countWaitingMessages(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('alertMessages')
    .select(({ fn }) => fn.countAll<number | string>().as('count'))
    .where('endedAt', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** @returns whether this server is to send it now: it is not due again before `nextTryAt`, should it die meanwhile. */
export async function claimMessage(db: Db, { id, tries }: MessageRow, nextTryAt: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('alertMessages')
    .set({ tries: tries + 1, nextTryAt })
    .where('id', '=', id)
    .where('tries', '=', tries)
    .where('endedAt', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}

export async function updateMessage(db: Db, id: string, columns: Partial<MessageRow>): Promise<void> {
  await db.updateTable('alertMessages').set(columns).where('id', '=', id).execute();
}

/** The newest that was tried. */
export function lastMessage(db: Db, target: string): Promise<MessageRow | undefined> {
  return db
    .selectFrom('alertMessages')
    .selectAll()
    .where('target', '=', target)
    .where('tries', '>', 0)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
}
