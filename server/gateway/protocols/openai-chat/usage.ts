// Reads the usage an upstream reports. What is missing, negative, fractional or absurd counts as not reported.
import type { TokenUsage } from '../../../ledger/ledger.ts';

/** More tokens than any model can produce or read in one call; a larger figure is a mistake. */
const ABSURD_TOKENS = 100_000_000;

/**
 * @returns undefined unless prompt and completion tokens are both there. Cached, cache-write and audio tokens are
 * parts of the prompt, reasoning a part of the completion, and are cut to it.
 */
export function readUsage(value: unknown): TokenUsage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = value as Record<string, unknown>;
  const promptTokens = count(usage.prompt_tokens);
  const written = count(usage.completion_tokens);
  if (promptTokens === undefined || written === undefined) return undefined;
  const prompt = details(usage.prompt_tokens_details);
  const thought = firstOf(details(usage.completion_tokens_details).reasoning_tokens, usage.reasoning_tokens);
  const beside = reasoningBeside(usage, promptTokens, written, thought);
  const completionTokens = written + beside;
  const cached = firstOf(
    prompt.cached_tokens,
    // DeepSeek, Kimi and Anthropic name theirs beside the details object.
    usage.prompt_cache_hit_tokens,
    usage.cached_tokens,
    usage.cache_read_input_tokens,
  );
  const cacheWrite = firstOf(
    prompt.cache_write_tokens,
    prompt.cache_creation_input_tokens,
    prompt.cache_creation_tokens,
    usage.cache_creation_input_tokens,
  );
  const cachedTokens = Math.min(cached, promptTokens);
  const cacheWriteTokens = Math.min(cacheWrite, promptTokens - cachedTokens);
  const audioTokens = Math.min(firstOf(prompt.audio_tokens), promptTokens - cachedTokens - cacheWriteTokens);
  return {
    promptTokens,
    cachedTokens,
    cacheWriteTokens,
    completionTokens,
    reasoningTokens: Math.min(Math.max(thought, beside), completionTokens),
    ...(audioTokens > 0 ? { audioTokens } : {}),
  };
}

/**
 * Most count reasoning within the completion. xAI counts it beside, and only the total tells; Gemini's compatible
 * door names no reasoning at all, and its total is larger by the thoughts; Perplexity reports more reasoning than
 * completion, outside of any details.
 */
function reasoningBeside(usage: Record<string, unknown>, prompt: number, written: number, thought: number): number {
  const unexplained = (count(usage.total_tokens) ?? 0) - prompt - written;
  if (unexplained > 0 && (thought === 0 || thought === unexplained)) return unexplained;
  const isOutside = count(usage.reasoning_tokens) === thought && thought > written;
  return isOutside && unexplained <= 0 ? thought : 0;
}

/** The first that is a count; 0 when none is. */
function firstOf(...values: unknown[]): number {
  for (const value of values) {
    const known = count(value);
    if (known !== undefined) return known;
  }
  return 0;
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= ABSURD_TOKENS
    ? value
    : undefined;
}

function details(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
