// Moves an answer from state to state as its parts arrive, in batches, so that a fast stream costs few renders.
import type { CompletionPart } from '@/api/completions.ts';

import type { Answer } from './turn.ts';

/** Milliseconds between two changes on screen; a reader sees no difference below it. */
export const BATCH_MS = 40;

/**
 * Writes all parts into the answer. Returns when the stream has ended; throws what the stream throws, after
 * everything that did arrive is in the answer.
 */
export async function takeParts(
  answer: Answer,
  parts: AsyncIterable<CompletionPart>,
  { now = Date.now, onFirst = () => {} }: { now?: () => number; onFirst?: () => void } = {},
): Promise<void> {
  let waiting: CompletionPart[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  const flush = () => {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    apply(answer, batch, now());
  };
  try {
    for await (const part of parts) {
      waiting.push(part);
      if (first) {
        first = false;
        flush();
        onFirst();
      }
      timer ??= setTimeout(flush, BATCH_MS);
    }
  } finally {
    flush();
    endThinking(answer, now());
  }
}

function apply(answer: Answer, parts: CompletionPart[], now: number): void {
  let thinking = '';
  let text = '';
  for (const part of parts) {
    if (part.type === 'finish') answer.finishReason = part.reason;
    else if (part.type === 'text') text += part.text;
    else thinking += part.text;
  }
  if (thinking) {
    answer.thinkingStartedAt ??= now;
    answer.thinking += thinking;
    if (answer.state === 'waiting') answer.state = 'thinking';
  }
  if (text) {
    endThinking(answer, now);
    answer.text += text;
    answer.state = 'writing';
  }
}

function endThinking(answer: Answer, now: number): void {
  if (answer.thinkingStartedAt !== undefined) answer.thinkingEndedAt ??= now;
}
