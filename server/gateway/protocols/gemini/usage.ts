// Reads Gemini's usage. Thoughts stand beside what was written and are billed as output; the results of tools that ran
// upstream stand beside the prompt and are billed as input. https://ai.google.dev/api/generate-content#UsageMetadata
import type { TokenUsage } from '../../../ledger/ledger.ts';

type Fields = Record<string, unknown>;

/** More tokens than any model can produce or read in one call; a larger figure is a mistake. */
const ABSURD_TOKENS = 100_000_000;

export interface GeminiUsage {
  usage: TokenUsage;
  /** Whether the output is counted in it: the first events of a stream may tell the prompt only. */
  hasOutput: boolean;
}

/** @returns undefined where the prompt's tokens are not told. */
export function readGeminiUsage(value: unknown): GeminiUsage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const told = value as Fields;
  const asked = count(told.promptTokenCount);
  if (asked === undefined) return undefined;
  const promptTokens = asked + (count(told.toolUsePromptTokenCount) ?? 0);
  const written = count(told.candidatesTokenCount);
  const thought = count(told.thoughtsTokenCount) ?? 0;
  // The total is the sum of all four; what none of them explains was written.
  const total = count(told.totalTokenCount) ?? 0;
  const completionTokens = Math.max((written ?? 0) + thought, total - promptTokens);
  const cachedTokens = Math.min(count(told.cachedContentTokenCount) ?? 0, promptTokens);
  const audioTokens = Math.min(audioOf(told.promptTokensDetails), promptTokens - cachedTokens);
  return {
    usage: {
      promptTokens,
      cachedTokens,
      cacheWriteTokens: 0,
      completionTokens,
      reasoningTokens: Math.min(thought, completionTokens),
      ...(audioTokens > 0 ? { audioTokens } : {}),
    },
    hasOutput: written !== undefined || completionTokens > 0,
  };
}

function audioOf(details: unknown): number {
  if (!Array.isArray(details)) return 0;
  const audio = (details as (Fields | null)[]).filter((one) => one?.modality === 'AUDIO');
  return audio.reduce((sum, one) => sum + (count(one?.tokenCount) ?? 0), 0);
}

function count(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= ABSURD_TOKENS
    ? value
    : undefined;
}
