// Makes and changes a channel with its keys, models, routes and prices, in one transaction.
import type { ChannelView } from '@hallpass/shared/channel-views.ts';
import type { ChannelUpdate } from '@hallpass/shared/channels.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { saveModels } from './models.ts';
import { wantedKeys } from './keys.ts';
import { parseBaseUrl } from './rules.ts';
import * as store from './store.ts';
import { channelView } from './view.ts';

/** Who makes the change, for the audit log; null = the system itself. */
export interface Author {
  actor: { id: string; name: string } | null;
  ip: string | null;
}

const SYSTEM: Author = { actor: null, ip: null };

/** Requirement 001's default. */
const DEFAULT_RPM = 60;

/** @throws AppError base_url_invalid, base_url_forbidden, invalid_parameter, already_exists. */
export async function createChannel(ctx: AppContext, body: ChannelUpdate, by = SYSTEM): Promise<ChannelView> {
  const id = ctx.ids.next('ch');
  await ctx.db.transaction().execute((tx) => insertChannel({ ...ctx, db: tx }, id, body, by));
  return announce(ctx, id);
}

/** As `createChannel`, inside a transaction of the caller's, who calls `announce` after its commit. */
export async function insertChannel(ctx: AppContext, id: string, body: ChannelUpdate, by = SYSTEM): Promise<void> {
  const { db } = ctx;
  const now = ctx.clock.now();
  const keys = wantedKeys(body, [], { ...ctx, now, channelId: id }) ?? [];
  await lockCatalog(ctx);
  await store.insertChannel(db, {
    id,
    name: body.name!,
    preset: body.preset ?? null,
    protocol: body.protocol ?? 'openai-chat',
    baseUrl: parseBaseUrl(body.base_url!, ctx.config.ALLOW_PRIVATE_UPSTREAMS),
    authType: body.auth_type ?? (keys.length > 0 ? 'bearer' : 'none'),
    keyUsageMode: body.key_usage_mode ?? 'single',
    status: body.is_enabled === false ? 'disabled' : 'enabled',
    rpmLimit: body.rpm_limit === undefined ? DEFAULT_RPM : body.rpm_limit,
    tpmLimit: body.tpm_limit ?? null,
    options: JSON.stringify(body.options ?? {}),
    createdAt: now,
    updatedAt: now,
  });
  await store.replaceKeys(db, id, keys);
  await saveModels(ctx, id, body);
  await audit(ctx, 'channel.create', id, body, by);
}

/** Absent fields stay. @throws AppError not_found and those of `createChannel`. */
export async function updateChannel(
  ctx: AppContext,
  id: string,
  body: ChannelUpdate,
  by = SYSTEM,
): Promise<ChannelView> {
  await ctx.db.transaction().execute((tx) => changeChannel({ ...ctx, db: tx }, id, body, by));
  return announce(ctx, id);
}

/** As `updateChannel`, inside a transaction of the caller's, who announces it after its commit. */
export async function changeChannel(ctx: AppContext, id: string, body: ChannelUpdate, by = SYSTEM): Promise<void> {
  const { db } = ctx;
  const changes = channelChanges(ctx, body);
  const now = ctx.clock.now();
  await lockCatalog(ctx);
  const row = await store.updateChannel(db, id, { ...changes, updatedAt: now });
  if (!row) throw new AppError('not_found');
  const keys = wantedKeys(body, await store.listKeys(db, id), { ...ctx, now, channelId: id });
  if (keys) await store.replaceKeys(db, id, keys);
  else await store.clearCooldowns(db, id);
  // Who adds a key to a channel that needed none wants it sent.
  if (keys?.length && row.authType === 'none' && !body.auth_type)
    await store.updateChannel(db, id, { authType: 'bearer' });
  await saveModels(ctx, id, body);
  await audit(ctx, 'channel.update', id, body, by);
}

/** @throws AppError not_found. */
export async function deleteChannel(ctx: AppContext, id: string, by = SYSTEM): Promise<void> {
  const keys = await store.listKeys(ctx.db, id);
  await ctx.db.transaction().execute(async (db) => {
    await lockCatalog({ ...ctx, db });
    const routes = await store.listRoutes(db, id);
    if (!(await store.deleteChannel(db, id))) throw new AppError('not_found');
    await store.deleteUnroutedModels(
      db,
      routes.map(({ modelId }) => modelId),
    );
    await audit({ ...ctx, db }, 'channel.delete', id, {}, by);
  });
  forgetFaults(ctx, id, keys);
  ctx.events.emit({ type: 'catalog.changed' });
  await ctx.catalog.reload();
}

/**
 * The first statement of a change: the version row is everyone's, so changes of channels follow each other, and none
 * gives a route to a model that another is just removing.
 */
export async function lockCatalog(ctx: AppContext): Promise<void> {
  await ctx.bumpChanges(ctx.db);
}

/** Tells everyone and waits until the very next call sees it. */
export async function announce(ctx: AppContext, id: string): Promise<ChannelView> {
  forgetFaults(ctx, id, await store.listKeys(ctx.db, id));
  ctx.events.emit({ type: 'catalog.changed' });
  await ctx.catalog.reload();
  return channelView(ctx, id);
}

/** A saved channel starts afresh; what is known of the others stays. */
function forgetFaults({ events }: AppContext, channelId: string, keys: readonly store.KeyRow[]): void {
  events.emit({ type: 'channel.saved', channelId, keyIds: keys.map(({ id }) => id) });
}

function channelChanges(ctx: AppContext, body: ChannelUpdate): Partial<store.ChannelRow> {
  const changes: { [K in keyof store.ChannelRow]?: store.ChannelRow[K] | undefined } = {
    name: body.name,
    preset: body.preset,
    protocol: body.protocol,
    baseUrl: body.base_url && parseBaseUrl(body.base_url, ctx.config.ALLOW_PRIVATE_UPSTREAMS),
    authType: body.auth_type,
    keyUsageMode: body.key_usage_mode,
    status: body.is_enabled === undefined ? undefined : body.is_enabled ? 'enabled' : 'disabled',
    rpmLimit: body.rpm_limit,
    tpmLimit: body.tpm_limit,
    options: body.options && JSON.stringify(body.options),
  };
  return Object.fromEntries(
    Object.entries(changes).filter(([, value]) => value !== undefined),
  ) as Partial<store.ChannelRow>;
}

/** The last statement of a change. Secrets stay out: of keys only that they changed is kept. */
async function audit(ctx: AppContext, action: string, id: string, body: ChannelUpdate, by: Author): Promise<void> {
  const { api_key, api_keys, models, ...plain } = body;
  const detail = {
    ...plain,
    ...(models ? { models: models.map(({ name }) => name) } : {}),
    ...(api_key || api_keys ? { keys: 'changed' } : {}),
  };
  await recordAudit(ctx, { ...by, action, target: { kind: 'channel', id }, detail }, ctx.db);
}
