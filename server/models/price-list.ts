// Shows what the calls of each route are charged now, and where the price comes from.
import type { PriceRow } from '@hallpass/shared/prices.ts';

import { priceView } from '../channels/view.ts';
import type { AppContext } from '../context.ts';
import { readSetTime } from './price-set-store.ts';
import { sheetBySource } from './supplement/supplement.ts';

/** Every route by the model's name, also disabled ones; `only` narrows it to a model's or to one. */
export async function listPrices(ctx: AppContext, only?: { modelId?: string; routeId?: string }): Promise<PriceRow[]> {
  let select = ctx.db
    .selectFrom('routes')
    .innerJoin('models', 'models.id', 'routes.modelId')
    .innerJoin('channels', 'channels.id', 'routes.channelId')
    .select(['routes.id', 'routes.modelId', 'routes.channelId', 'routes.upstreamModel'])
    .select(['models.publicName', 'channels.name as channelName', 'channels.preset', 'channels.baseUrl'])
    .orderBy('models.publicName')
    .orderBy('routes.id');
  if (only?.modelId !== undefined) select = select.where('routes.modelId', '=', only.modelId);
  if (only?.routeId !== undefined) select = select.where('routes.id', '=', only.routeId);
  const [rows, own, importedAt] = await Promise.all([
    select.execute(),
    ctx.db.selectFrom('prices').select(['id', 'validFrom']).execute(),
    readSetTime(ctx.db),
  ]);
  const setAt = new Map(own.map(({ id, validFrom }) => [id, validFrom]));
  const snapshot = ctx.catalog.current();
  return rows.map((row) => {
    const found = snapshot.priceOf(row.id);
    const { source = null, version = null } = found?.prices ?? {};
    const from = source?.startsWith('price-file/') ? importedAt : version === null ? undefined : setAt.get(version);
    return {
      route_id: row.id,
      model_id: row.modelId,
      model: row.publicName,
      channel_id: row.channelId,
      channel: row.channelName,
      upstream_model: row.upstreamModel,
      prices: found && priceView(found.prices),
      tiers: (found?.tiers ?? []).map(({ aboveTokens, prices }) => ({
        above_tokens: aboveTokens,
        prices: priceView(prices),
      })),
      source,
      version,
      sheet: source === null ? null : sheetView(source, row),
      valid_from: from === undefined ? null : new Date(from).toISOString(),
      guessed: found?.guessed ?? false,
      unpriced: found === null,
    };
  });
}

function sheetView(
  source: string,
  row: { preset: string | null; baseUrl: string; upstreamModel: string },
): PriceRow['sheet'] {
  const found = sheetBySource(source, { ...row, model: row.upstreamModel });
  if (!found) return null;
  const { currency, source: read } = found;
  return { url: read.url, vendor: read.vendor, read_on: read.readOn, currency };
}
