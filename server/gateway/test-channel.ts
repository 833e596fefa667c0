// An administrator's health check: asks a channel a short question with each of its keys. A real call, in the ledger
// as `test` with its cost, on nobody's budget.
import type { ChannelTest, ChannelTestResult } from '@hallpass/shared/channel-tests.ts';
import { errorMessage, type Locale } from '@hallpass/shared/errors.ts';

import { reviveKey } from '../channels/revive-key.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { troubleOf } from '../lib/trouble.ts';
import type { Lease } from '../limits/limits.ts';
import type { CatalogKey, CatalogModel, CatalogRoute } from '../models/catalog.ts';
import { buildCatalog } from '../models/catalog-snapshot.ts';
import { readCatalogRows } from '../models/catalog-store.ts';
import { pricesAt } from '../models/pricing.ts';
import type { Principal } from '../plans/levels.ts';
import type { Call } from './call.ts';
import { headerOf } from './open.ts';
import { anthropicMessages } from './protocols/anthropic-messages/client.ts';
import { openaiChat } from './protocols/openai-chat/client.ts';
import { relayWhole } from './relay-whole.ts';
import { tryRoute } from './send.ts';
import { Settlement } from './settlement.ts';
import { cleanDetail, type UpstreamFailure } from './upstream-failure.ts';

export interface Tester {
  name: string | null;
  ip: string;
  requestId: string;
  locale: Locale;
  signal: AbortSignal;
}

const SHOWN_CHARS = 200;
const MAX_TOKENS = 16;
/** Longest wait for one key, whatever the channel's own time-outs are. */
const TIMEOUT_MS = 30_000;

/** One key after the other, also disabled ones; a refused key that answers is back in use. @throws AppError not_found. */
export async function testChannel(
  ctx: AppContext,
  channelId: string,
  asked: ChannelTest,
  by: Tester,
): Promise<ChannelTestResult[]> {
  const { model, route } = await findRoute(ctx, channelId, asked.model);
  const keys: readonly (CatalogKey | null)[] =
    route.channel.authType === 'none' ? [null] : route.channel.keys.filter(({ id }) => id === (asked.key_id ?? id));
  if (keys.length === 0) throw new AppError('not_found', { param: 'key_id' });
  const results: ChannelTestResult[] = [];
  for (const key of keys) {
    if (by.signal.aborted) break;
    results.push(await testKey(ctx, { model, route: withKey(route, key), key }, by));
  }
  return results;
}

/** The channel as it is stored, with what is disabled in it: whether to enable it is what a test should tell. */
async function findRoute(ctx: AppContext, channelId: string, name: string | undefined) {
  const rows = await readCatalogRows(ctx.db);
  const enabled = <R extends { status: string }>(row: R): R => ({ ...row, status: 'enabled' });
  const ofChannel = <R extends { channelId: string; status: string }>(list: R[]) =>
    list.filter((row) => row.channelId === channelId).map(enabled);
  const channels = rows.channels.filter(({ id }) => id === channelId).map(enabled);
  if (channels.length === 0) throw new AppError('not_found');
  const found = {
    ...rows,
    channels,
    keys: ofChannel(rows.keys),
    routes: ofChannel(rows.routes),
    models: rows.models.map(enabled),
    aliases: [],
  };
  const openKey = (id: string, ciphertext: string): string | undefined => {
    try {
      return ctx.vault.open(id, ciphertext);
    } catch {
      return undefined;
    }
  };
  const { snapshot } = buildCatalog(found, {
    openKey,
    prices: undefined,
    cnyRate: ctx.settings.current().cnyRate,
    now: ctx.clock.now(),
  });
  const model = name === undefined ? snapshot.list().find(isChat) : snapshot.find(name);
  const route = model?.routes[0];
  if (!model || !route) throw new AppError('not_found', { param: 'model' });
  const known = ctx.catalog.current().priceOf(route.id);
  return { model, route: { ...route, prices: known?.prices ?? null, tiers: known?.tiers ?? [] } };
}

function isChat({ type }: CatalogModel): boolean {
  return type === 'chat';
}

function withKey(route: CatalogRoute, key: CatalogKey | null): CatalogRoute {
  const { channel } = route;
  const options = { ...channel.options, stallTimeoutMs: Math.min(channel.options.stallTimeoutMs, TIMEOUT_MS) };
  return { ...route, channel: { ...channel, options, keys: key ? [key] : [] } };
}

interface Tested {
  model: CatalogModel;
  route: CatalogRoute;
  key: CatalogKey | null;
}

async function testKey(ctx: AppContext, { model, route, key }: Tested, by: Tester): Promise<ChannelTestResult> {
  const call = callOf(ctx, model, route, by);
  const opened = await ctx.ledger.open({
    call: { ...headerOf(ctx, call), kind: 'test' },
    accounts: [],
    bound: null,
    waitMs: 0,
  });
  if (!opened.ok) throw new AppError('ledger_unavailable');
  const settlement = new Settlement(ctx, call, { heldNanos: 0, outputTokens: null }, NO_LEASE);
  // Who asks for a test wants the key tried, resting or not.
  ctx.board.wake(key ? [key.id] : []);
  const result = { key_id: key?.id ?? null, model: model.publicName, call_id: call.id };
  const found = await tryRoute(ctx, call, settlement.hold, settlement, route);
  const latency_ms = Math.round(ctx.clock.monotonic() - call.startedAt);
  if (!('kind' in found)) {
    await settlement.settle({ status: 'error', errorCode: found.code });
    return { ...result, ok: false, latency_ms, http_status: found.httpStatus, answer: null, error: wordsOf(found, by) };
  }
  if (found.kind === 'stream') throw new AppError('internal_error', { params: { requestId: by.requestId } });
  const answer = found.reading.text.slice(0, SHOWN_CHARS);
  await relayWhole(ctx, call, found, settlement);
  if (key) await reviveKey(ctx, key.id);
  return { ...result, ok: true, latency_ms, http_status: found.httpStatus, answer, error: null };
}

/** A code of ours (`shared/upstream-troubles.ts`), else the upstream's own sentence. */
function wordsOf(failure: UpstreamFailure, { locale }: Tester): string {
  const { cause, params } = failure.options;
  if (failure.key) return failure.key.reason;
  if (params?.detail) return String(params.detail);
  const trouble = failure.code === 'upstream_timeout' ? 'timed_out' : troubleOf(cause);
  if (trouble) return trouble;
  const why = cause instanceof Error ? cleanDetail(JSON.stringify({ message: cause.message })) : '';
  const { httpStatus } = failure;
  return why || (httpStatus !== null && httpStatus >= 400 ? `HTTP ${httpStatus}` : errorMessage(failure.code, locale));
}

function callOf(ctx: AppContext, model: CatalogModel, route: CatalogRoute, by: Tester): Call {
  const messages = [{ role: 'user', content: 'Reply with the word OK.' }];
  const { protocol, options } = route.channel;
  // A Responses upstream is asked through the translation: its body is written and its answer read the same.
  const format = protocol === 'anthropic-messages' ? anthropicMessages : openaiChat;
  const maxTokensField = protocol === 'openai-chat' ? options.maxTokensField : 'max_tokens';
  const request = format.check({ model: model.publicName, messages, [maxTokensField]: MAX_TOKENS });
  const size = format.measure(request, [route.upstreamModel]);
  return {
    id: ctx.ids.next('call'),
    requestId: by.requestId,
    endpoint: '/api/admin/channels/:id/test',
    family: 'openai',
    locale: by.locale,
    ip: by.ip,
    openedAt: ctx.clock.now(),
    startedAt: ctx.clock.monotonic(),
    signal: by.signal,
    principal: { ...NOBODY, userName: by.name },
    format,
    headers: {},
    request,
    model,
    routes: [route],
    size,
    capped: false,
    prices: pricesAt(route, size.estimateTokens),
    contentPolicy: 'none',
  };
}

const NO_LEASE: Lease = { requests: null, tokens: null, release: () => {}, refund: () => {} };

const NOBODY: Principal = {
  kind: 'adminKey',
  levels: [],
  passId: null,
  passName: null,
  passStatus: 'active',
  expiresAt: null,
  modelAliases: {},
  planId: null,
  userId: null,
  userName: null,
  seatId: null,
  seatName: null,
  classroomId: null,
  classroomName: null,
  classroomPausedAt: null,
  activationCode: null,
  locale: null,
  timeZone: 'UTC',
};
