// One upstream stream as a pull of event data, with beats while it is silent and an end when it stalls.
import { FairShare } from '../lib/fair-share.ts';
import { nestsTooDeep } from '../lib/nesting.ts';
import { EventTooLarge, SseParser } from './protocols/sse.ts';

export type StreamItem =
  | { kind: 'event'; data: string }
  | { kind: 'beat' }
  | { kind: 'end' }
  | { kind: 'failed'; reason: 'cut' | 'stalled' | 'too_long' | 'too_large' };

/** What an upstream may still take to end its answer after `[DONE]`. */
const END_WITHIN_MS = 1_000;

/**
 * Of a chunk, which may be half a megabyte, no more than this is decoded at once: what waits for a slow client waits as
 * bytes, not as bytes, text and events.
 */
const PIECE_BYTES = 64 * 1024;

const BEAT: StreamItem = { kind: 'beat' };

export class UpstreamStream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #parser = new SseParser();
  #events: string[] = [];
  #nextEvent = 0;
  /** What has come and was not looked at yet. */
  #unread: Uint8Array | undefined;
  #ended: StreamItem | undefined;
  #isReading = false;
  #wake: ((item: StreamItem) => void) | undefined;
  /** When the upstream last sent something, or was last asked: monotonic ms. */
  #lastAt: number;
  #beatAt: number;
  readonly #startedAt: number;

  /** @param abort closes the upstream's connection. */
  constructor(
    body: ReadableStream<Uint8Array>,
    readonly abort: () => void,
    readonly monotonic: () => number,
    readonly stallMs: number,
    /** An upstream that never stops sending is stopped. */
    readonly longestMs: number,
  ) {
    this.#reader = body.getReader();
    this.#startedAt = this.#lastAt = this.#beatAt = monotonic();
  }

  /** What is here already; undefined when it has to be waited for. */
  take(): StreamItem | undefined {
    do {
      while (this.#nextEvent < this.#events.length) {
        const data = this.#events[this.#nextEvent++]!;
        // An empty event keeps a connection awake; it says nothing.
        if (data === '') continue;
        if (!nestsTooDeep(data)) return { kind: 'event', data };
        return this.#refuse();
      }
    } while (this.#parseOn());
    return this.#ended;
  }

  /** The next event, a beat, or how it ended. Never rejects. One promise an event: a chunk costs little more than that. */
  next(): Promise<StreamItem> {
    const here = this.take();
    if (here) return Promise.resolve(here);
    return new Promise((resolve) => {
      this.#wake = resolve;
      this.#read();
    });
  }

  /** Called every half second while the stream is open. */
  tick(now: number, beatMs: number): void {
    if (now - this.#startedAt >= this.longestMs && !this.#ended) {
      this.#ended = { kind: 'failed', reason: 'too_long' };
      return this.cancel();
    }
    if (!this.#wake) return;
    if (now - this.#lastAt >= this.stallMs) {
      this.#ended = { kind: 'failed', reason: 'stalled' };
      this.cancel();
    } else if (now - this.#beatAt >= beatMs) {
      this.#beatAt = now;
      this.#settleWait(BEAT);
    }
  }

  /** Stops reading and closes the connection. */
  cancel(): void {
    this.#ended ??= { kind: 'failed', reason: 'cut' };
    this.abort();
    this.#reader.cancel().catch(() => {});
    this.#settleWait(this.#ended);
  }

  /** After the end mark: the connection is free once it ends, and is closed when it does not end soon. */
  async release(): Promise<void> {
    if (this.#ended) return;
    const timer = setTimeout(() => this.cancel(), END_WITHIN_MS);
    const share = new FairShare();
    while (!this.#ended) {
      const item = await this.next();
      if (item.kind === 'event' && share.isSpent()) await share.breathe();
    }
    clearTimeout(timer);
  }

  #read(): void {
    if (this.#isReading) return;
    this.#isReading = true;
    // The clock runs only while we wait for the upstream, not while a slow client keeps us from asking.
    this.#lastAt = this.#beatAt = this.monotonic();
    this.#reader.read().then(this.#onRead, this.#onFailed);
  }

  readonly #onRead = ({ done, value }: { done: boolean; value?: Uint8Array | undefined }): void => {
    this.#unread = value;
    if (done) {
      this.#parse(() => this.#parser.end());
      this.#ended ??= { kind: 'end' };
    }
    this.#goOn();
  };

  readonly #onFailed = (error: unknown): void => {
    this.#fail(error);
    this.#goOn();
  };

  #fail(error: unknown): void {
    this.#unread = undefined;
    this.#ended ??= { kind: 'failed', reason: error instanceof EventTooLarge ? 'too_large' : 'cut' };
    this.abort();
  }

  /** Writing such an event again would hold the event loop for seconds. */
  #refuse(): StreamItem {
    this.#events = [];
    this.#ended = { kind: 'failed', reason: 'too_large' };
    this.#fail(undefined);
    return this.#ended;
  }

  /** @returns false when there is nothing to look at. */
  #parseOn(): boolean {
    const bytes = this.#unread;
    if (!bytes) return false;
    this.#unread = bytes.byteLength > PIECE_BYTES ? bytes.subarray(PIECE_BYTES) : undefined;
    this.#parse(() => this.#parser.push(this.#unread ? bytes.subarray(0, PIECE_BYTES) : bytes));
    return true;
  }

  #parse(read: () => string[]): void {
    this.#events = [];
    this.#nextEvent = 0;
    try {
      this.#events = read();
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Hands on what has come, or reads on when it was no whole event. */
  #goOn(): void {
    this.#isReading = false;
    if (!this.#wake) return;
    const item = this.take();
    if (item) this.#settleWait(item);
    // Whoever sends comments without end, faster than they are read, must not keep the loop from everyone else.
    else setImmediate(() => this.#read());
  }

  #settleWait(item: StreamItem): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.(item);
  }
}
