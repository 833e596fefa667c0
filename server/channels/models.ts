// Brings a channel's models, routes and prices in line with a request body.
import type { ChannelModelInput } from '@hallpass/shared/channel-models.ts';
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';

import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import {
  modelChanges,
  newModel,
  newRoute,
  priceColumns,
  routeChanges,
  samePrice,
  type StoredEntry,
  wantedModels,
} from './entries.ts';
import * as store from './store.ts';

interface Pair {
  entry: ChannelModelInput;
  model: store.ModelRow;
  route: store.RouteRow;
}

/** @param ctx with the transaction as `db`. @throws AppError already_exists when a name is another model's alias. */
export async function saveModels(ctx: AppContext, channelId: string, body: ChannelUpdate): Promise<void> {
  const stored = await storedEntries(ctx, channelId);
  const wanted = wantedModels(body, stored);
  if (!wanted) return;
  const [alias] = await store.listAliases(
    ctx.db,
    wanted.map(({ name }) => name),
  );
  if (alias !== undefined) throw new AppError('already_exists', { param: 'model_id', params: { what: alias } });
  const pairs = await saveRoutes(ctx, { channelId, wanted, stored });
  await checkFallbacks(ctx.db, wanted);
  await savePrices(ctx, pairs);
}

/** A name nobody answers to would be no help on the day it is needed. One whose model goes later is passed over. */
export async function checkFallbacks(
  db: AppContext['db'],
  wanted: readonly { name: string; fallbacks?: string[] | undefined }[],
): Promise<void> {
  for (const { name, fallbacks = [] } of wanted) {
    const known = await store.listNames(db, fallbacks);
    const wrong = fallbacks.find((fallback) => fallback === name || !known.includes(fallback));
    if (wrong !== undefined)
      throw new AppError('invalid_parameter', {
        param: 'fallbacks',
        params: { param: 'fallbacks', detail: `there is no other model named ${wrong}` },
      });
  }
}

async function storedEntries({ db }: AppContext, channelId: string): Promise<StoredEntry[]> {
  const routes = await store.listRoutes(db, channelId);
  const models = await store.listModels(
    db,
    routes.map(({ modelId }) => modelId),
  );
  const names = new Map(models.map(({ id, publicName }) => [id, publicName]));
  return routes.map((route) => ({ route, modelName: names.get(route.modelId)! }));
}

interface SaveRoutes {
  channelId: string;
  wanted: ChannelModelInput[];
  stored: StoredEntry[];
}

async function saveRoutes(ctx: AppContext, { channelId, wanted, stored }: SaveRoutes): Promise<Pair[]> {
  const { db, ids } = ctx;
  const now = ctx.clock.now();
  const models = await store.ensureModels(
    db,
    uniqueNames(wanted).map((entry) => newModel(entry, ids.next('model'), now)),
  );
  const kept = matchStored(wanted, stored);
  const keptRoutes = new Set(kept.values());
  const dropped = stored.filter(({ route }) => !keptRoutes.has(route));
  await store.deleteRoutes(
    db,
    dropped.map(({ route }) => route.id),
  );
  const pairs = wanted.map((entry): Pair => {
    const model = models.get(entry.name)!;
    const route = kept.get(entry) ?? newRoute(entry, { id: ids.next('route'), modelId: model.id, channelId }, now);
    return { entry, model, route };
  });
  await store.insertRoutes(
    db,
    pairs.filter(({ entry }) => !kept.has(entry)).map(({ route }) => route),
  );
  for (const { entry, model, route } of pairs) {
    const ofModel = modelChanges(entry, model);
    if (Object.keys(ofModel).length > 0) await store.updateModel(db, model.id, { ...ofModel, updatedAt: now });
    const ofRoute = routeChanges(entry, route);
    if (Object.keys(ofRoute).length > 0) await store.updateRoute(db, route.id, { ...ofRoute, updatedAt: now });
  }
  await store.deleteUnroutedModels(
    db,
    dropped.map(({ route }) => route.modelId),
  );
  return pairs;
}

function uniqueNames(wanted: readonly ChannelModelInput[]): ChannelModelInput[] {
  return [...new Map(wanted.toReversed().map((entry) => [entry.name, entry])).values()].toReversed();
}

/** A route stays itself when name and upstream name are the same, else when only its upstream name was changed. */
function matchStored(
  wanted: readonly ChannelModelInput[],
  stored: readonly StoredEntry[],
): Map<ChannelModelInput, store.RouteRow> {
  const free = new Set(stored);
  const kept = new Map<ChannelModelInput, store.RouteRow>();
  const take = (entry: ChannelModelInput, isSame: (item: StoredEntry) => boolean) => {
    const found = kept.has(entry) ? undefined : free.values().find(isSame);
    if (!found) return;
    free.delete(found);
    kept.set(entry, found.route);
  };
  for (const entry of wanted)
    take(
      entry,
      ({ modelName, route }) =>
        modelName === entry.name && route.upstreamModel === (entry.upstream_model ?? entry.name),
    );
  for (const entry of wanted) take(entry, ({ modelName }) => modelName === entry.name);
  return kept;
}

/** A changed price is a new row; the old ones stay as its history until the price is removed. */
export async function savePrices(ctx: AppContext, pairs: readonly Pair[]): Promise<void> {
  const now = ctx.clock.now();
  const priced = pairs.filter(({ entry }) => entry.prices !== undefined);
  const newest = new Map(
    (
      await store.listRoutePrices(
        ctx.db,
        priced.map(({ route }) => route.id),
      )
    ).map((row) => [row.routeId, row]),
  );
  await store.deleteRoutePrices(
    ctx.db,
    priced.filter(({ entry }) => entry.prices === null).map(({ route }) => route.id),
  );
  await store.insertPrices(
    ctx.db,
    priced.flatMap(({ entry, route }) => {
      if (!entry.prices || samePrice(newest.get(route.id), entry.prices)) return [];
      const row = {
        id: ctx.ids.next('price'),
        modelId: null,
        routeId: route.id,
        source: 'own',
        validFrom: now,
        createdAt: now,
      };
      return [{ ...row, ...priceColumns(entry.prices) }];
    }),
  );
}
