// A chat completion of an upstream in the neutral form, whole or streamed.
import type { Finish, NeutralAnswer, NeutralEvent, Part } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import { errorInEvent } from '../event-errors.ts';
import type { UpstreamEvents } from '../translation.ts';
import { splitContent } from './content-list.ts';
import { sealOf, signatureIn } from './google-signatures.ts';
import { type Delta, reasoningOf } from './reasoning.ts';
import { splitWhole, ThinkSplitter } from './think-tags.ts';
import { readUsage } from './usage.ts';

type Fields = Record<string, unknown>;

const FINISHES: Record<string, Finish> = {
  length: 'length',
  tool_calls: 'tool_calls',
  function_call: 'tool_calls',
  content_filter: 'content_filter',
};

const finishOf = (reason: unknown): Finish => FINISHES[String(reason)] ?? 'stop';

/** Words of OpenRouter, DeepSeek and vLLM that the answer broke off: as a stop, half an answer would look like a whole one. */
const FAILURES: readonly unknown[] = ['error', 'insufficient_system_resource', 'abort'];

const failureOf = (reason: unknown): string | undefined =>
  FAILURES.includes(reason) ? `the model stopped with ${String(reason)}` : undefined;

export function readChatAnswer(text: string, { thinkTags, id }: AnswerContext): NeutralAnswer | undefined {
  const answer = parse(text);
  const [choice] = Array.isArray(answer?.choices) ? (answer.choices as (Fields | null)[]) : [];
  const message = choice?.message as (Delta & Fields) | undefined;
  if (!answer || !choice || !message) return undefined;
  const said = splitContent(message.content);
  let content = said.text;
  let thought = reasoningOf(message) || said.thought;
  if (thinkTags) {
    const split = splitWhole(content, thinkTags);
    content = split.content;
    thought += split.reasoning;
  }
  const parts: Part[] = [];
  if (thought !== '') parts.push({ type: 'reasoning', text: thought });
  if (content !== '') parts.push({ type: 'text', text: content });
  const ofText = signatureIn(message);
  if (ofText !== undefined) parts.push(sealOf(ofText));
  if (typeof message.refusal === 'string') parts.push({ type: 'refusal', text: message.refusal });
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as Fields[]) : [];
  for (const [index, call] of calls.entries()) {
    const { name, arguments: written } = named(call);
    const callId = String(call.id || `${id}_${index}`);
    const signature = signatureIn(call);
    if (signature !== undefined) parts.push(sealOf(signature, callId));
    parts.push({
      type: 'call',
      id: callId,
      name: String(name),
      arguments: typeof written === 'string' ? written : JSON.stringify(written ?? {}),
      ...(isCustom(call) ? { custom: true } : {}),
    });
  }
  const usage = readUsage(answer.usage);
  const told = usage ? { usage } : {};
  const failure = failureOf(choice.finish_reason);
  if (failure) return { parts: [], finish: 'stop', failure, ...told };
  return { parts, finish: finishOf(choice.finish_reason), ...told };
}

/** A free-form call has an input instead of arguments. */
function named(call: Fields): Fields {
  if (!isCustom(call)) return (call.function ?? {}) as Fields;
  const { name, input } = call.custom as Fields;
  return { name, arguments: input };
}

const isCustom = ({ custom }: Fields) => typeof custom === 'object' && custom !== null;

interface OpenCall {
  index: number;
  id: string;
  name: string;
  announced: boolean;
  /** Arguments that came before the name. */
  early: string;
}

export class ChatEvents implements UpstreamEvents {
  readonly #splitter: ThinkSplitter | undefined;
  readonly #calls: OpenCall[] = [];
  readonly #byIndex = new Map<number, OpenCall>();
  #thinking = '';
  /** What signs the text, as Google tells with its first piece. */
  #ofText: string | undefined;

  constructor(readonly context: AnswerContext) {
    if (context.thinkTags) this.#splitter = new ThinkSplitter(context.thinkTags);
  }

  read(data: string): NeutralEvent[] | undefined {
    if (data === '[DONE]') return [{ type: 'done' }];
    const chunk = parse(data);
    if (!chunk) return undefined;
    const error = errorInEvent(chunk);
    if (error !== undefined) return [{ type: 'error', error }];
    const events: NeutralEvent[] = [];
    let failure: string | undefined;
    for (const choice of (Array.isArray(chunk.choices) ? chunk.choices : []) as (Fields | null)[]) {
      if (!choice || (choice.index ?? 0) !== 0) continue;
      this.#delta((choice.delta ?? {}) as Delta, Boolean(choice.finish_reason), events);
      failure = failureOf(choice.finish_reason);
      if (choice.finish_reason && !failure) this.#finish(choice.finish_reason, events);
    }
    const usage = readUsage(chunk.usage ?? (chunk.x_groq as Fields | null | undefined)?.usage);
    if (usage) events.push({ type: 'usage', usage, final: true });
    if (failure) events.push({ type: 'error', error: { message: failure } });
    return events;
  }

  #delta(delta: Delta, isLast: boolean, events: NeutralEvent[]): void {
    const said = splitContent(delta.content);
    let thought = reasoningOf(delta) || said.thought;
    let content = said.text;
    if (this.#splitter) {
      const part = this.#splitter.push(content);
      const tail = isLast ? this.#splitter.end() : { reasoning: '', content: '' };
      thought += part.reasoning + tail.reasoning;
      content = part.content + tail.content;
    }
    if (thought !== '') {
      this.#thinking += thought;
      events.push({ type: 'reasoning', text: thought });
    }
    const calls = Array.isArray(delta.tool_calls) ? (delta.tool_calls as (Fields | null)[]) : [];
    if (content !== '' || calls.length > 0) this.#endThinking(events);
    if (content !== '') events.push({ type: 'text', text: content });
    if (typeof delta.refusal === 'string' && delta.refusal !== '')
      events.push({ type: 'refusal', text: delta.refusal });
    this.#ofText = signatureIn(delta) ?? this.#ofText;
    for (const call of calls) if (call) this.#call(call, events);
  }

  /** Upstreams leave out the index, send arguments before the name, or repeat the name with each piece. */
  #call(piece: Fields, events: NeutralEvent[]): void {
    const { name, arguments: written } = named(piece);
    const id = typeof piece.id === 'string' ? piece.id : '';
    const call = this.#find(piece.index, id, typeof name === 'string' && name !== '');
    call.id ||= id;
    if (!call.announced && typeof name === 'string') call.name = name;
    const text = typeof written === 'string' ? written : written ? JSON.stringify(written) : '';
    if (!call.announced && call.name !== '') {
      call.announced = true;
      call.id ||= `${this.context.id}_${call.index}`;
      const signature = signatureIn(piece);
      if (signature !== undefined) events.push({ type: 'reasoningEnd', part: sealOf(signature, call.id) });
      const custom = isCustom(piece) ? ({ custom: true } as const) : {};
      events.push({ type: 'call', index: call.index, id: call.id, name: call.name, ...custom });
      if (call.early + text !== '') events.push({ type: 'arguments', index: call.index, text: call.early + text });
    } else if (!call.announced) call.early += text;
    else if (text !== '') events.push({ type: 'arguments', index: call.index, text });
  }

  /** By index; without one, an id or a name that is new begins a call, and all else belongs to the last. */
  #find(index: unknown, id: string, isNamed: boolean): OpenCall {
    const known = typeof index === 'number' ? this.#byIndex.get(index) : this.#withoutIndex(id, isNamed);
    if (known && (id === '' || known.id === '' || known.id === id)) return known;
    const call = { index: this.#calls.length, id, name: '', announced: false, early: '' };
    this.#calls.push(call);
    if (typeof index === 'number') this.#byIndex.set(index, call);
    return call;
  }

  #withoutIndex(id: string, isNamed: boolean): OpenCall | undefined {
    if (id !== '') return this.#calls.find((call) => call.id === id);
    return isNamed ? undefined : this.#calls.at(-1);
  }

  #endThinking(events: NeutralEvent[]): void {
    if (this.#thinking === '') return;
    events.push({ type: 'reasoningEnd', part: { type: 'reasoning', text: this.#thinking } });
    this.#thinking = '';
  }

  #finish(reason: unknown, events: NeutralEvent[]): void {
    this.#endThinking(events);
    if (this.#ofText !== undefined) events.push({ type: 'reasoningEnd', part: sealOf(this.#ofText) });
    this.#ofText = undefined;
    events.push({ type: 'finish', finish: finishOf(reason) });
  }
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
