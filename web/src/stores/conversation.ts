// The conversation of this tab: asks, stops, answers again, branches. Kept in memory only (requirement 001).
import { defineStore } from 'pinia';
import { computed, reactive, type Ref } from 'vue';

import { modelName } from '@/chat/model-name.ts';
import { newAnswer, resumed } from '@/chat/run-answer.ts';
import { createThread } from '@/chat/thread.ts';
import { toMessages } from '@/chat/to-messages.ts';
import { type Answer, type Attachment, canContinue, isRunning, type Question, type Turn } from '@/chat/turn.ts';
import { t } from '@/i18n/texts.ts';
import { createAnswering } from '@/stores/answering.ts';
import { useModels } from '@/stores/models.ts';

export const useConversation = defineStore('conversation', () => {
  const models = useModels();
  const thread = createThread();
  const { turns } = thread;
  const { problem, happening, stream, stop } = createAnswering(turns);
  const { lastAnswer, running, goesOn } = endOf(turns);
  let nextId = 1;
  const sees = () => models.chosen?.capabilities?.includes('vision') ?? false;
  const ready = () => !running.value && models.chosen !== undefined;

  async function ask(text: string, files: Attachment[] = []): Promise<void> {
    if (!ready()) return;
    thread.append({ id: nextId++, role: 'user', text, files });
    await answerNew();
  }

  /** Another answer beside the last one; one that never came makes room for it. */
  async function answerAgain(): Promise<void> {
    if (!ready()) return;
    problem.value = null;
    const last = lastAnswer.value;
    if (last && last.text === '' && last.thinking === '') thread.remove(last);
    // Where one that never came stood beside others, the last of those is shown again now.
    if (turns.value.length > 0) await answerNew(lastAnswer.value);
  }

  /** What was tried and did not work: going on with an answer, else answering. */
  const retry = () => (goesOn.value ? goOn() : answerAgain());

  /** Asks an earlier question in other words; the first wording keeps what followed it. */
  async function edit(question: Question, text: string): Promise<void> {
    if (!ready()) return;
    thread.addBeside({ id: nextId++, role: 'user', text, files: question.files }, question);
    await answerNew();
  }

  /** Goes on with an answer that did not come to its end. */
  async function goOn(): Promise<void> {
    const answer = lastAnswer.value;
    if (!ready() || !answer || !goesOn.value) return;
    problem.value = null;
    const messages = toMessages(turns.value, sees());
    Object.assign(answer, resumed());
    await stream(answer, [...messages, { role: 'user', content: t('chat.goOnPrompt') }]);
  }

  function clear(): void {
    stop();
    thread.clear();
    problem.value = null;
    happening.value = null;
  }

  async function answerNew(beside?: Answer): Promise<void> {
    const messages = toMessages(beside ? turns.value.slice(0, -1) : turns.value, sees());
    const answer = reactive(newAnswer(nextId++, modelName(models.chosen!)));
    if (beside) thread.addBeside(answer, beside);
    else thread.append(answer);
    await stream(answer, messages);
  }

  return {
    turns,
    problem,
    happening,
    lastAnswer,
    running,
    ask,
    answerAgain,
    ready,
    goesOn,
    retry,
    edit,
    goOn,
    stop,
    clear,
    branchOf: (turn: Turn) => thread.branchOf(turn),
    showBranch: (turn: Turn, by: 1 | -1) => !running.value && thread.show(turn, by),
  };
});

/** The answer the way ends with, whether it is still coming, and whether more of it can be asked for. */
function endOf(turns: Ref<Turn[]>) {
  const lastAnswer = computed(() => {
    const last = turns.value.at(-1);
    return last?.role === 'assistant' ? last : undefined;
  });
  const running = computed(() => lastAnswer.value !== undefined && isRunning(lastAnswer.value));
  const goesOn = computed(() => lastAnswer.value !== undefined && canContinue(lastAnswer.value));
  return { lastAnswer, running, goesOn };
}
