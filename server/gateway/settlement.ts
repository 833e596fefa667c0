// Step 7: ends a call exactly once, whatever ends it first: the answer, an error, a time-out or the client leaving.
import type { AppContext } from '../context.ts';
import type { AttemptRecord, CallContent, CallStatus, SettleReply, TokenUsage } from '../ledger/ledger.ts';
import type { Lease } from '../limits/limits.ts';
import type { Call, Hold } from './call.ts';
import { NO_TOKENS } from './charge.ts';
import { ContentRecord } from './content-record.ts';

export interface Outcome {
  status: CallStatus;
  errorCode?: string;
  errorMessage?: string;
}

export class Settlement {
  /** One record per request that left the process, in order. */
  readonly attempts: AttemptRecord[] = [];
  firstByteAt: number | null = null;
  channel: { id: string; name: string } | null = null;
  /** null = nothing is kept of what is said. */
  readonly content: ContentRecord | null;
  #done: Promise<SettleReply> | undefined;

  constructor(
    readonly ctx: AppContext,
    readonly call: Call,
    readonly hold: Hold,
    readonly lease: Lease,
  ) {
    this.content = call.contentPolicy === 'none' ? null : new ContentRecord(call);
  }

  get isSettled(): boolean {
    return this.#done !== undefined;
  }

  /** The first outcome wins; everybody gets its promise. Resolves once the row is durable. @throws LedgerUnavailable */
  settle(outcome: Outcome): Promise<SettleReply> {
    this.#done ??= this.#write(outcome);
    return this.#done;
  }

  /** The same, with the record of the last attempt, which is made only if this outcome is the first. */
  settleWith(outcome: Outcome, lastAttempt: () => Promise<AttemptRecord>): Promise<SettleReply> {
    this.#done ??= lastAttempt().then((attempt) => {
      this.attempts.push(attempt);
      return this.#write(outcome);
    });
    return this.#done;
  }

  async #write({ status, errorCode, errorMessage }: Outcome): Promise<SettleReply> {
    const { ctx, call, attempts, lease } = this;
    const usage = attempts.reduce(addUsage, NO_TOKENS);
    const costNanos = attempts.reduce((sum, attempt) => sum + attempt.costNanos, 0);
    lease.release(usage.promptTokens + usage.completionTokens);
    const reply = await ctx.ledger.settle({
      callId: call.id,
      status,
      errorCode: errorCode ?? null,
      errorMessage: errorMessage?.slice(0, 500) ?? null,
      channelId: this.channel?.id ?? null,
      channelName: this.channel?.name ?? null,
      firstByteAt: this.firstByteAt,
      settledAt: ctx.clock.now(),
      usage,
      estimated: attempts.some((attempt) => attempt.estimated),
      costNanos,
      attempts,
      content: this.content ? this.#kept(this.content) : undefined,
    });
    this.#tell(status, reply, costNanos);
    return reply;
  }

  /** Whatever is wrong with the words, the numbers are written. */
  #kept(record: ContentRecord): CallContent | undefined {
    try {
      return record.content();
    } catch (error) {
      this.ctx.log.error('the content of a call could not be kept', { callId: this.call.id, error });
      return undefined;
    }
  }

  #tell(status: CallStatus, reply: SettleReply, reportedNanos: number): void {
    const { ctx, call, hold } = this;
    const { passId, classroomId, seatId } = call.principal;
    ctx.events.emit({
      type: 'call.settled',
      callId: call.id,
      at: ctx.clock.now(),
      model: call.model.publicName,
      status,
      costNanos: reply.costNanos,
      passId,
      classroomId,
      seatId,
    });
    if (reply.overHold) {
      const channelId = this.channel?.id ?? null;
      ctx.events.emit({ type: 'call.over_hold', callId: call.id, heldNanos: hold.heldNanos, reportedNanos, channelId });
      ctx.log.warn('an upstream reported more than was held', { callId: call.id, channelId, reportedNanos });
    }
  }
}

function addUsage(sum: TokenUsage, attempt: TokenUsage): TokenUsage {
  return {
    promptTokens: sum.promptTokens + attempt.promptTokens,
    cachedTokens: sum.cachedTokens + attempt.cachedTokens,
    cacheWriteTokens: sum.cacheWriteTokens + attempt.cacheWriteTokens,
    completionTokens: sum.completionTokens + attempt.completionTokens,
    reasoningTokens: sum.reasoningTokens + attempt.reasoningTokens,
    audioTokens: (sum.audioTokens ?? 0) + (attempt.audioTokens ?? 0),
  };
}
