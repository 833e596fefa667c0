// Requirement 003's create, update and delete of a model configuration, onto channels, models and routes (DESIGN §6).
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';
import type { LlmModelUpdate } from '@hallpass/shared/llm-models.ts';

import { recordAudit } from '../audit/audit.ts';
import { newModel } from '../channels/entries.ts';
import { savePrices } from '../channels/models.ts';
import { type Author, changeChannel, insertChannel, lockCatalog } from '../channels/save.ts';
import * as store from '../channels/store.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { authTypeOf, ourType, usageModeOf } from './llm-models-view.ts';

type Create = LlmModelUpdate & { name: string; model_id: string; base_url: string };

/** A channel of its own with one route to the model, which is made where its name is new. @returns the route's id. */
export async function createLlmModel(ctx: AppContext, body: Create, by: Author): Promise<string> {
  const id = ctx.ids.next('ch');
  let routeId = '';
  await ctx.db.transaction().execute(async (db) => {
    const inside = { ...ctx, db };
    const entry = { name: body.model_id, upstream_model: body.upstream_model ?? body.model_id };
    const channel = { ...channelFields(body), name: body.name.slice(0, 100), rpm_limit: null, models: [entry] };
    await insertChannel(inside, id, channel, by);
    const [route] = await store.listRoutes(db, id);
    routeId = route!.id;
    await changeRoute(inside, route!, body);
  });
  await publish(ctx);
  return routeId;
}

/** Absent fields stay. A channel that other routes share is changed for all of them. @throws AppError not_found. */
export async function updateLlmModel(ctx: AppContext, id: string, body: LlmModelUpdate, by: Author): Promise<void> {
  await ctx.db.transaction().execute(async (db) => {
    const inside = { ...ctx, db };
    await lockCatalog(inside);
    const route = await store.findRoute(db, id);
    if (!route) throw new AppError('not_found');
    await changeChannel(inside, route.channelId, channelFields(body), by);
    await changeRoute(inside, route, body);
  });
  await publish(ctx);
}

/** The channel goes with its last route. @throws AppError not_found. */
export async function deleteLlmModel(ctx: AppContext, id: string, by: Author): Promise<void> {
  await ctx.db.transaction().execute(async (db) => {
    const inside = { ...ctx, db };
    await lockCatalog(inside);
    const route = await store.findRoute(db, id);
    if (!route) throw new AppError('not_found');
    await store.deleteRoutes(db, [id]);
    if ((await store.listRoutes(db, route.channelId)).length === 0) await store.deleteChannel(db, route.channelId);
    await store.deleteUnroutedModels(db, [route.modelId]);
    await recordAudit(inside, { ...by, action: 'llm_model.delete', target: { kind: 'route', id } }, db);
  });
  await publish(ctx);
}

async function publish(ctx: AppContext): Promise<void> {
  ctx.events.emit({ type: 'catalog.changed' });
  await ctx.catalog.reload();
}

function channelFields(body: LlmModelUpdate): ChannelUpdate {
  return {
    // An entry answers when its route, its model and its channel do.
    ...(body.status === 'enabled' ? { is_enabled: true } : {}),
    ...(body.base_url === undefined ? {} : { base_url: body.base_url }),
    ...(body.auth_type === undefined ? {} : { auth_type: authTypeOf(body.auth_type) }),
    ...(body.key_usage_mode === undefined ? {} : { key_usage_mode: usageModeOf(body.key_usage_mode) }),
    ...(body.api_keys === undefined ? {} : { api_keys: body.api_keys.map(withoutMask) }),
  };
}

/** An answer can be sent back as it came: a masked key is no new secret. */
function withoutMask({ key, ...rest }: NonNullable<LlmModelUpdate['api_keys']>[number]) {
  if (key === undefined) return rest;
  if (!key.includes('…')) return { ...rest, key };
  if (rest.id !== undefined) return rest;
  const detail = 'a masked key needs the id of the key it stands for';
  throw new AppError('invalid_parameter', { param: 'api_keys', params: { param: 'api_keys', detail } });
}

async function changeRoute(ctx: AppContext, before: store.RouteRow, body: LlmModelUpdate): Promise<void> {
  const { db } = ctx;
  const now = ctx.clock.now();
  const route = await renamed(ctx, before, body);
  const [model] = await store.listModels(db, [route.modelId]);
  await store.updateModel(db, model!.id, {
    ...defined({
      displayName: body.name,
      provider: body.provider,
      type: body.type === undefined ? undefined : ourType(body.type),
      description: body.description,
      contextWindow: body.context_window,
      maxOutputTokens: body.max_tokens,
      capabilities: capabilitiesOf(model!, body.supports_vision),
      status: body.status === 'enabled' ? 'enabled' : undefined,
    }),
    updatedAt: now,
  });
  const limits = { status: body.status, rpmLimit: body.rpm_limit, tpmLimit: body.tpm_limit };
  await store.updateRoute(db, route.id, { ...defined(limits), updatedAt: now });
  if (body.input_price === undefined) return;
  const prices = body.input_price === null ? null : { prompt: body.input_price, completion: body.output_price! };
  await savePrices(ctx, [{ entry: { name: model!.publicName, prices }, model: model!, route }]);
}

/** Another `model_id` leads the route to the model of that name, made with the old one's settings where it is new. */
async function renamed(ctx: AppContext, route: store.RouteRow, body: LlmModelUpdate): Promise<store.RouteRow> {
  const { db } = ctx;
  const [old] = await store.listModels(db, [route.modelId]);
  const name = body.model_id ?? old!.publicName;
  const upstreamModel = body.upstream_model ?? (route.upstreamModel === old!.publicName ? name : route.upstreamModel);
  if (name === old!.publicName && upstreamModel === route.upstreamModel) return route;
  const [alias] = await store.listAliases(db, [name]);
  if (alias !== undefined) throw new AppError('already_exists', { param: 'model_id', params: { what: alias } });
  const { id: _, ...settings } = old!;
  const fresh = { ...newModel({ name }, ctx.ids.next('model'), ctx.clock.now()), ...settings, publicName: name };
  const model = (await store.ensureModels(db, [fresh])).get(name)!;
  const changed = { ...route, modelId: model.id, upstreamModel };
  await store.updateRoute(db, route.id, { modelId: model.id, upstreamModel });
  if (model.id !== old!.id) await store.deleteUnroutedModels(db, [old!.id]);
  return changed;
}

function capabilitiesOf(model: store.ModelRow, vision: boolean | undefined): string | undefined {
  if (vision === undefined) return undefined;
  const others = (JSON.parse(model.capabilities) as string[]).filter((one) => one !== 'vision');
  return JSON.stringify(vision ? [...others, 'vision'] : others);
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(fields: T): Defined<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Defined<T>;
}
