// Reads the usage an upstream reports. What is missing, negative, fractional or absurd counts as not reported.
import type { TokenUsage } from '../../../ledger/ledger.ts';

/** More tokens than any model can produce or read in one call; a larger figure is a mistake. */
const ABSURD_TOKENS = 100_000_000;

/**
 * @returns undefined unless prompt and completion tokens are both there. Cached and cache-write tokens are parts
 * of the prompt, reasoning a part of the completion, and are cut to it.
 */
export function readUsage(value: unknown): TokenUsage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const usage = value as Record<string, unknown>;
  const promptTokens = count(usage.prompt_tokens);
  const completionTokens = count(usage.completion_tokens);
  if (promptTokens === undefined || completionTokens === undefined) return undefined;
  const prompt = details(usage.prompt_tokens_details);
  const completion = details(usage.completion_tokens_details);
  // DeepSeek names its cache hits beside the details object.
  const cached = count(prompt.cached_tokens) ?? count(usage.prompt_cache_hit_tokens) ?? 0;
  const cacheWrite = count(prompt.cache_write_tokens) ?? count(usage.cache_creation_input_tokens) ?? 0;
  const cachedTokens = Math.min(cached, promptTokens);
  return {
    promptTokens,
    cachedTokens,
    cacheWriteTokens: Math.min(cacheWrite, promptTokens - cachedTokens),
    completionTokens,
    reasoningTokens: Math.min(count(completion.reasoning_tokens) ?? 0, completionTokens),
  };
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= ABSURD_TOKENS
    ? value
    : undefined;
}

function details(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
