// The same question and the same answer in the other wire formats, for the rows that measure relay and translation.
import { messagesEvents } from '../server/gateway/protocols/suite/stream-words.ts';
import { responsesEvents } from '../server/gateway/protocols/suite/responses-events.ts';
import { EVENTS, type Format, MODEL, WHOLE_ANSWER, WORDS } from './answers.ts';

/** What the mock upstream answers in one format. */
export interface FormatAnswer {
  whole: string;
  /** Whole events, one for each word and those around them. */
  events: readonly string[];
}

const TEXT = WORDS.map((word) => `${word} `).join('');
const MESSAGE = {
  id: 'msg_bench',
  type: 'message',
  role: 'assistant',
  model: MODEL,
  content: [{ type: 'text', text: TEXT }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 96, output_tokens: 39 },
};
const RESPONSE = {
  id: 'resp_bench',
  object: 'response',
  created_at: 1_790_000_000,
  model: MODEL,
  status: 'completed',
  output: [
    {
      id: 'msg_bench',
      type: 'message',
      status: 'completed',
      role: 'assistant',
      content: [{ type: 'output_text', text: TEXT, annotations: [], logprobs: [] }],
    },
  ],
  usage: { input_tokens: 96, output_tokens: 39, total_tokens: 135 },
};

export const FORMAT_ANSWERS: Record<Format, FormatAnswer> = {
  chat: { whole: WHOLE_ANSWER, events: EVENTS },
  messages: { whole: JSON.stringify(MESSAGE), events: named(messagesEvents(MESSAGE, wordsOf)) },
  responses: { whole: JSON.stringify(RESPONSE), events: named(responsesEvents(RESPONSE, wordsOf)) },
};

/** One event a word, as the chat stream has them. */
function wordsOf(text: string): string[] {
  return text.match(/\S+ /g) ?? [];
}

function named(events: readonly string[]): string[] {
  return events.map((data) => `event: ${(JSON.parse(data) as { type: string }).type}\ndata: ${data}\n\n`);
}

/** Of a request's first line. */
export function formatAt(head: string): Format {
  const [, path = ''] = head.split(' ', 2);
  return path.endsWith('/messages') ? 'messages' : path.endsWith('/responses') ? 'responses' : 'chat';
}

/** The chat question in the words of another format. */
export function questionIn(format: Format, chat: string): string {
  if (format === 'chat') return chat;
  const { model, messages, stream } = JSON.parse(chat) as {
    model: string;
    messages: { role: string; content: string }[];
    stream?: boolean;
  };
  const [system, user] = messages.map(({ content }) => content);
  const common = { model, ...(stream ? { stream } : {}) };
  return JSON.stringify(
    format === 'messages'
      ? { ...common, max_tokens: 1_000, system, messages: [{ role: 'user', content: user }] }
      : { ...common, max_output_tokens: 1_000, instructions: system, input: user, store: false },
  );
}
