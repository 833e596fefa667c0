// Which upstream responses were given to whom, so that `previous_response_id` goes on only from one's own: every pass
// of a school is the same customer upstream. Remembered with the route and the key that made them, for 30 days, as long
// as OpenAI keeps a response.
import type { AppContext } from '../context.ts';
import type { TokenUsage } from '../ledger/ledger.ts';
import type { Attempt } from './attempt.ts';
import type { AskedCall, Call } from './call.ts';
import { type Expiry, forgetOld } from './forget-old.ts';

const KEPT_MS = 30 * 24 * 3_600_000;
const EXPIRY: Expiry = { table: 'issuedResponses', keptMs: KEPT_MS, everyMs: 10_000 };
/** A longer id is none. */
export const RESPONSE_ID_CHARS_MAX = 200;

/** Where the earlier response was made, and how large what it carries is. */
export interface Pin {
  routeId: string;
  channelKeyId: string | null;
  /** Its whole prompt and answer: what comes before this request's own input. */
  tokens: number;
}

/** @returns undefined where the request names no earlier response, or none that was given to this caller. */
export async function findPin(ctx: AppContext, asked: AskedCall): Promise<Pin | undefined> {
  const { previous_response_id: id } = asked.request.fields;
  const owner = ownerOf(asked);
  if (asked.format.name !== 'openai-responses' || typeof id !== 'string' || owner === undefined) return undefined;
  if (id.length > RESPONSE_ID_CHARS_MAX || id.includes('\0')) return undefined;
  return ctx.db
    .selectFrom('issuedResponses')
    .select(['routeId', 'channelKeyId', 'tokens'])
    .where('owner', '=', owner)
    .where('responseId', '=', id)
    .where('createdAt', '>', ctx.clock.now() - KEPT_MS)
    .executeTakeFirst();
}

/** Before the client has the whole answer. Without its usage nobody could bound what goes on from it, so it is not remembered. */
export async function rememberIssued(
  ctx: AppContext,
  { call, route, key }: Pick<Attempt, 'call' | 'route' | 'key'>,
  responseId: string | undefined,
  usage: TokenUsage | undefined,
): Promise<void> {
  const owner = ownerOf(call);
  if (responseId === undefined || responseId.length > RESPONSE_ID_CHARS_MAX || !usage || owner === undefined) return;
  const tokens = usage.promptTokens + usage.completionTokens;
  const createdAt = ctx.clock.now();
  const row = { owner, responseId, routeId: route.id, channelKeyId: key?.id ?? null, tokens, createdAt };
  try {
    await ctx.db
      .insertInto('issuedResponses')
      .values(row)
      .onConflict((oc) => oc.columns(['owner', 'responseId']).doNothing())
      .execute();
    await forgetOld(ctx, EXPIRY);
  } catch (error) {
    // The answer is paid and whole; only going on from it by its id will be refused.
    ctx.log.error('an issued response could not be remembered', { callId: call.id, error });
  }
}

/** A guest is an address, and an address is not kept. */
function ownerOf({ principal: { passId, userId, seatId } }: Pick<Call, 'principal'>): string | undefined {
  return passId ?? userId ?? seatId ?? undefined;
}
