// An answer of Gemini's generateContent in the neutral form, whole or streamed.
import type { NeutralAnswer, NeutralEvent, Part, ReasoningPart } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import type { UpstreamEvents } from '../translation.ts';
import { endOf, isBlocked } from './finish.ts';
import { takesOneCall } from './one-call.ts';
import { readGeminiUsage } from './usage.ts';

type Fields = Record<string, unknown>;

/** @returns undefined when the text is no answer. */
export function readGeminiAnswer(text: string, { id, request }: AnswerContext): NeutralAnswer | undefined {
  const answer = parse(text);
  if (!answer) return undefined;
  const candidate = firstOf(answer);
  if (!candidate && !isBlocked(answer)) return undefined;
  const ended = candidate ? endOf(candidate) : ({ finish: 'content_filter' } as const);
  // A whole answer that says of no reason why it ended is not whole.
  if (!ended) return undefined;
  const { usage } = readGeminiUsage(answer.usageMetadata) ?? {};
  const told = usage ? { usage } : {};
  if ('failure' in ended) return { parts: [], finish: 'stop', failure: ended.failure, ...told };
  let calls = 0;
  const parts: Part[] = [];
  for (const part of partsOf(candidate)) {
    const foreign = foreignIn(part);
    if (foreign) return { parts: [], finish: 'stop', failure: foreign, ...told };
    const call = part.functionCall as Fields | undefined;
    if (call && calls > 0 && takesOneCall(request)) continue;
    parts.push(...(call ? callParts(part, call, callId(call, id, calls++)) : textParts(part)));
  }
  return { parts, finish: ended.finish, ...told };
}

/** What signs a call goes before it, and what signs a text behind it: see `contents.ts`, which puts both back. */
function callParts({ thoughtSignature }: Fields, call: Fields, id: string): Part[] {
  const signature = signatureOf(thoughtSignature);
  return [
    ...(signature ? [sealed(signature, id)] : []),
    { type: 'call', id, name: String(call.name), arguments: JSON.stringify(call.args ?? {}) },
  ];
}

function textParts({ text = '', thought, thoughtSignature }: Fields): Part[] {
  const signature = signatureOf(thoughtSignature);
  if (thought === true) return [thoughtOf(String(text), signature)];
  return [
    ...(text === '' ? [] : [{ type: 'text', text: String(text) } as const]),
    ...(signature ? [sealed(signature)] : []),
  ];
}

function thoughtOf(text: string, signature: string | undefined): ReasoningPart {
  return { type: 'reasoning', text, from: 'gemini', ...(signature ? { signature } : {}) };
}

/** A signature on its own. @param id of the call that it signs; none = it signs the text before it. */
function sealed(signature: string, id?: string): ReasoningPart {
  return {
    type: 'reasoning',
    text: '',
    redacted: true,
    from: 'gemini',
    signature,
    ...(id === undefined ? {} : { id }),
  };
}

export class GeminiEvents implements UpstreamEvents {
  #calls = 0;
  /** Thoughts since the last that was signed or followed by something else. */
  #thought: string | undefined;

  readonly #takesOneCall: boolean;

  constructor(readonly context: AnswerContext) {
    this.#takesOneCall = takesOneCall(context.request);
  }

  read(data: string): NeutralEvent[] | undefined {
    const event = parse(data);
    if (!event) return undefined;
    if (event.error !== undefined && event.error !== null) return [{ type: 'error', error: event.error }];
    const candidate = firstOf(event);
    const events: NeutralEvent[] = [];
    for (const part of partsOf(candidate)) {
      const foreign = foreignIn(part);
      if (foreign) return [{ type: 'error', error: { message: foreign } }];
      this.#part(part, events);
    }
    const ended = candidate ? endOf(candidate) : isBlocked(event) ? ({ finish: 'content_filter' } as const) : undefined;
    const told = readGeminiUsage(event.usageMetadata);
    if (told) events.push({ type: 'usage', usage: told.usage, final: told.hasOutput || ended !== undefined });
    if (ended && 'failure' in ended) return [...events, { type: 'error', error: { message: ended.failure } }];
    if (ended) {
      this.#endThought(events);
      events.push({ type: 'finish', finish: ended.finish });
    }
    return events;
  }

  #part(part: Fields, events: NeutralEvent[]): void {
    const { text = '', thought, thoughtSignature } = part;
    const signature = signatureOf(thoughtSignature);
    const call = part.functionCall as Fields | undefined;
    if (call && this.#calls > 0 && this.#takesOneCall) return;
    if (call) {
      this.#endThought(events);
      const index = this.#calls++;
      const id = callId(call, this.context.id, index);
      if (signature) events.push({ type: 'reasoningEnd', part: sealed(signature, id) });
      events.push({ type: 'call', index, id, name: String(call.name) });
      events.push({ type: 'arguments', index, text: JSON.stringify(call.args ?? {}) });
    } else if (thought === true) {
      this.#thought = (this.#thought ?? '') + String(text);
      if (text !== '') events.push({ type: 'reasoning', text: String(text) });
      if (signature) this.#endThought(events, signature);
    } else {
      if (text !== '') {
        this.#endThought(events);
        events.push({ type: 'text', text: String(text) });
      }
      if (signature) events.push({ type: 'reasoningEnd', part: sealed(signature) });
    }
  }

  #endThought(events: NeutralEvent[], signature?: string): void {
    if (this.#thought === undefined) return;
    events.push({ type: 'reasoningEnd', part: thoughtOf(this.#thought, signature) });
    this.#thought = undefined;
  }
}

/** One answer is asked for; what an upstream sends of others is none of it. */
function firstOf({ candidates }: Fields): Fields | undefined {
  if (!Array.isArray(candidates)) return undefined;
  return (candidates as (Fields | null)[]).find((candidate) => (candidate?.index ?? 0) === 0) ?? undefined;
}

function partsOf(candidate: Fields | undefined): Fields[] {
  const parts = (candidate?.content as Fields | null | undefined)?.parts;
  return Array.isArray(parts) ? (parts as Fields[]) : [];
}

const KNOWN = new Set(['text', 'thought', 'thoughtSignature', 'functionCall', 'partMetadata']);

/** Pictures, code that ran upstream and calls in pieces were not asked for, and no client's format has words for them. */
function foreignIn(part: Fields): string | undefined {
  const name = Object.keys(part).find((key) => !KNOWN.has(key));
  if (name !== undefined) return `Gemini answered with ${name}, which cannot be passed on`;
  const { partialArgs, willContinue } = (part.functionCall ?? {}) as Fields;
  return partialArgs || willContinue === true ? 'Gemini answered with a call in pieces' : undefined;
}

/** Gemini before 3 names no ids. */
function callId({ id }: Fields, answerId: string, index: number): string {
  return typeof id === 'string' && id !== '' ? id : `${answerId}_${index}`;
}

function signatureOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
  } catch {
    return undefined;
  }
}
