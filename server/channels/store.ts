// SQL of channels, their keys and the routes that belong to them.
import type { Insertable, Kysely, Selectable } from 'kysely';

import type { ChannelKeysTable, ChannelsTable, ModelsTable, PricesTable, RoutesTable } from '../db/tables/gateway.ts';
import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

export type ChannelRow = Selectable<ChannelsTable>;
export type KeyRow = Selectable<ChannelKeysTable>;
export type ModelRow = Selectable<ModelsTable>;
export type RouteRow = Selectable<RoutesTable>;
export type PriceRow = Selectable<PricesTable>;

/** SQLite binds at most 32,766 values in a statement. */
const ROWS_PER_INSERT = 500;

export async function insertChannel(db: Db, row: Insertable<ChannelsTable>): Promise<void> {
  await db.insertInto('channels').values(row).execute();
}

/** Also locks the row, so that two changes of one channel follow each other. @returns undefined = no such channel. */
export async function updateChannel(db: Db, id: string, changes: Partial<ChannelRow>): Promise<ChannelRow | undefined> {
  return db.updateTable('channels').set(changes).where('id', '=', id).returningAll().executeTakeFirst();
}

export async function listEnabledChannels(db: Db): Promise<ChannelRow[]> {
  return db.selectFrom('channels').selectAll().where('status', '=', 'enabled').execute();
}

/** Of several replicas one gets the check: whoever saw when the last one was and writes first. */
export async function claimCheck(db: Db, id: string, seen: number | null, now: number): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('channels')
    .set({ lastCheckAt: now })
    .where('id', '=', id)
    .where('lastCheckAt', seen === null ? 'is' : '=', seen)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

/** Keys, routes and their prices go with it. @returns whether there was one. */
export async function deleteChannel(db: Db, id: string): Promise<boolean> {
  return (await db.deleteFrom('channels').where('id', '=', id).returning('id').execute()).length > 0;
}

export async function listKeys(db: Db, channelId: string): Promise<KeyRow[]> {
  return db.selectFrom('channelKeys').selectAll().where('channelId', '=', channelId).orderBy('position').execute();
}

/** Makes these the channel's only keys. */
export async function replaceKeys(db: Db, channelId: string, rows: readonly KeyRow[]): Promise<void> {
  await db.deleteFrom('channelKeys').where('channelId', '=', channelId).execute();
  if (rows.length > 0)
    await db
      .insertInto('channelKeys')
      .values([...rows])
      .execute();
}

/** A saved channel starts afresh: also a key that its upstream had refused is tried again. */
export async function clearCooldowns(db: Db, channelId: string): Promise<void> {
  await db
    .updateTable('channelKeys')
    .set((eb) => ({
      status: eb.case().when('lastError', 'is not', null).then('enabled').else(eb.ref('status')).end(),
      cooldownUntil: null,
      lastError: null,
      lastErrorAt: null,
    }))
    .where('channelId', '=', channelId)
    .execute();
}

export async function findRoute(db: Db, id: string): Promise<RouteRow | undefined> {
  return db.selectFrom('routes').selectAll().where('id', '=', id).executeTakeFirst();
}

export async function listRoutes(db: Db, channelId: string): Promise<RouteRow[]> {
  return db.selectFrom('routes').selectAll().where('channelId', '=', channelId).orderBy('id').execute();
}

/** Inserts those whose name is free. @returns the rows of all these names, by name. */
export async function ensureModels(db: Db, rows: readonly ModelRow[]): Promise<Map<string, ModelRow>> {
  const found = new Map<string, ModelRow>();
  for (const part of parts(rows)) {
    await db
      .insertInto('models')
      .values(part)
      .onConflict((oc) => oc.column('publicName').doNothing())
      .execute();
    const names = part.map(({ publicName }) => publicName);
    const stored = await db.selectFrom('models').selectAll().where('publicName', 'in', names).execute();
    for (const row of stored) found.set(row.publicName, row);
  }
  return found;
}

export async function listModels(db: Db, ids: readonly string[]): Promise<ModelRow[]> {
  const found: ModelRow[] = [];
  for (const part of parts(ids))
    found.push(...(await db.selectFrom('models').selectAll().where('id', 'in', part).execute()));
  return found;
}

/** Which of these names are a model's own. */
export async function listNames(db: Db, names: readonly string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const rows = await db.selectFrom('models').select('publicName').where('publicName', 'in', names).execute();
  return rows.map(({ publicName }) => publicName);
}

/** Which of these names are another model's alias. */
export async function listAliases(db: Db, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const part of parts(names))
    found.push(
      ...(await db.selectFrom('modelAliases').select('alias').where('alias', 'in', part).execute()).map(
        ({ alias }) => alias,
      ),
    );
  return found;
}

export async function updateModel(db: Db, id: string, changes: Partial<ModelRow>): Promise<void> {
  await db.updateTable('models').set(changes).where('id', '=', id).execute();
}

export async function insertRoutes(db: Db, rows: readonly RouteRow[]): Promise<void> {
  for (const part of parts(rows)) await db.insertInto('routes').values(part).execute();
}

export async function updateRoute(db: Db, id: string, changes: Partial<RouteRow>): Promise<void> {
  await db.updateTable('routes').set(changes).where('id', '=', id).execute();
}

export async function deleteRoutes(db: Db, ids: readonly string[]): Promise<void> {
  for (const part of parts(ids)) await db.deleteFrom('routes').where('id', 'in', part).execute();
}

/** Removes those of these models that no route leads to any more. */
export async function deleteUnroutedModels(db: Db, ids: readonly string[]): Promise<void> {
  for (const part of parts(ids)) {
    await db
      .deleteFrom('models')
      .where('id', 'in', part)
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('routes').select('routes.id').whereRef('routes.modelId', '=', 'models.id'))),
      )
      .execute();
  }
}

export async function insertPrices(db: Db, rows: readonly PriceRow[]): Promise<void> {
  for (const part of parts(rows)) await db.insertInto('prices').values(part).execute();
}

/** The prices set for these routes, oldest first. */
export async function listRoutePrices(db: Db, routeIds: readonly string[]): Promise<PriceRow[]> {
  const found: PriceRow[] = [];
  for (const part of parts(routeIds))
    found.push(
      ...(await db
        .selectFrom('prices')
        .selectAll()
        .where('routeId', 'in', part)
        .orderBy('validFrom')
        .orderBy('id')
        .execute()),
    );
  return found;
}

export async function deleteRoutePrices(db: Db, routeIds: readonly string[]): Promise<void> {
  for (const part of parts(routeIds)) await db.deleteFrom('prices').where('routeId', 'in', part).execute();
}

export async function countChannels(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('channels')
    .select(({ fn }) => fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function* parts<T>(rows: readonly T[]): Generator<T[]> {
  for (let start = 0; start < rows.length; start += ROWS_PER_INSERT) yield rows.slice(start, start + ROWS_PER_INSERT);
}
