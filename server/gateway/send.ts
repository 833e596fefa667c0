// Step 5: sends the call upstream, elsewhere again while nothing was relayed, three times at most.
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { Lease } from '../limits/limits.ts';
import type { CatalogRoute } from '../models/catalog.ts';
import { DeliveredText } from './delivered-text.ts';
import { Attempt } from './attempt.ts';
import type { Call, Hold } from './call.ts';
import { orderRoutes } from './pick.ts';
import type { StreamReader, WholeReading } from './protocols/protocol.ts';
import { ownerOf, readHead } from './read-head.ts';
import type { Settlement } from './settlement.ts';
import { failureOfError, type UpstreamFailure } from './upstream-failure.ts';
import type { UpstreamStream } from './upstream-stream.ts';

/** Requests that may leave the process for one call. */
export const MAX_ATTEMPTS = 3;

/** An answer has begun. Whoever gets it ends the attempt. */
export type Answer =
  | { kind: 'whole'; attempt: Attempt; httpStatus: number; reading: WholeReading }
  | {
      kind: 'stream';
      attempt: Attempt;
      httpStatus: number;
      stream: UpstreamStream;
      first: string;
      reader: StreamReader;
    };

/** @throws AppError when no route answered; the call is settled then. */
export async function send(ctx: AppContext, call: Call, hold: Hold, settlement: Settlement): Promise<Answer> {
  let last: UpstreamFailure | undefined;
  if (call.signal.aborted) {
    // The client left while the hold was being made: nothing is sent, nothing is charged.
    await settlement.settle({ status: 'cancelled', errorCode: 'client_gone' });
    throw new AppError('upstream_error');
  }
  for (const route of candidates(ctx, call)) {
    // A route that was passed over without a request is no retry.
    const isRetry = settlement.attempts.length > 0;
    if (last && !mayRetry(call, settlement, last)) break;
    if (isRetry && !ctx.gateway.health.tryRetry()) break;
    const result = await tryRoute(ctx, call, hold, settlement, route).finally(() => {
      if (isRetry) ctx.gateway.health.retryEnded();
    });
    if ('kind' in result) return result;
    // What an upstream said tells more than that another route was passed over.
    if (!last || !PASSED_OVER.has(result)) last = result;
  }
  const code = last?.code ?? 'channel_unavailable';
  const retryAfterMs = code === 'upstream_busy' ? smallestWaitMs(ctx, call) : undefined;
  const cancelled = last?.status === 'cancelled';
  await settlement.settle({ status: cancelled ? 'cancelled' : 'error', errorCode: code });
  throw new AppError(code, {
    params: { model: call.model.publicName },
    ...last?.options,
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}

/** How long a client should wait: until the first key is free again; a channel that is full says nothing better. */
function smallestWaitMs(ctx: AppContext, call: Call): number {
  return ctx.gateway.health.shortestWaitMs(call.routes) ?? BUSY_MS;
}

/**
 * The ordered routes, and once more the first ones where there are fewer than attempts allowed (another key may do):
 * a model's own channel is asked with its next key before a fallback is.
 */
function* candidates(ctx: AppContext, call: Call): Generator<CatalogRoute> {
  const ordered = orderRoutes(call.routes, ctx.gateway.health, ctx.gateway.random);
  const [first] = ordered;
  if (first && !first.standIn && ordered[1]?.standIn && first.channel.keys.length > 1) ordered.unshift(first);
  for (let i = 0; i < Math.max(MAX_ATTEMPTS, ordered.length); i += 1) yield ordered[i % ordered.length]!;
}

function mayRetry(call: Call, { attempts }: Settlement, last: UpstreamFailure): boolean {
  if (!last.retry || call.signal.aborted || attempts.length >= MAX_ATTEMPTS) return false;
  return attempts.filter(({ status }) => status === 'timeout').length < 2;
}

/** One request on one route, whatever comes of it; a failure is noted in the settlement and in the channel's health. */
export async function tryRoute(
  ctx: AppContext,
  call: Call,
  hold: Hold,
  settlement: Settlement,
  route: CatalogRoute,
): Promise<Answer | UpstreamFailure> {
  const { health } = ctx.gateway;
  const key = health.chooseKey(route, ctx.gateway.random);
  if (key === undefined && route.channel.keys.length === 0) return NO_KEY;
  const place = key === undefined ? undefined : await placeOnChannel(ctx, call, route);
  if (key === undefined || place === undefined) return BUSY;
  const attempt = new Attempt(ctx, call, route, key, place);
  settlement.channel = { id: route.channel.id, name: route.channel.name };
  health.starting(route.channel.id);
  const { options } = route.channel;
  attempt.expectFirstByte(call.request.stream ? options.firstByteTimeoutMs : options.stallTimeoutMs);
  const result = await ask(ctx, call, hold, attempt).catch((error: unknown) =>
    failureOfError(error, attempt.abortReason),
  );
  if ('kind' in result) {
    attempt.firstByte();
    settlement.firstByteAt = attempt.firstByteAt;
    health.answered(route.channel.id);
    return result;
  }
  await noteFailure(ctx, settlement, attempt, result);
  return result;
}

async function ask(ctx: AppContext, call: Call, hold: Hold, attempt: Attempt): Promise<Answer | UpstreamFailure> {
  const { route, key, signal } = attempt;
  const { format, request } = call;
  const bridge = format.bridge(route.channel.protocol)!;
  const draft = {
    upstreamModel: route.upstreamModel,
    outputTokens: cappedBy(route, hold.outputTokens),
    maxTokensField: route.channel.options.maxTokensField,
    memory: ctx.gateway.signatures,
    owner: ownerOf(call),
    capped: call.capped,
  };
  const response = await ctx.gateway.protocols[route.channel.protocol]({
    route,
    key,
    path: bridge.path(route.upstreamModel, request.stream),
    body: bridge.body(request, draft),
    stream: request.stream,
    ...(bridge.form ? { form: true } : {}),
    ...(bridge.readBytes ? { accept: '*/*' } : {}),
    headers: bridge.translates ? {} : call.headers,
    requestId: call.requestId,
    locale: call.locale,
    signal,
  });
  return readHead(response, call, attempt, bridge);
}

/** A fallback may have less to say than the model it answers for. */
function cappedBy({ standIn }: CatalogRoute, outputTokens: number | null): number | null {
  return outputTokens === null ? null : Math.min(outputTokens, standIn?.maxOutputTokens ?? Infinity);
}

/** The channel's own limits (requirement 001's first level) and the route's (003's). @returns undefined when it is full: it is passed over. */
async function placeOnChannel(
  ctx: AppContext,
  call: Call,
  { id, channel, rpmLimit = null, tpmLimit = null }: CatalogRoute,
): Promise<Lease | null | undefined> {
  const scopes = [
    {
      key: `channel:${channel.id}`,
      name: channel.name,
      rpm: channel.rpmLimit,
      tpm: channel.tpmLimit,
      maxParallel: null,
    },
    { key: `route:${id}`, name: channel.name, rpm: rpmLimit, tpm: tpmLimit, maxParallel: null },
  ].filter(({ rpm, tpm }) => rpm !== null || tpm !== null);
  if (scopes.length === 0) return null;
  const reply = await ctx.limits.acquire(scopes, call.size.estimateTokens);
  return reply.ok ? reply.lease : undefined;
}

const BUSY_MS = 5_000;

const BUSY: UpstreamFailure = {
  status: 'error',
  httpStatus: null,
  code: 'upstream_busy',
  options: {},
  retry: true,
  chargePrompt: false,
  unhealthy: false,
};

/** Every key of the channel is disabled: an administrator has to act. */
const NO_KEY: UpstreamFailure = { ...BUSY, code: 'channel_unavailable' };

const PASSED_OVER: ReadonlySet<UpstreamFailure> = new Set([BUSY, NO_KEY]);

async function noteFailure(
  ctx: AppContext,
  settlement: Settlement,
  attempt: Attempt,
  failure: UpstreamFailure,
): Promise<void> {
  const { health, estimator } = ctx.gateway;
  const { route, key, call } = attempt;
  const channelId = route.channel.id;
  if (!failure.unhealthy) health.undecided(channelId);
  else if (health.failed(channelId)) ctx.events.emit({ type: 'channel.resting', channelId });
  if (key && failure.key) noteKey(ctx, { channelId, keyId: key.id }, failure.key);
  const usage =
    failure.usage ?? (failure.chargePrompt ? await estimator.estimate(call, new DeliveredText()) : undefined);
  const { status, httpStatus, code } = failure;
  settlement.attempts.push(
    attempt.end({ status, httpStatus, errorCode: code, ...(usage ? { usage, estimated: !failure.usage } : {}) }),
  );
}

/** A refused key rests until the database has taken it out of use, which every process sees. */
function noteKey(
  ctx: AppContext,
  ids: { channelId: string; keyId: string },
  failure: NonNullable<UpstreamFailure['key']>,
): void {
  const { reason } = failure;
  if (failure.effect === 'cool') {
    const ms = ctx.gateway.health.coolKey(ids.keyId, failure.ms);
    ctx.events.emit({ type: 'channel.key_cooled', ...ids, ms, reason });
    return;
  }
  ctx.gateway.health.coolKey(ids.keyId, Infinity);
  ctx.events.emit({ type: 'channel.key_disabled', ...ids, reason });
}
