// Lists models with their routes, and changes a model and the order of its routes in one step.
import type { AdminModel, AdminModelUpdate } from '@hallpass/shared/admin-models.ts';

import { recordAudit } from '../audit/audit.ts';
import { checkFallbacks } from '../channels/models.ts';
import * as store from '../channels/store.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { ChangedBy } from '../passes/pass-settings.ts';

/** By name; their routes in the order they are tried. */
export async function allModels({ db }: AppContext, only?: string): Promise<AdminModel[]> {
  let models = db.selectFrom('models').selectAll().orderBy('publicName');
  if (only !== undefined) models = models.where('id', '=', only);
  const rows = await models.execute();
  const routes = await db
    .selectFrom('routes')
    .innerJoin('channels', 'channels.id', 'routes.channelId')
    .selectAll('routes')
    .select(['channels.name as channelName', 'channels.status as channelStatus'])
    .orderBy('routes.priority')
    .orderBy('routes.id')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    name: row.publicName,
    display_name: row.displayName,
    type: row.type,
    status: row.status,
    capabilities: JSON.parse(row.capabilities) as string[],
    context_window: row.contextWindow,
    max_output_tokens: row.maxOutputTokens,
    fallbacks: JSON.parse(row.fallbacks) as string[],
    routes: routes
      .filter(({ modelId }) => modelId === row.id)
      .map((route) => ({
        id: route.id,
        channel_id: route.channelId,
        channel: route.channelName,
        channel_enabled: route.channelStatus === 'enabled',
        upstream_model: route.upstreamModel,
        priority: route.priority,
        weight: route.weight,
        status: route.status,
      })),
  }));
}

/** @throws AppError not_found; invalid_parameter for a fallback or a route that is none of the model's. */
export async function changeModel(
  ctx: AppContext,
  id: string,
  body: AdminModelUpdate,
  by: ChangedBy,
): Promise<AdminModel> {
  await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    const [model] = await store.listModels(db, [id]);
    if (!model) throw new AppError('not_found');
    await checkFallbacks(db, [{ name: model.publicName, fallbacks: body.fallbacks }]);
    const now = ctx.clock.now();
    await store.updateModel(db, id, { ...columnsOf(body), updatedAt: now });
    if (body.routes) await changeRoutes(db, id, body.routes, now);
    await recordAudit(ctx, { ...by, action: 'model.update', target: { kind: 'model', id }, detail: body }, db);
  });
  await ctx.catalog.reload();
  ctx.events.emit({ type: 'catalog.changed' });
  return (await allModels(ctx, id))[0]!;
}

function columnsOf(body: AdminModelUpdate) {
  const columns = {
    displayName: body.display_name,
    type: body.type,
    status: body.status,
    capabilities: body.capabilities && JSON.stringify(body.capabilities),
    contextWindow: body.context_window,
    maxOutputTokens: body.max_output_tokens,
    fallbacks: body.fallbacks && JSON.stringify(body.fallbacks),
  };
  return Object.fromEntries(Object.entries(columns).filter(([, value]) => value !== undefined));
}

async function changeRoutes(
  db: AppContext['db'],
  modelId: string,
  routes: NonNullable<AdminModelUpdate['routes']>,
  now: number,
): Promise<void> {
  const own = await db.selectFrom('routes').select('id').where('modelId', '=', modelId).execute();
  const named = new Set(routes.map(({ id }) => id));
  const isWhole = named.size === routes.length && own.length === named.size && own.every(({ id }) => named.has(id));
  if (!isWhole)
    throw new AppError('invalid_parameter', {
      param: 'routes',
      params: { param: 'routes', detail: 'names each route of the model once' },
    });
  for (const { id, priority, weight, status } of routes)
    await store.updateRoute(db, id, { priority, weight, status, updatedAt: now });
}
