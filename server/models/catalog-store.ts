// Reads what the catalog is built from: small tables, whole.
import type { Kysely, Selectable } from 'kysely';

import type {
  ChannelKeysTable,
  ChannelsTable,
  ModelAliasesTable,
  ModelsTable,
  PricesTable,
  RoutesTable,
} from '../db/tables/gateway.ts';
import type { Schema } from '../db/schema.ts';

export interface CatalogRows {
  channels: Selectable<ChannelsTable>[];
  keys: Selectable<ChannelKeysTable>[];
  models: Selectable<ModelsTable>[];
  aliases: Selectable<ModelAliasesTable>[];
  routes: Selectable<RoutesTable>[];
  prices: Selectable<PricesTable>[];
}

export async function readCatalogRows(db: Kysely<Schema>): Promise<CatalogRows> {
  const [channels, keys, models, aliases, routes, prices] = await Promise.all([
    db.selectFrom('channels').selectAll().orderBy('id').execute(),
    db.selectFrom('channelKeys').selectAll().orderBy('channelId').orderBy('position').execute(),
    db.selectFrom('models').selectAll().orderBy('publicName').execute(),
    db.selectFrom('modelAliases').selectAll().execute(),
    db.selectFrom('routes').selectAll().orderBy('priority').orderBy('id').execute(),
    db.selectFrom('prices').selectAll().orderBy('validFrom').orderBy('id').execute(),
  ]);
  return { channels, keys, models, aliases, routes, prices };
}
