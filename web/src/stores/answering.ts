// Streams one answer at a time into the conversation, and keeps what the page says of it.
import { ref, type Ref, shallowRef } from 'vue';

import { type ChatMessage, streamCompletion } from '@/api/completions.ts';
import type { Problem } from '@/api/problem.ts';
import { runAnswer } from '@/chat/run-answer.ts';
import type { Answer, Turn } from '@/chat/turn.ts';
import { useLimits } from '@/stores/limits.ts';
import { useLogin } from '@/stores/login.ts';
import { useModels } from '@/stores/models.ts';

/** What the page says aloud to a screen reader. */
export type Happening = 'start' | 'done' | 'stopped' | 'cut' | 'failed';

/** @param turns what is shown now. */
export function createAnswering(turns: Ref<Turn[]>) {
  const account = useLogin();
  const models = useModels();
  const limits = useLimits();
  const problem = shallowRef<Problem | null>(null);
  const happening = ref<Happening | null>(null);
  let abort: AbortController | undefined;

  async function stream(answer: Answer, messages: ChatMessage[]): Promise<void> {
    happening.value = null;
    const { signal } = (abort = new AbortController());
    const parts = streamCompletion({ model: models.chosen!.id, messages }, { token: account.token, signal });
    const onFirst = () => (happening.value = 'start');
    const told = await runAnswer(answer, parts, { onFirst, isStopped: () => signal.aborted });
    void limits.load();
    if (told) problem.value = told;
    // A new conversation may have begun meanwhile; it is not told of this one's end.
    if (turns.value.some(({ id }) => id === answer.id)) happening.value = answer.state as Happening;
  }

  return { problem, happening, stream, stop: () => abort?.abort() };
}
