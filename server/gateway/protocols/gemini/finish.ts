// Why Gemini stopped, in the neutral form. https://ai.google.dev/api/generate-content#FinishReason
import type { Finish } from '../neutral.ts';

type Fields = Record<string, unknown>;

export type Ended = { finish: Finish } | { failure: string };

const FINISHES: Readonly<Record<string, Finish>> = {
  STOP: 'stop',
  MAX_TOKENS: 'length',
  // The rest could be had with a token that no client of ours can send.
  CONTINUATION: 'length',
  SAFETY: 'content_filter',
  RECITATION: 'content_filter',
  LANGUAGE: 'content_filter',
  BLOCKLIST: 'content_filter',
  PROHIBITED_CONTENT: 'content_filter',
  SPII: 'content_filter',
  IMAGE_SAFETY: 'content_filter',
  IMAGE_PROHIBITED_CONTENT: 'content_filter',
  IMAGE_RECITATION: 'content_filter',
  MODEL_ARMOR: 'content_filter',
  ESCALATION: 'content_filter',
};

/**
 * Undefined while the answer goes on. All other reasons (`MALFORMED_FUNCTION_CALL`, `UNEXPECTED_TOOL_CALL`, `OTHER` …) say that
 * the model failed: passed on as a stop, an empty or broken answer would look like a good one.
 */
export function endOf(candidate: Fields | undefined): Ended | undefined {
  const { finishReason: reason, finishMessage: detail } = candidate ?? {};
  if (typeof reason !== 'string' || reason === '' || reason === 'FINISH_REASON_UNSPECIFIED') return undefined;
  const finish = Object.hasOwn(FINISHES, reason) ? FINISHES[reason] : undefined;
  if (finish) return { finish };
  return { failure: `Gemini stopped with ${reason}${typeof detail === 'string' ? `: ${detail}` : ''}` };
}

/** The prompt itself was blocked: there is no candidate then. */
export function isBlocked({ promptFeedback }: Fields): boolean {
  const reason = (promptFeedback as Fields | null | undefined)?.blockReason;
  return typeof reason === 'string' && !/^(BLOCK(ED)?_REASON_UNSPECIFIED)?$/.test(reason);
}
