// One request that leaves the process: its clock, its abort, and the record the ledger keeps of it.
import type { AppContext } from '../context.ts';
import type { AttemptRecord, AttemptStatus, TokenUsage } from '../ledger/ledger.ts';
import type { Lease } from '../limits/limits.ts';
import { pricesAt } from '../models/pricing.ts';
import type { CatalogKey, CatalogRoute } from '../models/catalog.ts';
import type { Call } from './call.ts';
import { NO_TOKENS, priceUsage } from './charge.ts';
import type { AbortReason } from './upstream-failure.ts';

export interface AttemptEnd {
  status: AttemptStatus;
  httpStatus?: number | null;
  errorCode?: string | null;
  usage?: TokenUsage;
  estimated?: boolean;
  /** Pictures and searches of the answer, where they are not those of the request. */
  images?: number | undefined;
  requests?: number | undefined;
}

export class Attempt {
  readonly id: string;
  readonly startedAt: number;
  firstByteAt: number | null = null;
  upstreamRequestId: string | null = null;
  /** Why we ended it ourselves, if we did. */
  abortReason: AbortReason | undefined;
  readonly #control = new AbortController();
  readonly #onClientGone = (): void => this.abort('client');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly ctx: AppContext,
    readonly call: Call,
    readonly route: CatalogRoute,
    readonly key: CatalogKey | null,
    /** Its place within the channel's own limits; null where the channel has none. */
    readonly place: Lease | null,
  ) {
    this.id = ctx.ids.next('att');
    this.startedAt = ctx.clock.now();
    if (call.signal.aborted) this.abort('client');
    else call.signal.addEventListener('abort', this.#onClientGone, { once: true });
    ctx.gateway.running.add(this);
  }

  get classroomId(): string | null {
    return this.call.principal.classroomId;
  }

  get signal(): AbortSignal {
    return this.#control.signal;
  }

  abort(reason: AbortReason): void {
    this.abortReason ??= reason;
    this.#control.abort();
  }

  /** Ends the attempt unless the first byte comes in time. */
  expectFirstByte(ms: number): void {
    this.#timer = setTimeout(() => this.abort('timeout'), ms);
  }

  firstByte(): void {
    clearTimeout(this.#timer);
    this.firstByteAt ??= this.ctx.clock.now();
  }

  /** The record for the ledger; call once, when the attempt is over. */
  end({
    status,
    httpStatus = null,
    errorCode = null,
    usage = NO_TOKENS,
    estimated = false,
    images = this.call.size.images,
    requests = this.call.size.requests,
  }: AttemptEnd): AttemptRecord {
    clearTimeout(this.#timer);
    this.call.signal.removeEventListener('abort', this.#onClientGone);
    this.ctx.gateway.running.delete(this);
    this.place?.release(usage.promptTokens + usage.completionTokens);
    const { channel } = this.route;
    this.#noteHealth(status);
    const prices = pricesAt(this.route, usage.promptTokens);
    return {
      ...usage,
      id: this.id,
      channelId: channel.id,
      channelKeyId: this.key?.id ?? null,
      routeId: this.route.id,
      upstreamModel: this.route.upstreamModel,
      upstreamRequestId: this.upstreamRequestId,
      status,
      httpStatus,
      errorCode,
      startedAt: this.startedAt,
      firstByteAt: this.firstByteAt,
      endedAt: this.ctx.clock.now(),
      estimated,
      costNanos: prices && usage !== NO_TOKENS ? priceUsage(usage, prices, images, requests) : 0,
      prices,
    };
  }

  /** What an answer that had begun says of its channel in the end; one that never began was judged by `send`. */
  #noteHealth(status: AttemptStatus): void {
    const { health } = this.ctx.gateway;
    const { id } = this.route.channel;
    if (status === 'ok') health.succeeded(id, this.key?.id);
    else if (status === 'cut' && !ENDED_BY_US.has(this.abortReason) && health.failed(id))
      this.ctx.events.emit({ type: 'channel.resting', channelId: id });
  }
}

const ENDED_BY_US: ReadonlySet<AbortReason | undefined> = new Set(['client', 'stopping', 'paused'] as const);
