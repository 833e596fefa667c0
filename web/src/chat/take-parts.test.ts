import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { reactive, watch } from 'vue';

import type { CompletionPart } from '@/api/completions.ts';

import { BATCH_MS, takeParts } from './take-parts.ts';
import { type Answer, thinkingSeconds } from './turn.ts';

const newAnswer = (): Answer =>
  reactive({
    id: 1,
    role: 'assistant',
    modelName: 'm',
    state: 'waiting',
    text: '',
    thinking: '',
    startedAt: 0,
    thinkingStartedAt: undefined,
    thinkingEndedAt: undefined,
    finishReason: undefined,
  });

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

async function* slowly(parts: CompletionPart[], pauseMs: number): AsyncGenerator<CompletionPart> {
  for (const part of parts) {
    yield part;
    await vi.advanceTimersByTimeAsync(pauseMs);
  }
}

const text = (value: string): CompletionPart => ({ type: 'text', text: value });

describe('the parts of an answer', () => {
  test('take it from waiting through thinking to writing, and time the thinking', async () => {
    const answer = newAnswer();
    const states: string[] = [];
    watch(
      () => answer.state,
      (state) => states.push(state),
      { flush: 'sync' },
    );
    const parts: CompletionPart[] = [
      { type: 'thinking', text: '想' },
      text('好'),
      { type: 'finish', reason: 'length' },
    ];
    await takeParts(answer, slowly(parts, 6_000), { now: () => Date.now() });
    expect(states).toEqual(['thinking', 'writing']);
    expect(thinkingSeconds(answer, Date.now())).toBe(6);
    expect(answer).toMatchObject({ text: '好', thinking: '想', finishReason: 'length' });
  });

  test('are shown in batches, the first at once', async () => {
    const answer = newAnswer();
    let changes = 0;
    watch(
      () => answer.text,
      () => (changes += 1),
      { flush: 'sync' },
    );
    const onFirst = vi.fn(() => expect(answer.text).toBe('0'));
    await takeParts(
      answer,
      slowly(
        Array.from({ length: 100 }, (_, i) => text(String(i))),
        BATCH_MS / 10,
      ),
      { onFirst },
    );
    expect(onFirst).toHaveBeenCalledTimes(1);
    expect(changes).toBeLessThan(15);
    expect(answer.text).toBe(Array.from({ length: 100 }, (_, i) => i).join(''));
  });

  test('that came before a failure are all there when it is told', async () => {
    const answer = newAnswer();
    async function* broken(): AsyncGenerator<CompletionPart> {
      yield text('一');
      yield text('二');
      throw new Error('cut');
    }
    await expect(takeParts(answer, broken())).rejects.toThrow('cut');
    expect(answer.text).toBe('一二');
  });
});

test('less than a second of thinking is told as one', () => {
  expect(thinkingSeconds({ ...newAnswer(), thinkingStartedAt: 0, thinkingEndedAt: 20 }, 99)).toBe(1);
});
