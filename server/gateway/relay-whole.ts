// Step 6, without streaming: the answer is settled on disk before its first byte leaves.
import type { AppContext } from '../context.ts';
import { DeliveredText } from './delivered-text.ts';
import type { Call } from './call.ts';
import { rememberIssued } from './issued-responses.ts';
import type { Answer } from './send.ts';
import type { Settlement } from './settlement.ts';

type WholeAnswer = Extract<Answer, { kind: 'whole' }>;

/** @returns what to send. @throws LedgerUnavailable */
export async function relayWhole(
  ctx: AppContext,
  call: Call,
  { attempt, reading, httpStatus }: WholeAnswer,
  settlement: Settlement,
): Promise<string | Uint8Array> {
  settlement.content?.whole(reading.relay, call.format.name === 'openai-chat' ? undefined : reading.text);
  const gone = call.signal.aborted;
  await settlement.settleWith(
    gone ? { status: 'cancelled', errorCode: 'client_gone' } : { status: 'success' },
    async () =>
      attempt.end({
        status: gone ? 'cancelled' : 'ok',
        httpStatus,
        usage: reading.usage ?? (await ctx.gateway.estimator.estimate(call, DeliveredText.of(reading.text))),
        estimated: reading.usage === undefined,
        images: reading.images,
        requests: reading.requests,
      }),
  );
  if (!gone) await rememberIssued(ctx, attempt, reading.issued, reading.usage);
  return reading.bytes ?? reading.relay;
}
