// An answer of Anthropic's Messages in the neutral form, whole or streamed.
import type { Finish, NeutralAnswer, NeutralEvent, Part, ReasoningPart } from '../neutral.ts';
import type { UpstreamEvents } from '../translation.ts';
import { parse } from './pass.ts';
import { MessagesUsage } from './usage.ts';

type Block = Record<string, unknown>;

const FINISHES: Record<string, Finish> = {
  max_tokens: 'length',
  model_context_window_exceeded: 'length',
  tool_use: 'tool_calls',
  refusal: 'content_filter',
};

const finishOf = (reason: unknown): Finish => FINISHES[String(reason)] ?? 'stop';

export function readMessagesAnswer(text: string): NeutralAnswer | undefined {
  const answer = parse(text);
  if (!answer || answer.type !== 'message' || !Array.isArray(answer.content)) return undefined;
  const usage = new MessagesUsage().read(answer.usage, true);
  return {
    parts: (answer.content as Block[]).flatMap(partOf),
    finish: finishOf(answer.stop_reason),
    ...(typeof answer.stop_sequence === 'string' ? { stopSequence: answer.stop_sequence } : {}),
    ...(usage ? { usage } : {}),
  };
}

function partOf(block: Block): Part[] {
  if (block.type === 'text') return [{ type: 'text', text: String(block.text ?? '') }];
  if (block.type === 'thinking') return [signed(String(block.thinking ?? ''), block.signature)];
  if (block.type === 'redacted_thinking') return [{ ...signed('', block.data), redacted: true }];
  if (block.type !== 'tool_use') return [];
  const { id, name, input } = block;
  return [{ type: 'call', id: String(id), name: String(name), arguments: JSON.stringify(input ?? {}) }];
}

function signed(text: string, signature: unknown): ReasoningPart {
  const from = 'anthropic-messages';
  return { type: 'reasoning', text, from, ...(typeof signature === 'string' ? { signature } : {}) };
}

export class MessagesEvents implements UpstreamEvents {
  readonly #usage = new MessagesUsage();
  readonly #blocks = new Map<number, { block: Block; text: string; signature: string }>();

  read(data: string): NeutralEvent[] | undefined {
    const event = parse(data);
    if (!event || typeof event.type !== 'string') return undefined;
    switch (event.type) {
      case 'message_start': {
        this.#usage.read((event.message as Block | undefined)?.usage, false);
        const usage = this.#usage.prompt;
        return usage ? [{ type: 'usage', usage, final: false }] : [];
      }
      case 'content_block_start':
        return this.#start(Number(event.index), (event.content_block ?? {}) as Block);
      case 'content_block_delta':
        return this.#delta(Number(event.index), (event.delta ?? {}) as Block);
      case 'content_block_stop':
        return this.#stop(Number(event.index));
      case 'message_delta':
        return this.#end(event);
      case 'message_stop':
        return [{ type: 'done' }];
      case 'error':
        return [{ type: 'error', error: event.error }];
      default:
        return [];
    }
  }

  #start(index: number, block: Block): NeutralEvent[] {
    this.#blocks.set(index, { block, text: String(block.thinking ?? ''), signature: String(block.signature ?? '') });
    if (block.type === 'text' && block.text) return [{ type: 'text', text: String(block.text) }];
    if (block.type === 'thinking' && block.thinking) return [{ type: 'reasoning', text: String(block.thinking) }];
    if (block.type !== 'tool_use') return [];
    const call: NeutralEvent = { type: 'call', index, id: String(block.id), name: String(block.name) };
    // Some send the whole input at once.
    const input = block.input === undefined ? '{}' : JSON.stringify(block.input);
    return input === '{}' ? [call] : [call, { type: 'arguments', index, text: input }];
  }

  #delta(index: number, { type, ...delta }: Block): NeutralEvent[] {
    const open = this.#blocks.get(index);
    if (type === 'text_delta') return [{ type: 'text', text: String(delta.text) }];
    if (type === 'input_json_delta') {
      if (open) open.text += String(delta.partial_json);
      return delta.partial_json === '' ? [] : [{ type: 'arguments', index, text: String(delta.partial_json) }];
    }
    if (type === 'signature_delta' && open) open.signature += String(delta.signature);
    if (type !== 'thinking_delta') return [];
    if (open) open.text += String(delta.thinking);
    return [{ type: 'reasoning', text: String(delta.thinking) }];
  }

  #stop(index: number): NeutralEvent[] {
    const open = this.#blocks.get(index);
    this.#blocks.delete(index);
    if (!open) return [];
    const { block, text, signature } = open;
    if (block.type === 'thinking') return [{ type: 'reasoningEnd', part: signed(text, signature) }];
    if (block.type === 'redacted_thinking')
      return [{ type: 'reasoningEnd', part: { ...signed('', block.data), redacted: true } }];
    // A call without input streams no piece of it; clients parse what they have gathered.
    const isEmpty = block.type === 'tool_use' && text === '' && JSON.stringify(block.input ?? {}) === '{}';
    return isEmpty ? [{ type: 'arguments', index, text: '{}' }] : [];
  }

  #end({ delta, usage: told }: Record<string, unknown>): NeutralEvent[] {
    const { stop_reason: reason, stop_sequence: stopSequence } = (delta ?? {}) as Block;
    const events: NeutralEvent[] = [];
    if (typeof reason === 'string')
      events.push({
        type: 'finish',
        finish: finishOf(reason),
        ...(typeof stopSequence === 'string' ? { stopSequence } : {}),
      });
    const usage = this.#usage.read(told, true);
    if (usage) events.push({ type: 'usage', usage, final: true });
    return events;
  }
}
