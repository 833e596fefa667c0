// Reads a whole chat completion (no streaming) and says what to relay.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import { type Delta, nameReasoningTwice, textOf } from './reasoning.ts';
import { splitWhole, type ThinkMode } from './think-tags.ts';
import { readUsage } from './usage.ts';

export interface AnswerReading {
  /** The body to send on, JSON text. */
  relay: string;
  usage: TokenUsage | undefined;
  text: string;
}

/** @returns undefined when the text is not a chat completion. */
export function readAnswer(
  text: string,
  publicModel: string | undefined,
  thinkTags?: ThinkMode,
  onCalls?: (calls: readonly unknown[]) => void,
): AnswerReading | undefined {
  const answer = parse(text);
  if (!answer || !Array.isArray(answer.choices)) return undefined;
  let changed = false;
  let written = '';
  for (const choice of answer.choices as { message?: Record<string, unknown>; finish_reason?: unknown }[]) {
    const message = choice?.message;
    if (typeof message !== 'object' || message === null) continue;
    written += textOf(message);
    if (thinkTags) changed = split(message, thinkTags) || changed;
    changed = nameReasoningTwice(message) || changed;
    const calls = Array.isArray(message.tool_calls) ? message.tool_calls : [];
    if (calls.length > 0) onCalls?.(calls);
    if (choice.finish_reason === 'stop' && calls.length > 0) {
      choice.finish_reason = 'tool_calls';
      changed = true;
    }
  }
  if (publicModel !== undefined && answer.model !== publicModel) {
    answer.model = publicModel;
    changed = true;
  }
  return { relay: changed ? JSON.stringify(answer) : text, usage: readUsage(answer.usage), text: written };
}

/** @returns whether reasoning stood between tags. */
function split(message: Delta, mode: ThinkMode): boolean {
  if (typeof message.content !== 'string') return false;
  const { reasoning, content } = splitWhole(message.content, mode);
  if (content === message.content) return false;
  message.content = content;
  if (reasoning !== '') message.reasoning_content = reasoning;
  return true;
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
