// Step 6, streaming: relays event by event; the last byte leaves only after the call is settled on disk.
import type { ErrorCode } from '@hallpass/shared/errors.ts';

import type { AppContext } from '../context.ts';
import { errorAnswer } from '../http/errors.ts';
import type { TokenUsage } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import { FairShare } from '../lib/fair-share.ts';
import { DeliveredText } from './delivered-text.ts';
import type { Call } from './call.ts';
import { rememberIssued } from './issued-responses.ts';
import type { StreamReader } from './protocols/protocol.ts';
import { oneLine } from './protocols/sse.ts';
import type { Answer } from './send.ts';
import type { Outcome, Settlement } from './settlement.ts';
import type { Watched } from './stream-watch.ts';
import type { StreamItem } from './upstream-stream.ts';

/** Silence after which a heartbeat chunk goes out; Open WebUI's idle time-out may be as short as 15 s. */
const BEAT_MS = 12_000;
/** How often the ledger is told what has been delivered. */
const MARK_MS = 2_000;
/** A client that takes nothing for so long has left, whatever its connection says. */
const READER_STALL_MS = 60_000;

const encoder = new TextEncoder();

type StreamAnswer = Extract<Answer, { kind: 'stream' }>;

/** How the upstream's stream came to its end. */
type Ending = { ok: true } | { ok: false; code: ErrorCode; detail: string };

export class StreamRelay implements Watched {
  readonly #reader: StreamReader;
  #usage: TokenUsage | undefined;
  #counted: TokenUsage | undefined;
  readonly #delivered = new DeliveredText();
  readonly #share = new FairShare();
  #markedBytes = 0;
  #markedAt = 0;
  #finished = false;
  /** Events the client has taken; as long as it does not ask for the next one the count stands still. */
  #taken = 0;
  #isWaiting = false;
  #first: StreamItem | undefined;
  /** What is still to be sent once the upstream has nothing more. */
  #last: Uint8Array[] | undefined;
  #lastTaken = -1;
  #lastTakenAt = 0;
  #stopped = false;
  readonly #onClientGone = (): void => this.#clientGone();

  constructor(
    readonly ctx: AppContext,
    readonly call: Call,
    readonly answer: StreamAnswer,
    readonly settlement: Settlement,
    /** Told once, when nothing can leave any more. */
    readonly onEnd: () => void,
  ) {
    this.#first = { kind: 'event', data: answer.first };
    this.#reader = answer.reader;
    ctx.gateway.watch.add(this);
    // Not in `events`: a client may leave before the first event is ever asked for.
    call.signal.addEventListener('abort', this.#onClientGone, { once: true });
    if (call.signal.aborted) this.#clientGone();
  }

  /**
   * One network write an event. Ends with `[DONE]` or with one error event, never with both. An iterator of its own,
   * because each level of nested generators would cost every event several turns of the microtask queue.
   */
  events(): AsyncIterableIterator<Uint8Array> {
    const events: AsyncIterableIterator<Uint8Array> = {
      [Symbol.asyncIterator]: () => events,
      next: () => this.#next(),
      return: async () => this.#end(),
    };
    return events;
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    this.#taken += 1;
    while (!this.#last) {
      let item = this.#takeFirst() ?? this.answer.stream.take();
      if (!item) {
        this.#isWaiting = true;
        item = await this.answer.stream.next();
        this.#isWaiting = false;
      }
      if (item.kind === 'event' && this.#share.isSpent()) await this.#share.breathe();
      const step = this.#relayOrCut(item);
      if (step instanceof Uint8Array) return { done: false, value: step };
      if (step) this.#last = await this.#close(step);
    }
    const value = this.#last.shift();
    return value ? { done: false, value } : this.#end();
  }

  /** A consumer that stops asking without an abort is a client that left. */
  #end(): IteratorResult<Uint8Array> {
    if (!this.settlement.isSettled) this.#clientGone();
    this.#stop();
    return { done: true, value: undefined };
  }

  tick(now: number): void {
    this.answer.stream.tick(now, BEAT_MS);
    this.#watchReader(now);
    if (now - this.#markedAt < MARK_MS || this.#delivered.bytes === this.#markedBytes) return;
    this.#markedAt = now;
    this.#markedBytes = this.#delivered.bytes;
    this.ctx.ledger.progress(this.call.id, this.#delivered.bytes);
  }

  #watchReader(now: number): void {
    if (this.#isWaiting || this.#taken !== this.#lastTaken) {
      this.#lastTaken = this.#taken;
      this.#lastTakenAt = now;
    } else if (now - this.#lastTakenAt >= READER_STALL_MS) {
      this.#clientGone('the client stopped reading');
    }
  }

  /** Whatever an upstream sends, its answer ends with an error event, not with an exception. */
  #relayOrCut(item: StreamItem): Uint8Array | Ending | undefined {
    try {
      return this.#relay(item);
    } catch (error) {
      this.ctx.log.error('an event could not be relayed', { callId: this.call.id, error });
      return cut('an event could not be read');
    }
  }

  /** What `readHead` read to know that the answer is a stream. */
  #takeFirst(): StreamItem | undefined {
    const item = this.#first;
    this.#first = undefined;
    return item;
  }

  /** @returns undefined for an event of which nothing is sent on. */
  #relay(item: StreamItem): Uint8Array | Ending | undefined {
    if (item.kind === 'beat') return this.#encode(this.#reader.heartbeat());
    if (item.kind === 'failed') return this.#endedByUs() ?? cut(item.reason);
    if (item.kind === 'end') return this.#finished ? { ok: true } : cut('the stream ended without a finish reason');
    const reading = this.#reader.read(item.data);
    if (reading.kind === 'done') {
      this.#usage = reading.usage ?? this.#usage;
      return { ok: true };
    }
    if (reading.kind === 'malformed') return cut('an event was not JSON');
    if (reading.kind === 'error') {
      this.#usage = reading.usage ?? this.#usage;
      return cut('the upstream sent an error in its stream');
    }
    this.#note(reading);
    if (reading.relay === undefined) return undefined;
    if (this.#reader.framed) this.settlement.content?.written(reading.text);
    else this.settlement.content?.event(reading.relay);
    return this.#encode(reading.relay);
  }

  #encode(relay: string): Uint8Array {
    return encoder.encode(this.#reader.framed ? relay : `data: ${oneLine(relay)}\n\n`);
  }

  #endedByUs(): Ending | undefined {
    if (this.ctx.shutdown.expired.aborted) return STOPPING;
    return this.answer.attempt.abortReason === 'paused' ? PAUSED : undefined;
  }

  #note(reading: { text: string; finished: boolean; usage?: TokenUsage }): void {
    this.#delivered.add(reading.text);
    this.#finished = reading.finished;
    // Some upstreams report running totals: the last one counts. One token and then more text was a placeholder.
    if (reading.usage) this.#usage = reading.usage;
    else if (this.#usage && reading.text !== '' && this.#usage.completionTokens <= 1) this.#usage = undefined;
  }

  /** Settles, then says how the stream ends. */
  async #close(ending: Ending): Promise<Uint8Array[]> {
    if (!ending.ok) this.answer.stream.cancel();
    const outcome: Outcome = ending.ok
      ? { status: 'success' }
      : { status: 'cut', errorCode: ending.code, errorMessage: ending.detail };
    try {
      await this.#settle(outcome);
    } catch (error) {
      this.ctx.log.error('a call could not be settled in time', { callId: this.call.id, error });
      return [this.#errorEvent('ledger_unavailable')];
    }
    if (!ending.ok) return [this.#errorEvent(ending.code)];
    await rememberIssued(this.ctx, this.answer.attempt, this.#reader.issued, this.#usage);
    void this.answer.stream.release();
    return this.#reader.ending(this.#counted).map((frame) => encoder.encode(frame));
  }

  #errorEvent(code: ErrorCode): Uint8Array {
    const { family, locale, requestId } = this.call;
    return encoder.encode(this.#reader.failure(errorAnswer(new AppError(code), family, locale, requestId).body));
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.ctx.gateway.watch.remove(this);
    this.call.signal.removeEventListener('abort', this.#onClientGone);
    this.onEnd();
  }

  #clientGone(errorMessage?: string): void {
    this.answer.stream.cancel();
    this.#settle({ status: 'cancelled', errorCode: 'client_gone', ...(errorMessage ? { errorMessage } : {}) })
      .catch((error: unknown) =>
        this.ctx.log.error('a call could not be settled in time', { callId: this.call.id, error }),
      )
      .finally(() => this.#stop());
  }

  /** The prompt as the upstream told it, where it did before it broke off. */
  async #estimate(): Promise<TokenUsage> {
    const counted = await this.ctx.gateway.estimator.estimate(this.call, this.#delivered);
    return { ...counted, ...this.#reader.promptUsage, completionTokens: counted.completionTokens };
  }

  async #settle(outcome: Outcome): Promise<void> {
    const { settlement, answer } = this;
    await settlement.settleWith(outcome, async () => {
      const usage = (this.#counted = this.#usage ?? (await this.#estimate()));
      const status = outcome.status === 'success' ? 'ok' : outcome.status === 'cancelled' ? 'cancelled' : 'cut';
      return answer.attempt.end({
        status,
        httpStatus: answer.httpStatus,
        errorCode: outcome.errorCode ?? null,
        usage,
        estimated: this.#usage === undefined,
      });
    });
  }
}

const STOPPING: Ending = {
  ok: false,
  code: 'server_stopping',
  detail: 'the server stopped before the answer was complete',
};

const PAUSED: Ending = { ok: false, code: 'class_paused', detail: 'the class was paused' };

function cut(detail: string): Ending {
  const isLate = detail === 'stalled' || detail === 'too_long';
  return { ok: false, code: isLate ? 'upstream_timeout' : 'stream_cut', detail };
}
