// Reads the usage of Anthropic's Messages. Input tokens come without what was read from or written to the cache.
// https://docs.anthropic.com/en/api/messages#response-usage
import type { TokenUsage } from '../../../ledger/ledger.ts';

/** More tokens than any model can produce or read in one call; a larger figure is a mistake. */
const ABSURD_TOKENS = 100_000_000;

/** Figures seen so far; those of later events replace them, for they are cumulative. */
export class MessagesUsage {
  #input: number | undefined;
  #cached = 0;
  #cacheWrite = 0;

  #thinking = 0;

  /** @returns the whole usage where the event tells the output too. */
  read(value: unknown, isFinal: boolean): TokenUsage | undefined {
    if (typeof value !== 'object' || value === null) return undefined;
    const usage = value as Record<string, unknown>;
    this.#input = count(usage.input_tokens) ?? this.#input;
    this.#cached = count(usage.cache_read_input_tokens) ?? this.#cached;
    this.#cacheWrite = count(usage.cache_creation_input_tokens) ?? this.#cacheWrite;
    this.#thinking = count((usage.output_tokens_details as Details)?.thinking_tokens) ?? this.#thinking;
    const output = count(usage.output_tokens);
    // `message_start` carries a placeholder of the output, not a count.
    return isFinal && output !== undefined ? this.#whole(output) : undefined;
  }

  /** What the prompt used, where an answer broke off before its last figures. */
  get prompt(): TokenUsage | undefined {
    return this.#whole(0);
  }

  #whole(completionTokens: number): TokenUsage | undefined {
    if (this.#input === undefined) return undefined;
    return {
      promptTokens: this.#input + this.#cached + this.#cacheWrite,
      cachedTokens: this.#cached,
      cacheWriteTokens: this.#cacheWrite,
      completionTokens,
      reasoningTokens: Math.min(this.#thinking, completionTokens),
    };
  }
}

/** The same figures as a client of Messages reads them where a stream ends. */
export function deltaUsage(usage: TokenUsage | undefined): Record<string, unknown> {
  const { promptTokens = 0, cachedTokens = 0, cacheWriteTokens = 0, completionTokens = 0 } = usage ?? {};
  const thinking = usage?.reasoningTokens ?? 0;
  return {
    input_tokens: promptTokens - cachedTokens - cacheWriteTokens,
    cache_creation_input_tokens: cacheWriteTokens,
    cache_read_input_tokens: cachedTokens,
    output_tokens: completionTokens,
    output_tokens_details: thinking > 0 ? { thinking_tokens: thinking } : null,
    server_tool_use: null,
  };
}

/** The same in a message, with what only Anthropic could tell: for how long something is cached, where it was served. */
export function messagesUsage(usage: TokenUsage | undefined): Record<string, unknown> {
  return { ...deltaUsage(usage), cache_creation: null, inference_geo: null, service_tier: null, speed: null };
}

type Details = { thinking_tokens?: unknown } | null | undefined;

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= ABSURD_TOKENS
    ? value
    : undefined;
}
