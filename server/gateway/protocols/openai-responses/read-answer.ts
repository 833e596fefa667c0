// An answer of an upstream of OpenAI's Responses in the neutral form, whole or streamed.
import type { Finish, NeutralAnswer, NeutralEvent, Part, ReasoningPart } from '../neutral.ts';
import type { UpstreamEvents } from '../translation.ts';
import { type Item, listOf, parse, readResponse, thoughtOf } from './items.ts';
import { readResponsesUsage } from './usage.ts';

export function readResponsesAnswer(text: string): NeutralAnswer | undefined {
  const answer = readResponse(text);
  if (!answer) return undefined;
  const parts = listOf(answer.output).flatMap(partsOf);
  const usage = readResponsesUsage(answer.usage);
  const called = parts.some(({ type }) => type === 'call');
  return { parts, finish: finishOf(answer, called), ...(usage ? { usage } : {}) };
}

function finishOf({ status, incomplete_details: why }: Item, called: boolean): Finish {
  if (status === 'incomplete')
    return (why as Item | null | undefined)?.reason === 'content_filter' ? 'content_filter' : 'length';
  return called ? 'tool_calls' : 'stop';
}

/** Other items tell of tools that the upstream ran, which a translated request cannot offer. */
function partsOf(item: Item): Part[] {
  if (item.type === 'message')
    return listOf(item.content).flatMap((part): Part[] => {
      if (part.type === 'output_text') return [{ type: 'text', text: String(part.text ?? '') }];
      return part.type === 'refusal' ? [{ type: 'refusal', text: String(part.refusal ?? '') }] : [];
    });
  if (item.type === 'reasoning') return [reasoningOf(item)];
  return isCall(item) ? [{ type: 'call', ...callOf(item), arguments: writtenOf(item) }] : [];
}

/** Its text is only a summary: what goes back is encrypted, and only this upstream opens it. */
function reasoningOf(item: Item): ReasoningPart {
  const { id, encrypted_content: sealed } = item;
  const text = thoughtOf(item);
  if (typeof sealed !== 'string' || sealed === '') return { type: 'reasoning', text };
  const known = typeof id === 'string' ? { id } : {};
  return { type: 'reasoning', text, signature: sealed, redacted: true, from: 'openai-responses', ...known };
}

const isCall = ({ type }: Item) => type === 'function_call' || type === 'custom_tool_call';

function callOf({ type, call_id: id, name }: Item): { id: string; name: string; custom?: true } {
  return { id: String(id), name: String(name), ...(type === 'custom_tool_call' ? { custom: true } : {}) };
}

function writtenOf({ type, arguments: written, input }: Item): string {
  const text = type === 'custom_tool_call' ? input : written;
  return typeof text === 'string' ? text : '';
}

export class ResponsesEvents implements UpstreamEvents {
  /** What has been told of each item, by its place: some servers send no deltas, only the item when it is done. */
  readonly #told = new Map<number, { announced: boolean; text: string }>();
  #called = false;

  read(data: string): NeutralEvent[] | undefined {
    const event = parse(data);
    if (!event || typeof event.type !== 'string') return undefined;
    const at = Number(event.output_index ?? 0);
    switch (event.type) {
      case 'response.output_item.added':
        return this.#added(at, (event.item ?? {}) as Item);
      case 'response.output_item.done':
        return this.#done(at, (event.item ?? {}) as Item);
      case 'response.output_text.delta':
        return this.#piece(at, 'text', event.delta);
      case 'response.refusal.delta':
        return this.#piece(at, 'refusal', event.delta);
      case 'response.reasoning_summary_part.added':
        return Number(event.summary_index) > 0 ? this.#piece(at, 'reasoning', '\n\n') : [];
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
        return this.#piece(at, 'reasoning', event.delta);
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#argument(at, String(event.delta ?? ''));
      case 'response.completed':
      case 'response.incomplete':
        return this.#end((event.response ?? {}) as Item);
      case 'response.failed':
        return this.#failed((event.response ?? {}) as Item);
      case 'error':
        return [{ type: 'error', error: event.error ?? event }];
      default:
        return [];
    }
  }

  #at(place: number): { announced: boolean; text: string } {
    const known = this.#told.get(place) ?? { announced: false, text: '' };
    this.#told.set(place, known);
    return known;
  }

  #piece(place: number, type: 'text' | 'refusal' | 'reasoning', delta: unknown): NeutralEvent[] {
    const text = typeof delta === 'string' ? delta : '';
    if (text === '') return [];
    this.#at(place).text += text;
    return [{ type, text }];
  }

  #argument(place: number, text: string): NeutralEvent[] {
    if (text === '') return [];
    this.#at(place).text += text;
    return [{ type: 'arguments', index: place, text }];
  }

  #added(place: number, item: Item): NeutralEvent[] {
    if (!isCall(item)) return [];
    this.#called = true;
    this.#at(place).announced = true;
    return [{ type: 'call', index: place, ...callOf(item) }, ...this.#argument(place, writtenOf(item))];
  }

  /** Only what has not been told before. */
  #done(place: number, item: Item): NeutralEvent[] {
    const told = this.#at(place);
    if (isCall(item)) {
      const begun = told.announced ? [] : this.#added(place, { ...item, arguments: '', input: '' });
      return [...begun, ...(told.text === '' ? this.#argument(place, writtenOf(item)) : [])];
    }
    const untold = told.text === '' ? partsOf(item) : [];
    const events = untold.flatMap((part): NeutralEvent[] =>
      part.type !== 'call' && 'text' in part ? this.#piece(place, part.type, part.text) : [],
    );
    return item.type === 'reasoning' ? [...events, { type: 'reasoningEnd', part: reasoningOf(item) }] : events;
  }

  /** What a failed response used is charged as much. */
  #failed({ usage: told, error }: Item): NeutralEvent[] {
    const usage = readResponsesUsage(told);
    return [...(usage ? [{ type: 'usage', usage, final: true } as const] : []), { type: 'error', error }];
  }

  #end(response: Item): NeutralEvent[] {
    const usage = readResponsesUsage(response.usage);
    return [
      { type: 'finish', finish: finishOf(response, this.#called) },
      ...(usage ? [{ type: 'usage', usage, final: true } as const] : []),
      { type: 'done' },
    ];
  }
}
