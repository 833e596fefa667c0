// A neutral answer as Anthropic's Messages, whole or streamed.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import {
  type Finish,
  type NeutralAnswer,
  type NeutralEvent,
  parseArguments,
  type Part,
  type ReasoningPart,
} from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import type { AnswerWriter } from '../translation.ts';
import { sealReasoning } from '../openai-responses/sealed-reasoning.ts';
import { frame } from '../sse.ts';
import { deltaUsage, messagesUsage } from './usage.ts';

type Block = Record<string, unknown>;

const STOP_REASONS: Record<Finish, string> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'refusal',
};

function stopOf(finish: Finish, stopSequence: string | undefined, called: boolean): Block {
  const reason = finish === 'stop' && called ? 'tool_use' : STOP_REASONS[finish];
  return {
    stop_reason: stopSequence === undefined ? reason : 'stop_sequence',
    stop_sequence: stopSequence ?? null,
    stop_details: null,
    container: null,
  };
}

export function writeMessagesAnswer(answer: NeutralAnswer, context: AnswerContext): string {
  const { id, model } = context;
  const { parts, finish, stopSequence, usage } = answer;
  const called = parts.some(({ type }) => type === 'call');
  const content = parts.flatMap((part) => blockOf(part, wantsThinking(context)));
  const stop = stopOf(finish, stopSequence, called);
  return JSON.stringify({
    id,
    type: 'message',
    role: 'assistant',
    model,
    content,
    ...stop,
    diagnostics: null,
    usage: messagesUsage(usage),
  });
}

/** Whether the client asked for thinking, and so knows its blocks. */
function wantsThinking({ request }: AnswerContext): boolean {
  const { type } = (request.fields.thinking ?? {}) as { type?: unknown };
  return type === 'enabled' || type === 'adaptive';
}

/** What signs it; another format's signature is sealed, for clients that keep thinking to send it back. */
function signatureOf(part: ReasoningPart, wanted: boolean): string {
  if (part.from === 'anthropic-messages') return part.signature ?? '';
  return wanted && part.signature ? sealReasoning(part) : '';
}

function blockOf(part: Part, wanted: boolean): Block[] {
  if (part.type === 'text' || part.type === 'refusal') return part.text === '' ? [] : [textBlock(part.text)];
  if (part.type === 'call') return [callBlock(part.id, part.name, parseArguments(part.arguments))];
  if (part.type !== 'reasoning') return [];
  const signature = signatureOf(part, wanted);
  if (isHidden(part)) return signature === '' ? [] : [{ type: 'redacted_thinking', data: signature }];
  return [{ type: 'thinking', thinking: part.text, signature }];
}

const textBlock = (text: string): Block => ({ type: 'text', text, citations: null });

/** Called by the model itself, not by a program that it wrote. */
const callBlock = (id: string, name: string, input: object): Block => {
  return { type: 'tool_use', id, name, input, caller: { type: 'direct' } };
};

/** A summary beside what is encrypted is shown as thinking. */
const isHidden = ({ redacted, text }: ReasoningPart) => redacted === true && text === '';

interface OpenBlock {
  at: number;
  kind: 'text' | 'thinking' | 'call';
  /** The call's arguments so far: a whole JSON value gets no more. */
  json: string;
}

export class MessagesWriter implements AnswerWriter {
  #begun = false;
  #count = 0;
  /** Text or thinking that is being written; calls may be open beside each other. */
  #prose: OpenBlock | undefined;
  readonly #calls = new Map<number, OpenBlock>();
  #called = false;
  #finish: Finish = 'stop';
  #stopSequence: string | undefined;
  #prompt: TokenUsage | undefined;

  constructor(readonly context: AnswerContext) {}

  write(event: NeutralEvent): string {
    switch (event.type) {
      case 'usage':
        this.#prompt = event.usage;
        return '';
      case 'text':
      case 'refusal':
        return event.text === '' ? '' : this.#say('text', { type: 'text_delta', text: event.text });
      case 'reasoning':
        return event.text === '' ? '' : this.#say('thinking', { type: 'thinking_delta', thinking: event.text });
      case 'reasoningEnd': {
        const signature = signatureOf(event.part, wantsThinking(this.context));
        if (this.#prose?.kind !== 'thinking') return this.#hidden(event.part, signature);
        const signed = signature === '' ? '' : this.#delta(this.#prose, { type: 'signature_delta', signature });
        return signed + this.#closeProse();
      }
      case 'call':
        return this.#call(event.index, event.id, event.name);
      case 'arguments': {
        const open = this.#calls.get(event.index);
        if (!open) return '';
        open.json += event.text;
        return this.#delta(open, { type: 'input_json_delta', partial_json: event.text });
      }
      case 'finish':
        this.#finish = event.finish;
        this.#stopSequence = event.stopSequence;
        return this.#begin() + this.#closeProse() + this.#closeCalls(() => true);
      default:
        return '';
    }
  }

  heartbeat(): string {
    return this.#begin() + frame('ping', '{"type":"ping"}');
  }

  ending(usage: TokenUsage | undefined): string[] {
    const delta = stopOf(this.#finish, this.#stopSequence, this.#called);
    const rest = this.#begin() + this.#closeProse() + this.#closeCalls(() => true);
    const end = frame('message_delta', JSON.stringify({ type: 'message_delta', delta, usage: deltaUsage(usage) }));
    return [...(rest === '' ? [] : [rest]), end, frame('message_stop', '{"type":"message_stop"}')];
  }

  failure(body: unknown): string {
    return frame('error', JSON.stringify(body));
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    const { id, model } = this.context;
    const usage = messagesUsage(this.#prompt && { ...this.#prompt, completionTokens: 0 });
    const message = {
      id,
      type: 'message',
      role: 'assistant',
      model,
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
    };
    return frame('message_start', JSON.stringify({ type: 'message_start', message: { ...message, usage } }));
  }

  #say(kind: 'text' | 'thinking', delta: Block): string {
    if (this.#prose?.kind === kind) return this.#delta(this.#prose, delta);
    const before = this.#begin() + this.#closeProse() + this.#closeCalls(isWhole);
    this.#prose = { at: this.#count, kind, json: '' };
    const block = kind === 'text' ? textBlock('') : { type: kind, thinking: '', signature: '' };
    return before + this.#start(block) + this.#delta(this.#prose, delta);
  }

  /** Reasoning of which nothing is shown. */
  #hidden(part: ReasoningPart, data: string): string {
    if (!isHidden(part) || data === '') return '';
    const at = this.#count;
    const before = this.#begin() + this.#closeProse() + this.#closeCalls(isWhole);
    return before + this.#start({ type: 'redacted_thinking', data }) + this.#stop({ at });
  }

  /** A new block for each call. One whose arguments are whole is closed; otherwise it may go on beside the next. */
  #call(index: number, id: string, name: string): string {
    this.#called = true;
    const before = this.#begin() + this.#closeProse() + this.#closeCalls(isWhole);
    this.#calls.set(index, { at: this.#count, kind: 'call', json: '' });
    return before + this.#start(callBlock(id, name, {}));
  }

  #closeProse(): string {
    const open = this.#prose;
    this.#prose = undefined;
    return open ? this.#stop(open) : '';
  }

  #closeCalls(which: (open: OpenBlock) => boolean): string {
    let frames = '';
    for (const [index, open] of this.#calls) {
      if (!which(open)) continue;
      this.#calls.delete(index);
      frames += this.#stop(open);
    }
    return frames;
  }

  #start(block: Block): string {
    const index = this.#count;
    this.#count += 1;
    return frame('content_block_start', JSON.stringify({ type: 'content_block_start', index, content_block: block }));
  }

  #delta({ at }: OpenBlock, delta: Block): string {
    return frame('content_block_delta', JSON.stringify({ type: 'content_block_delta', index: at, delta }));
  }

  #stop({ at }: Pick<OpenBlock, 'at'>): string {
    return frame('content_block_stop', JSON.stringify({ type: 'content_block_stop', index: at }));
  }
}

function isWhole({ json }: OpenBlock): boolean {
  try {
    JSON.parse(json);
    return true;
  } catch {
    return false;
  }
}
