// Reasoning with its signature in chat completions: `reasoning_details`, as OpenRouter and clients that keep it know it.
import type { ReasoningPart } from '../neutral.ts';

/** Which format signed it. */
const FORMATS: Record<NonNullable<ReasoningPart['from']>, string> = {
  'anthropic-messages': 'anthropic-claude-v1',
  'openai-responses': 'openai-responses-v1',
  gemini: 'google-gemini-v1',
};

export function reasoningToDetails(parts: readonly ReasoningPart[]): Record<string, unknown>[] {
  return parts.filter(({ signature }) => signature).map(reasoningDetail);
}

export function reasoningDetail(part: ReasoningPart, index: number): Record<string, unknown> {
  const { text, signature, redacted, from, id } = part;
  const known = { format: from ? FORMATS[from] : 'unknown', index, ...(id === undefined ? {} : { id }) };
  // What is encrypted has no text of its own; a summary beside it may have.
  if (redacted) return { type: 'reasoning.encrypted', data: signature, ...known, ...(text ? { summary: text } : {}) };
  return { type: 'reasoning.text', text, signature, ...known };
}

/** @returns only what is signed: the rest is text that comes under other names too. */
export function detailsToReasoning(value: unknown): ReasoningPart[] {
  if (!Array.isArray(value)) return [];
  const parts: ReasoningPart[] = [];
  for (const detail of value as (Record<string, unknown> | null)[]) {
    const redacted = detail?.type === 'reasoning.encrypted';
    const signature = redacted ? detail?.data : detail?.signature;
    const from = Object.entries(FORMATS).find(([, format]) => format === detail?.format)?.[0] as ReasoningPart['from'];
    if (!detail || typeof signature !== 'string' || signature === '' || !from) continue;
    const text = redacted ? detail.summary : detail.text;
    const part: ReasoningPart = { type: 'reasoning', text: typeof text === 'string' ? text : '', signature, from };
    if (redacted) part.redacted = true;
    if (typeof detail.id === 'string') part.id = detail.id;
    parts.push(part);
  }
  return parts;
}
