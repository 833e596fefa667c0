// What one question and one answer are on the page. In memory only; nothing here is stored.

export type AnswerState = 'waiting' | 'thinking' | 'writing' | 'done' | 'stopped' | 'cut' | 'failed';

/** Something sent along with a question. */
export type Attachment =
  /** `url` is a data URL of a picture made small, without what the camera wrote into it. */
  { kind: 'image'; name: string; url: string } | { kind: 'text'; name: string; text: string };

export interface Question {
  id: number;
  role: 'user';
  text: string;
  files: Attachment[];
}

export interface Answer {
  id: number;
  role: 'assistant';
  /** The model's name as it was shown when asked. */
  modelName: string;
  state: AnswerState;
  text: string;
  thinking: string;
  startedAt: number;
  thinkingStartedAt: number | undefined;
  thinkingEndedAt: number | undefined;
  /** OpenAI's word: `stop`, `length`, `content_filter` … */
  finishReason: string | undefined;
}

export type Turn = Question | Answer;

export function isRunning(answer: Answer): boolean {
  return answer.state === 'waiting' || answer.state === 'thinking' || answer.state === 'writing';
}

/** Whether more of it can be asked for: it has begun and did not come to its own end. */
export function canContinue(answer: Answer): boolean {
  if (answer.text === '') return false;
  return answer.state === 'cut' || answer.state === 'stopped' || answer.finishReason === 'length';
}

/** Whole seconds, at least one: "thought for 0 s" tells nobody anything. */
export function thinkingSeconds(answer: Answer, now: number): number {
  const from = answer.thinkingStartedAt ?? now;
  return Math.max(1, Math.round(((answer.thinkingEndedAt ?? now) - from) / 1000));
}
