// The conversation of this tab: asks, stops, answers again. Kept in memory only (requirement 001).
import { defineStore } from 'pinia';
import { computed, reactive, ref, shallowRef } from 'vue';

import { type ChatMessage, isCut, streamCompletion } from '@/api/completions.ts';
import { Problem } from '@/api/problem.ts';
import { modelName } from '@/chat/model-name.ts';
import { takeParts } from '@/chat/take-parts.ts';
import { type Answer, isRunning, type Turn } from '@/chat/turn.ts';
import { useLogin } from '@/stores/login.ts';
import { useModels } from '@/stores/models.ts';

/** What the page says aloud to a screen reader. */
export type Happening = 'start' | 'done' | 'stopped' | 'cut' | 'failed';

export const useConversation = defineStore('conversation', () => {
  const account = useLogin();
  const models = useModels();
  const turns = ref<Turn[]>([]);
  const problem = shallowRef<Problem | null>(null);
  const happening = ref<Happening | null>(null);
  const lastAnswer = computed(() => {
    const last = turns.value.at(-1);
    return last?.role === 'assistant' ? last : undefined;
  });
  const running = computed(() => lastAnswer.value !== undefined && isRunning(lastAnswer.value));
  let abort: AbortController | undefined;
  let nextId = 1;

  async function ask(text: string): Promise<void> {
    if (running.value || !models.chosen) return;
    turns.value.push({ id: nextId++, role: 'user', text });
    await answerLast();
  }

  /** Throws the last answer away and asks for another. */
  async function answerAgain(): Promise<void> {
    if (running.value || !models.chosen) return;
    problem.value = null;
    if (lastAnswer.value) turns.value.pop();
    if (turns.value.length > 0) await answerLast();
  }

  function stop(): void {
    abort?.abort();
  }

  function clear(): void {
    stop();
    turns.value = [];
    problem.value = null;
    happening.value = null;
  }

  async function answerLast(): Promise<void> {
    const model = models.chosen!;
    const messages = toMessages(turns.value);
    const answer = reactive(newAnswer(nextId++, modelName(model)));
    turns.value.push(answer);
    happening.value = null;
    const mine = (abort = new AbortController());
    try {
      const parts = streamCompletion({ model: model.id, messages }, { token: account.token, signal: mine.signal });
      await takeParts(answer, parts, { onFirst: () => (happening.value = 'start') });
      answer.state = 'done';
    } catch (error) {
      settle(answer, error, mine.signal.aborted);
    }
    // A new conversation may have begun meanwhile; it is not told of this one's end.
    if (turns.value.includes(answer)) happening.value = answer.state as Happening;
  }

  function settle(answer: Answer, error: unknown, stopped: boolean): void {
    const begun = answer.text !== '' || answer.thinking !== '';
    if (stopped) {
      answer.state = 'stopped';
      return;
    }
    answer.state = begun ? 'cut' : 'failed';
    if (error instanceof Problem) problem.value = error;
    else if (!begun) problem.value = new Problem('network', '');
    // Anything but a cut here is a fault of ours: the console shall have it.
    if (!(error instanceof Problem) && !isCut(error)) throw error;
  }

  return { turns, problem, happening, lastAnswer, running, ask, answerAgain, stop, clear };
});

/** What the model is told: questions, and answers as far as they came. */
function toMessages(turns: readonly Turn[]): ChatMessage[] {
  return turns.filter(({ text }) => text !== '').map(({ role, text }) => ({ role, content: text }));
}

function newAnswer(id: number, modelName: string): Answer {
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
