// The administrator's ways to ask an upstream something: does it answer, and which models has it.
import { z } from 'zod';

import {
  channelTestResultSchema,
  channelTestSchema,
  upstreamModelsQuerySchema,
  upstreamModelsSchema,
} from '@hallpass/shared/channel-tests.ts';
import { type AuthType, type ChannelProtocol } from '@hallpass/shared/channels.ts';
import type { Locale } from '@hallpass/shared/errors.ts';
import { troubleText } from '@hallpass/shared/upstream-troubles.ts';

import { listUpstreamModels, UpstreamListError, type UpstreamModelsQuery } from '../channels/list-upstream-models.ts';
import { channelOptions, parseBaseUrl } from '../channels/rules.ts';
import * as store from '../channels/store.ts';
import type { AppContext } from '../context.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { testChannel } from './test-channel.ts';

const tag = 'channels';
const idParams = z.object({ id: z.string().max(100) });

export const channelTestRoutes: readonly Route[] = [
  defineRoute({
    method: 'post',
    path: '/api/admin/channels/:id/test',
    guard: 'admin',
    summary: 'Ask a channel a short question with each of its keys; a real call, recorded as a test',
    tag,
    params: idParams,
    body: channelTestSchema,
    response: z.array(channelTestResultSchema),
    handler: async ({ ctx, http, params, body, locale, user }) => {
      const results = await testChannel(ctx, params.id, body, {
        name: user?.name ?? null,
        ip: http.get('ip'),
        requestId: http.get('requestId'),
        locale,
        signal: http.req.raw.signal,
      });
      return results.map((result) => ({ ...result, error: result.error && troubleText(result.error, locale) }));
    },
  }),
  defineRoute({
    method: 'post',
    path: '/api/admin/upstream-models',
    guard: 'admin',
    summary: 'The models an upstream lists: of a stored channel, or of an address and key not saved yet',
    tag,
    body: upstreamModelsQuerySchema,
    response: upstreamModelsSchema,
    handler: async ({ ctx, http, body, locale }) => ({
      models: await upstreamModels(ctx, body, { signal: http.req.raw.signal, locale }),
    }),
  }),
];

/** A stored key goes to its own channel's stored address only, never to one the request names (S28). */
async function upstreamModels(
  ctx: AppContext,
  { channel_id, base_url, api_key, protocol, auth_type }: z.infer<typeof upstreamModelsQuerySchema>,
  { signal, locale }: { signal: AbortSignal; locale: Locale },
): Promise<string[]> {
  const allowPrivate = ctx.config.ALLOW_PRIVATE_UPSTREAMS;
  const source =
    channel_id === undefined
      ? {
          baseUrl: parseBaseUrl(base_url!, allowPrivate),
          apiKey: api_key ?? '',
          ...(protocol ? { protocol } : {}),
          ...(auth_type ? { authType: auth_type } : {}),
        }
      : await stored(ctx, channel_id);
  try {
    return await listUpstreamModels({ ...source, policy: { allowPrivate }, signal });
  } catch (error) {
    if (!(error instanceof UpstreamListError)) throw error;
    throw new AppError('upstream_list_failed', { params: { detail: troubleText(error.reason, locale) }, cause: error });
  }
}

async function stored(ctx: AppContext, channelId: string): Promise<Omit<UpstreamModelsQuery, 'policy'>> {
  const row = await ctx.db
    .selectFrom('channels')
    .select(['baseUrl', 'authType', 'protocol', 'options'])
    .where('id', '=', channelId)
    .executeTakeFirst();
  if (!row) throw new AppError('not_found', { param: 'channel_id' });
  const keys = await store.listKeys(ctx.db, channelId);
  const key = keys.find(({ status }) => status === 'enabled') ?? keys[0];
  const { query } = channelOptions(row.options, row.baseUrl);
  const authType = row.authType as AuthType;
  const protocol = row.protocol as ChannelProtocol;
  return { baseUrl: row.baseUrl, authType, protocol, query, apiKey: key ? ctx.vault.open(key.id, key.ciphertext) : '' };
}
