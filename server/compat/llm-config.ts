// Requirement 004's default upstream key: the key of one channel, by default the one at OPENAI_BASE_URL.
import type { Locale } from '@hallpass/shared/errors.ts';
import { troubleText } from '@hallpass/shared/upstream-troubles.ts';

import { type Author, createChannel, updateChannel } from '../channels/save.ts';
import { listUpstreamModels, UpstreamListError } from '../channels/list-upstream-models.ts';
import { parseBaseUrl } from '../channels/rules.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';

/** The row of `settings` that names the channel, once a key was set here. */
const DEFAULT_CHANNEL = 'internal.llm_config';

export async function llmConfig(ctx: AppContext) {
  const channel = await defaultChannel(ctx);
  const key = channel
    ? await ctx.db
        .selectFrom('channelKeys')
        .select('hint')
        .where('channelId', '=', channel.id)
        .orderBy('position')
        .executeTakeFirst()
    : undefined;
  return {
    id: channel?.id ?? null,
    api_key: key?.hint ?? null,
    has_key: key !== undefined,
    base_url: channel?.baseUrl ?? ctx.config.OPENAI_BASE_URL,
    updated_at: channel ? new Date(channel.updatedAt).toISOString() : null,
  };
}

/** @throws AppError base_url_…; upstream_list_failed when the models of a new channel cannot be listed: nothing is stored then. */
export async function setLlmConfig(
  ctx: AppContext,
  input: { api_key: string; base_url?: string | undefined; locale: Locale },
  by: Author,
): Promise<void> {
  const channel = await defaultChannel(ctx);
  const address = input.base_url === undefined ? {} : { base_url: input.base_url };
  if (channel) return void (await updateChannel(ctx, channel.id, { api_key: input.api_key, ...address }, by));
  const policy = { allowPrivate: ctx.config.ALLOW_PRIVATE_UPSTREAMS };
  const baseUrl = parseBaseUrl(input.base_url ?? ctx.config.OPENAI_BASE_URL, policy.allowPrivate);
  const models = await listed(() => listUpstreamModels({ baseUrl, apiKey: input.api_key, policy }), input.locale);
  const { id } = await createChannel(
    ctx,
    {
      name: new URL(baseUrl).hostname,
      base_url: baseUrl,
      api_key: input.api_key,
      rpm_limit: null,
      models: models.map((name) => ({ name })),
    },
    by,
  );
  const row = { value: JSON.stringify(id), updatedAt: ctx.clock.now(), updatedBy: by.actor?.id ?? null };
  await ctx.db
    .insertInto('settings')
    .values({ key: DEFAULT_CHANNEL, ...row })
    .onConflict((on) => on.column('key').doUpdateSet(row))
    .execute();
}

async function listed(ask: () => Promise<string[]>, locale: Locale): Promise<string[]> {
  const failed = (reason: string, cause?: unknown) =>
    new AppError('upstream_list_failed', { param: 'api_key', params: { detail: troubleText(reason, locale) }, cause });
  const models = await ask().catch((error: unknown) => {
    throw error instanceof UpstreamListError ? failed(error.reason, error) : error;
  });
  if (models.length === 0) throw failed('not_a_list');
  return models;
}

/** The one a key was set for here, else the oldest at OPENAI_BASE_URL. */
async function defaultChannel({ db, config }: AppContext) {
  const named = await db.selectFrom('settings').select('value').where('key', '=', DEFAULT_CHANNEL).executeTakeFirst();
  const channels = await db.selectFrom('channels').select(['id', 'baseUrl', 'updatedAt']).orderBy('id').execute();
  const id: unknown = named && JSON.parse(named.value);
  const home = config.OPENAI_BASE_URL.replace(/\/+$/, '');
  return channels.find((channel) => channel.id === id) ?? channels.find(({ baseUrl }) => baseUrl === home);
}
