// Rates and concurrency in Redis: one script, one round trip a call, by the clock of the Redis server. It knows no
// fallback: what to do without Redis is decided in shared-limits.ts.
import { RedisAway, type RedisLink } from '../redis/link.ts';
import type { Lease, LimitReply, Limits, LimitScope, LimitState, Windows } from './limits.ts';
import { CONCURRENCY_RETRY_MS } from './memory-limits.ts';
import { LOST, SCRIPT, SCRIPT_SHA } from './redis-script.ts';

/** A process that died gives its places back after this long; one that lives renews them. */
export const PLACE_TTL_MS = 15_000;
/** What was written down must outlive a night of silence no longer than its counters do. */
const MARK_TTL_MS = 3_600_000;
/** Parties, or places, written by one run of the script: Redis serves nobody else meanwhile. */
const BATCH = 200;

export interface RedisLimitsOptions {
  link: RedisLink;
  /** Begins every key. It holds a hash tag, so that a cluster keeps all of them in one place. */
  prefix: string;
  newId(): string;
  /** Tests bring their own time, in ms; otherwise the Redis server's clock counts. */
  now?: () => number;
  placeTtlMs?: number;
}

/** A call that Redis has counted. */
export interface RedisPlace {
  id: string;
  scopes: readonly LimitScope[];
  /** By the clock of Redis; null = it was counted elsewhere and only its places are known here. */
  second: number | null;
  tokens: number;
}

type State = [limit: number, remaining: number, resetMs: number] | [];
type AcquireReply = [0, 'concurrency' | 'rpm' | 'tpm', number, number] | [1, number, State, State];
export type RedisReply =
  | { ok: true; place: RedisPlace; requests: LimitState | null; tokens: LimitState | null }
  | Extract<LimitReply, { ok: false }>;

export class RedisLimits implements Limits {
  readonly #options: RedisLimitsOptions;
  readonly #placeTtlMs: number;

  constructor(options: RedisLimitsOptions) {
    this.#options = options;
    this.#placeTtlMs = options.placeTtlMs ?? PLACE_TTL_MS;
  }

  /** Begins to count, or goes on where others have begun. @throws RedisAway */
  async open(): Promise<void> {
    await this.#command('SET', [this.#options.prefix, '1', 'PX', String(MARK_TTL_MS), 'NX']);
  }

  /** Says that it is still in use. @throws RedisAway also when what was counted is gone. */
  async keep(): Promise<void> {
    if ((await this.#command('PEXPIRE', [this.#options.prefix, String(MARK_TTL_MS)])) !== 1) throw lost();
  }

  /** @throws RedisAway */
  async take(scopes: readonly LimitScope[], tokens: number): Promise<RedisReply> {
    const id = this.#options.newId();
    const whole = Math.ceil(tokens);
    const limits = scopes.flatMap(({ rpm, tpm, maxParallel }) => [text(rpm), text(tpm), text(maxParallel)]);
    const args = [String(whole), id, String(this.#placeTtlMs), ...limits];
    const reply = await this.#run<AcquireReply>('acquire', scopes, args);
    if (reply[0] === 1)
      return {
        ok: true,
        place: { id, scopes, second: reply[1], tokens: whole },
        requests: stateOf(reply[2]),
        tokens: stateOf(reply[3]),
      };
    const [, problem, at, waitMs] = reply;
    const scope = scopes[at - 1]!;
    if (problem === 'concurrency')
      return { ok: false, problem, scope, limit: scope.maxParallel!, retryAfterMs: CONCURRENCY_RETRY_MS };
    return { ok: false, problem, scope, limit: scope[problem]!, retryAfterMs: waitMs };
  }

  /** Frees the places; corrects the tokens, or gives all back. Where it was counted elsewhere, nothing is taken off. */
  async end({ id, scopes, second, tokens }: RedisPlace, giveBack: boolean, actualTokens?: number): Promise<void> {
    if (scopes.length === 0) return;
    const isKnown = second !== null;
    const used = actualTokens !== undefined && (isKnown || actualTokens > tokens) ? Math.ceil(actualTokens) : null;
    const verb = giveBack && isKnown ? 'give' : 'keep';
    const counts = scopes.map(({ tpm }) => (tpm === null ? '0' : '1'));
    await this.#run('end', scopes, [verb, id, String(second ?? 0), String(tokens), text(used), ...counts]);
  }

  /** Counts what was counted elsewhere. @param places ids of open places by party. @throws RedisAway */
  async add(windows: Windows, places: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const keys = [...new Set([...Object.keys(windows), ...places.keys()])];
    for (let from = 0; from < keys.length; from += BATCH) {
      const some = keys.slice(from, from + BATCH);
      const args = some.flatMap((key) => {
        const slots = windows[key]?.slots ?? [];
        const ids = places.get(key) ?? [];
        return [String(slots.length), ...slots.flat().map(String), String(ids.length), ...ids];
      });
      await this.#run(
        'add',
        some.map((key) => ({ key })),
        [String(this.#placeTtlMs), ...args],
      );
    }
  }

  async acquire(scopes: readonly LimitScope[], tokens: number): Promise<LimitReply> {
    const reply = await this.take(scopes, tokens);
    if (!reply.ok) return reply;
    let done = false;
    const end = (giveBack: boolean, actualTokens?: number) => {
      if (done) return;
      done = true;
      // What Redis does not hear comes back by its deadline.
      void this.end(reply.place, giveBack, actualTokens).catch(() => {});
    };
    const lease: Lease = {
      requests: reply.requests,
      tokens: reply.tokens,
      release: (actualTokens) => end(false, actualTokens),
      refund: () => end(true),
    };
    return { ok: true, lease };
  }

  /** @throws RedisAway */
  async peek(scope: LimitScope): Promise<{ requests: LimitState | null; tokens: LimitState | null }> {
    const [requests, tokens] = await this.#run<[State, State]>('peek', [scope], [text(scope.rpm), text(scope.tpm)]);
    return { requests: stateOf(requests), tokens: stateOf(tokens) };
  }

  async #run<T>(verb: string, scopes: readonly { key: string }[], args: readonly string[]): Promise<T> {
    const { prefix, now } = this.#options;
    const keys = [prefix, ...scopes.flatMap(({ key }) => [`${prefix}:${key}`, `${prefix}:${key}:open`])];
    const rest = [String(keys.length), ...keys, verb, now ? String(Math.floor(now())) : '', ...args];
    const reply = await this.#command<T | typeof LOST>('EVALSHA', [SCRIPT_SHA, ...rest]).catch((error: unknown) => {
      // A restarted Redis does not know the script; EVAL teaches it.
      if (String((error as Error).message).startsWith('NOSCRIPT')) return this.#command<T>('EVAL', [SCRIPT, ...rest]);
      throw error;
    });
    if (reply === LOST) throw lost();
    return reply;
  }

  /** Whatever else Redis says (it is loading, read-only, full …): it cannot be counted on. @throws RedisAway */
  async #command<T>(name: string, args: readonly string[]): Promise<T> {
    try {
      return await this.#options.link.command<T>(name, args);
    } catch (error) {
      if (error instanceof RedisAway || String((error as Error).message).startsWith('NOSCRIPT')) throw error;
      this.#options.link.giveUp(error);
      throw new RedisAway('Redis refuses', { cause: error });
    }
  }
}

/** What was counted is not there any more: Redis was emptied. */
export class CountersLost extends RedisAway {
  override name = 'CountersLost';
}

const lost = () => new CountersLost('Redis has lost what was counted');
const text = (value: number | null): string => (value === null ? '' : String(value));

function stateOf(state: State): LimitState | null {
  const [limit, remaining, resetMs] = state;
  return limit === undefined || remaining === undefined || resetMs === undefined ? null : { limit, remaining, resetMs };
}
