// What the mock upstream answers, and whether what came out of a gateway is that answer, complete.

/** The other formats' are in formats.ts. */
export type Format = 'chat' | 'messages' | 'responses';

/** What each format's usage and end are known by. */
const MARKS: Record<Format, { usage: string; end: string }> = {
  chat: { usage: '"total_tokens"', end: '[DONE]' },
  messages: { usage: '"output_tokens"', end: 'message_stop' },
  responses: { usage: '"output_tokens"', end: 'response.completed' },
};

/** Role, words, finish and usage: 42 chunks in all, then `[DONE]`. */
export const WORDS = Array.from({ length: 39 }, (_, i) => `word${String(i + 1).padStart(2, '0')}`);
export const CHUNKS = WORDS.length + 3;

/** The model every target is asked for. */
export const MODEL = 'bench-model';
/** In the prompt: answer with the first chunk only and keep the stream open until told to finish it. */
export const IDLE_MARK = 'please-wait';

const USAGE = { prompt_tokens: 96, completion_tokens: 39, total_tokens: 135 };
const HEAD = { id: 'chatcmpl-bench', created: 1_790_000_000, model: MODEL };

export const WHOLE_ANSWER = JSON.stringify({
  ...HEAD,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: WORDS.join(' ') }, finish_reason: 'stop' }],
  usage: USAGE,
});

function chunk(fields: object): string {
  return `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', ...fields })}\n\n`;
}

const choice = (delta: object, finish: string | null = null) => ({
  choices: [{ index: 0, delta, finish_reason: finish }],
});

/** The events of a streamed answer; the last is `[DONE]`. */
export const EVENTS: readonly string[] = [
  chunk(choice({ role: 'assistant', content: '' })),
  ...WORDS.map((word) => chunk(choice({ content: `${word} ` }))),
  chunk(choice({}, 'stop')),
  chunk({ choices: [], usage: USAGE }),
  'data: [DONE]\n\n',
];

export interface AskOptions {
  model?: string;
  stream?: boolean;
  idle?: boolean;
}

/** A question of a usual size, as JSON. Streams ask for their usage, so that every target relays the same chunks. */
export function question({ model = MODEL, stream = false, idle = false }: AskOptions = {}): string {
  const system = 'You are a patient teacher of a seventh class. Answer in short sentences. '.repeat(4).trim();
  const user = `Why does a spoon look bent in a glass of water, and what has that to do with light?${idle ? ` ${IDLE_MARK}` : ''}`;
  return JSON.stringify({
    model,
    messages: [
      { role: 'system', content: system },
      { role: 'user', content: user },
    ],
    ...(stream || idle ? { stream: true, stream_options: { include_usage: true } } : {}),
  });
}

/** Why the body is not the whole answer; undefined = it is. A gateway may word the JSON anew. */
export function wrongWith(body: string, kind: 'whole' | 'stream', format: Format = 'chat'): string | undefined {
  const { usage, end } = MARKS[format];
  let at = 0;
  for (const word of WORDS) {
    at = body.indexOf(word, at);
    if (at < 0) return `${word} is missing`;
  }
  if (!body.includes(usage)) return 'the usage is missing';
  if (kind === 'stream' && !body.includes(end, at)) return 'the end is missing';
  return undefined;
}
