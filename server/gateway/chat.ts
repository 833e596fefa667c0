// THE STORY of a chat completion, one function per step:
// authenticate → resolve → admit → measure → take a place → open (hold) → send → relay → settle.
import type { Context as HonoContext } from 'hono';

import type { AppContext } from '../context.ts';
import { identifyCaller } from '../http/caller.ts';
import { toAppError } from '../http/errors.ts';
import { isClientGone } from '../http/refuse.ts';
import type { HttpEnv } from '../http/route.ts';
import type { Lease } from '../limits/limits.ts';
import type { CatalogRoute } from '../models/catalog.ts';
import type { Principal } from '../plans/levels.ts';
import { admit, takePlace } from './admit.ts';
import type { AskedCall, Call } from './call.ts';
import { refusePrivateAddresses } from './content-addresses.ts';
import { type Claim, claimKey } from './idempotency.ts';
import { findPin } from './issued-responses.ts';
import { openCall } from './open.ts';
import { messagesRateHeaders, rateHeaders } from './rate-headers.ts';
import { StreamRelay } from './relay-stream.ts';
import { relayWhole } from './relay-whole.ts';
import { openaiChat } from './protocols/openai-chat/client.ts';
import type { ClientFormat } from './protocols/protocol.ts';
import { readBody } from './request-body.ts';
import { findModel, measure } from './resolve.ts';
import { send } from './send.ts';
import { Settlement } from './settlement.ts';

/** A change of a pass acts within a second. */
const IDENTIFIED_FOR_MS = 500;

type Http = HonoContext<HttpEnv>;

/** Makes the body of a chat completion out of another address's. */
export type ReadBody = (request: Request, principal: Principal) => Promise<unknown>;

/** Answers a call in the client's format. @param read where the address takes another body. @throws AppError, LedgerUnavailable, DatabaseError; app.ts words them. */
export async function chat(
  http: Http,
  ctx: AppContext,
  read: ReadBody = readBody,
  format = openaiChat,
): Promise<Response> {
  const finish = ctx.shutdown.begin();
  try {
    const step = await admitted(http, ctx, read, format);
    if (!(step instanceof Response)) return await answer(ctx, step.call, step.settlement, finish);
    finish();
    return step;
  } catch (error) {
    finish();
    throw error;
  }
}

/** Steps 1 to 4. Whatever refuses a call on the way is told to those who listen. */
async function admitted(
  http: Http,
  ctx: AppContext,
  read: ReadBody,
  format: ClientFormat,
): Promise<{ call: Call; settlement: Settlement } | Response> {
  let asked: AskedCall | undefined;
  let claim: Claim | undefined;
  try {
    asked = await ask(http, ctx, read, format);
    const known = await admit(ctx, asked);
    const call = measure({ ...known, pin: await findPin(ctx, known) }, ctx.gateway.signatures);
    const key = http.req.raw.headers.get('idempotency-key');
    if (key !== null) {
      const found = await claimKey(ctx, call, key);
      if (found instanceof Response) return found;
      claim = found;
    }
    return { call, settlement: await opened(ctx, call, await takePlace(ctx, call)) };
  } catch (error) {
    await claim?.release();
    if (!isClientGone(error, http)) tellRefusal(http, ctx, error, asked?.principal.passId ?? null);
    throw error;
  }
}

/** Steps 1 and 2: who is asking, for what. */
export async function ask(http: Http, ctx: AppContext, read: ReadBody, format: ClientFormat): Promise<AskedCall> {
  const known = await identifyCaller(http, ctx);
  const identifiedAt = ctx.clock.monotonic();
  const request = format.check(await read(http.req.raw, known));
  refusePrivateAddresses(request);
  // A body may take minutes to arrive: what counts is what its sender may do, and spend, when it is here.
  const isOld = ctx.clock.monotonic() - identifiedAt > IDENTIFIED_FOR_MS;
  const principal = isOld ? await identifyCaller(http, ctx) : known;
  return {
    id: ctx.ids.next('call'),
    requestId: http.get('requestId'),
    endpoint: http.req.path,
    family: http.get('family'),
    format,
    headers: format.headers.length === 0 ? NO_HEADERS : travelling(http.req.raw.headers, format.headers),
    locale: chosenLocale(http, ctx, principal.locale),
    ip: http.get('ip'),
    openedAt: ctx.clock.now(),
    startedAt: ctx.clock.monotonic(),
    signal: http.req.raw.signal,
    principal,
    request,
    model: findModel(ctx, principal, request.model),
  };
}

const NO_HEADERS = {};

function travelling(headers: Headers, names: readonly string[]): Record<string, string> {
  const found = names.map((name) => [name, headers.get(name)?.slice(0, 2_000)]).filter(([, value]) => value);
  return Object.fromEntries(found) as Record<string, string>;
}

/** Step 4. A refused call gives its place back. */
async function opened(ctx: AppContext, call: Call, lease: Lease): Promise<Settlement> {
  try {
    return new Settlement(ctx, call, await openCall(ctx, call), lease);
  } catch (error) {
    lease.refund();
    throw error;
  }
}

/** Steps 5 to 7. `finish` is called when the last byte has left or cannot leave any more. */
async function answer(ctx: AppContext, call: Call, settlement: Settlement, finish: () => void): Promise<Response> {
  const { health } = ctx.gateway;
  health.callStarted();
  const end = (): void => {
    health.callEnded();
    finish();
  };
  try {
    const found = await send(ctx, call, settlement.hold, settlement);
    const headers = answerHeaders(ctx, call, settlement.lease, found.attempt.route);
    if (found.kind === 'whole') {
      const body = await relayWhole(ctx, call, found, settlement);
      end();
      const contentType = found.reading.contentType ?? 'application/json';
      return new Response(body as BodyInit, { headers: { ...headers, 'content-type': contentType } });
    }
    const relay = new StreamRelay(ctx, call, found, settlement, end);
    return new Response(relay.events() as unknown as BodyInit, { headers: { ...headers, ...STREAM_HEADERS } });
  } catch (error) {
    health.callEnded();
    // Whatever went wrong, the call must not stay open.
    await settlement.settle({ status: 'error', errorCode: toAppError(error, call.requestId).code }).catch(() => {});
    throw error;
  }
}

const STREAM_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-cache, no-transform',
  'x-accel-buffering': 'no',
};

function answerHeaders(ctx: AppContext, call: Call, lease: Lease, { channel }: CatalogRoute): Record<string, string> {
  const translated = call.format.bridge(channel.protocol)?.translates === true;
  const leftOut = call.format.leftOut?.(call.request, { translated, capped: call.capped }) ?? [];
  return {
    ...rateHeaders(lease),
    ...(call.family === 'messages' ? messagesRateHeaders(lease, ctx.clock.now()) : {}),
    ...(leftOut.length > 0 ? { 'x-hallpass-left-out': leftOut.join(', ').slice(0, 500) } : {}),
    'x-hallpass-call-id': call.id,
    'x-hallpass-content-policy': call.contentPolicy,
    'openai-processing-ms': String(Math.round(ctx.clock.monotonic() - call.startedAt)),
  };
}

/** The caller's own language, else the classroom's, else the default. */
function chosenLocale(http: Http, ctx: AppContext, classroom: AskedCall['locale'] | null): AskedCall['locale'] {
  if (http.get('localeAsked')) return http.get('locale');
  const locale = classroom ?? ctx.settings.current().defaultLocale;
  http.set('locale', locale);
  return locale;
}

function tellRefusal(http: Http, ctx: AppContext, error: unknown, passId: string | null): void {
  const requestId = http.get('requestId');
  const { code } = toAppError(error, requestId);
  ctx.events.emit({ type: 'call.refused', requestId, at: ctx.clock.now(), code, passId, ip: http.get('ip') });
}
