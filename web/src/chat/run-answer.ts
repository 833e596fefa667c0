// Takes one stream into an answer and says how it ended.
import { type CompletionPart, isCut } from '@/api/completions.ts';
import { Problem } from '@/api/problem.ts';

import { takeParts } from './take-parts.ts';
import type { Answer } from './turn.ts';

interface Run {
  /** Told with the first part. */
  onFirst: () => void;
  /** Whether the reader stopped it. */
  isStopped: () => boolean;
}

/**
 * Sets the answer's state.
 * @returns what has to be told in a dialog; null where the answer itself says enough. @throws a fault of ours.
 */
export async function runAnswer(
  answer: Answer,
  parts: AsyncIterable<CompletionPart>,
  { onFirst, isStopped }: Run,
): Promise<Problem | null> {
  const before = answer.text.length + answer.thinking.length;
  try {
    await takeParts(answer, parts, { onFirst });
    answer.state = 'done';
    return null;
  } catch (error) {
    const begun = answer.text.length + answer.thinking.length > before;
    if (isStopped()) {
      answer.state = 'stopped';
      return null;
    }
    // What was there before stays, and stays incomplete.
    answer.state = begun || answer.text !== '' ? 'cut' : 'failed';
    if (error instanceof Problem) return error;
    // Anything but a cut here is a fault of ours: the console shall have it.
    if (!isCut(error)) throw error;
    return begun ? null : new Problem('network', '');
  }
}

/** What changes in an answer that is gone on with. */
export function resumed(): Pick<Answer, 'state' | 'startedAt' | 'finishReason'> {
  return { state: 'waiting', startedAt: Date.now(), finishReason: undefined };
}

export function newAnswer(id: number, modelName: string): Answer {
  return {
    id,
    role: 'assistant',
    modelName,
    state: 'waiting',
    text: '',
    thinking: '',
    startedAt: Date.now(),
    thinkingStartedAt: undefined,
    thinkingEndedAt: undefined,
    finishReason: undefined,
  };
}
