// Messages on both sides: bodies and events go through as they are, but for the model's name and another format's reasoning.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import type { AnswerContext, Bridge, StreamReader, StreamReading } from '../protocol.ts';
import { frame } from '../sse.ts';
import { rememberedBytes, withReadableThinking } from './unsigned-thinking.ts';
import { MessagesUsage } from './usage.ts';

export const PATH = '/messages';

export const messagesPass: Bridge = {
  translates: false,
  path: () => PATH,
  body: ({ fields }, draft) => ({
    ...fields,
    ...withReadableThinking(fields.messages, draft),
    model: draft.upstreamModel,
    ...(draft.outputTokens === null ? {} : { max_tokens: draft.outputTokens }),
  }),
  carriedBytes: rememberedBytes,
  readWhole(text, { model }) {
    const answer = parse(text);
    if (!answer || answer.type !== 'message' || !Array.isArray(answer.content)) return undefined;
    const renamed = answer.model !== model;
    if (renamed) answer.model = model;
    return {
      relay: renamed ? JSON.stringify(answer) : text,
      usage: new MessagesUsage().read(answer.usage, true),
      text: (answer.content as Record<string, unknown>[]).map(blockText).join(''),
    };
  },
  reader: (answer) => new MessagesPass(answer),
};

class MessagesPass implements StreamReader {
  readonly framed = true;
  readonly #usage = new MessagesUsage();
  #finished = false;
  #stop = '{"type":"message_stop"}';

  constructor(readonly answer: AnswerContext) {}

  get promptUsage(): TokenUsage | undefined {
    return this.#usage.prompt;
  }

  read(data: string): StreamReading {
    const event = parse(data);
    if (!event || typeof event.type !== 'string') return { kind: 'malformed' };
    if (event.type === 'error') return { kind: 'error', error: event.error };
    if (event.type === 'message_stop') {
      this.#stop = data;
      return { kind: 'done' };
    }
    const usage = this.#note(event);
    return {
      kind: 'chunk',
      relay: frame(event.type, event.type === 'message_start' ? this.#rename(data, event) : data),
      text: textOf(event),
      finished: this.#finished,
      ...(usage ? { usage } : {}),
    };
  }

  heartbeat(): string {
    return frame('ping', '{"type":"ping"}');
  }

  ending(): string[] {
    return [frame('message_stop', this.#stop)];
  }

  failure(body: unknown): string {
    return frame('error', JSON.stringify(body));
  }

  #note(event: Record<string, unknown>): TokenUsage | undefined {
    if (event.type === 'message_start') {
      this.#usage.read((event.message as { usage?: unknown } | undefined)?.usage, false);
      return undefined;
    }
    if (event.type !== 'message_delta') return undefined;
    if ((event.delta as { stop_reason?: unknown } | undefined)?.stop_reason) this.#finished = true;
    return this.#usage.read(event.usage, true);
  }

  #rename(data: string, event: Record<string, unknown>): string {
    const message = event.message as Record<string, unknown> | undefined;
    if (!message || message.model === this.answer.model) return data;
    return JSON.stringify({ ...event, message: { ...message, model: this.answer.model } });
  }
}

/** What a model was paid for writing, in one event. */
function textOf(event: Record<string, unknown>): string {
  if (event.type === 'content_block_start') return blockText(event.content_block as Record<string, unknown>);
  const delta = event.delta as Record<string, unknown> | undefined;
  return [delta?.text, delta?.thinking, delta?.partial_json].filter((part) => typeof part === 'string').join('');
}

export function blockText(block: Record<string, unknown> | null | undefined): string {
  if (!block) return '';
  const input = block.type === 'tool_use' && block.input ? JSON.stringify(block.input) : '';
  const words = [block.text, block.thinking, block.name].filter((part) => typeof part === 'string').join('');
  return words + (input === '{}' ? '' : input);
}

export function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
