// Joins a client's format to another one upstream, through the neutral form: one folder per format says how it reads
// and writes, and every pair follows from that.
import type { TokenUsage } from '../../ledger/ledger.ts';
import type { ChatRequest } from '../request-body.ts';
import {
  type NeutralAnswer,
  type NeutralEvent,
  type Part,
  type Prompt,
  type ReasoningPart,
  unsupported,
  writtenText,
} from './neutral.ts';
import type { AnswerContext, Bridge, StreamReader, StreamReading, UpstreamDraft } from './protocol.ts';
import { carriedBytes, remember } from './remember-reasoning.ts';
import { StreamedArguments, withArguments } from './whole-arguments.ts';

/** How clients of one format ask and are answered. */
export interface ClientSide {
  /** @throws AppError unsupported_parameter naming what the neutral form cannot express. */
  readPrompt(request: ChatRequest): Prompt;
  /** The whole answer as JSON text. */
  writeAnswer(answer: NeutralAnswer, context: AnswerContext): string;
  writer(context: AnswerContext): AnswerWriter;
  /**
   * Whether this client keeps reasoning that has no words, only what signs or seals it; yes where absent. For one that does
   * not it would be an empty thing to trip over. What it drops is remembered for it.
   */
  keepsHidden?(context: AnswerContext): boolean;
}

/** Writes the events of one streamed answer; everything it returns is whole server-sent events. */
export interface AnswerWriter {
  /** Called in order; '' where the format says nothing. */
  write(event: NeutralEvent): string;
  heartbeat(): string;
  /** What ends a good answer. @param usage as it was settled. */
  ending(usage: TokenUsage | undefined): string[];
  failure(body: unknown): string;
}

/** How upstreams of one format are asked and answer. */
export interface UpstreamSide {
  path(upstreamModel: string, stream: boolean): string;
  /** @throws AppError unsupported_parameter naming what this format cannot express. */
  writePrompt(prompt: Prompt, draft: UpstreamDraft): Record<string, unknown>;
  /** Whether reasoning must come back with its signature, so that it is remembered for clients that drop it. */
  readonly signsReasoning: boolean;
  /** Whether free-form tools can be offered; elsewhere they are refused by name. */
  readonly takesCustomTools?: boolean;
  /** @returns undefined when the text is no answer. */
  readAnswer(text: string, context: AnswerContext): NeutralAnswer | undefined;
  events(context: AnswerContext): UpstreamEvents;
}

export interface UpstreamEvents {
  /** @returns undefined when the event cannot be read. */
  read(data: string): NeutralEvent[] | undefined;
}

export function translation(client: ClientSide, upstream: UpstreamSide): Bridge {
  return {
    translates: true,
    path: (model, stream) => upstream.path(model, stream),
    body(request, draft) {
      const prompt = client.readPrompt(request);
      if (!upstream.takesCustomTools) refuseCustomTools(prompt);
      refuseForceless(prompt);
      return upstream.writePrompt(prompt, draft);
    },
    carriedBytes: (request, memory, owner) =>
      upstream.signsReasoning && memory.size > 0 ? carriedBytes(client.readPrompt(request), memory, owner) : 0,
    readWhole(text, context) {
      const told = upstream.readAnswer(text, context);
      if (!told) return undefined;
      const answer = { ...told, parts: withArguments(told.parts, told.finish) };
      if (answer.failure !== undefined) return { relay: '', text: '', usage: answer.usage, failure: answer.failure };
      if (upstream.signsReasoning) rememberAll(answer, context);
      return {
        relay: client.writeAnswer(shownOf(answer, client, context), context),
        usage: answer.usage,
        text: writtenText(answer.parts),
      };
    },
    reader: (context) => new Translation(client, upstream.events(context), context, upstream.signsReasoning),
  };
}

/** Most formats know only tools with a schema. @throws AppError unsupported_parameter. */
function refuseCustomTools({ tools, turns }: Prompt): void {
  const isCustom = (part: Part) => part.type === 'call' && part.custom === true;
  const at = tools.findIndex(({ custom }) => custom);
  if (at >= 0 || turns.some(({ parts }) => parts.some(isCustom)))
    throw unsupported(`tools.${Math.max(at, 0)}`, 'the model behind this name knows no free-form tools');
}

/** Without a tool there is nothing to choose from; some formats would forget the choice. @throws AppError unsupported_parameter. */
function refuseForceless({ tools, toolChoice }: Prompt): void {
  if (tools.length === 0 && (toolChoice?.type === 'any' || toolChoice?.type === 'tool'))
    throw unsupported('tool_choice', 'no tool is offered that the model behind this name could call');
}

class Translation implements StreamReader {
  readonly framed = true;
  promptUsage: TokenUsage | undefined;
  #finished = false;
  /** What the event that ended the answer said besides: it leaves with the ending, after the call is settled. */
  #tail = '';
  #reasoning: ReasoningPart[] = [];

  readonly writer: AnswerWriter;
  readonly #arguments = new StreamedArguments();
  readonly #keepsHidden: boolean;

  constructor(
    client: ClientSide,
    readonly upstream: UpstreamEvents,
    readonly context: AnswerContext,
    readonly remembers: boolean,
  ) {
    this.writer = client.writer(context);
    this.#keepsHidden = client.keepsHidden?.(context) ?? true;
  }

  read(data: string): StreamReading {
    const told = this.upstream.read(data);
    if (!told) return { kind: 'malformed' };
    const events = this.#arguments.complete(told);
    const reading: Extract<StreamReading, { kind: 'chunk' }> = { kind: 'chunk', text: '', finished: false };
    let relay = '';
    for (const event of events) {
      if (event.type === 'error')
        return { kind: 'error', error: event.error, ...(reading.usage ? { usage: reading.usage } : {}) };
      if (event.type === 'done') {
        this.#tail = relay;
        return { kind: 'done', ...(reading.usage ? { usage: reading.usage } : {}) };
      }
      this.#note(event, reading);
      if (this.#keepsHidden || event.type !== 'reasoningEnd' || !isHidden(event.part))
        relay += this.writer.write(event);
    }
    reading.finished = this.#finished;
    if (relay !== '') reading.relay = relay;
    return reading;
  }

  heartbeat(): string {
    return this.writer.heartbeat();
  }

  ending(counted: TokenUsage | undefined): string[] {
    const ending = this.writer.ending(counted);
    return this.#tail === '' ? ending : [this.#tail, ...ending];
  }

  failure(body: unknown): string {
    return this.writer.failure(body);
  }

  #note(event: NeutralEvent, reading: Extract<StreamReading, { kind: 'chunk' }>): void {
    if (event.type === 'finish') this.#finished = true;
    else if (event.type === 'usage' && event.final) reading.usage = event.usage;
    else if (event.type === 'usage') this.promptUsage = event.usage;
    else if (event.type === 'reasoningEnd') this.#reasoning.push(event.part);
    else if (event.type === 'call') {
      reading.text += event.name;
      this.#remember(event.id);
    } else if ('text' in event) reading.text += event.text;
  }

  #remember(callId: string): void {
    if (!this.remembers) return;
    remember(this.context, callId, this.#reasoning);
    this.#reasoning = [];
  }
}

function isHidden(part: Part): boolean {
  return part.type === 'reasoning' && part.redacted === true && part.text === '';
}

function shownOf(answer: NeutralAnswer, client: ClientSide, context: AnswerContext): NeutralAnswer {
  if (client.keepsHidden?.(context) ?? true) return answer;
  return { ...answer, parts: answer.parts.filter((part) => !isHidden(part)) };
}

function rememberAll({ parts }: NeutralAnswer, context: AnswerContext): void {
  let reasoning: ReasoningPart[] = [];
  for (const part of parts) {
    if (part.type === 'reasoning') reasoning.push(part);
    if (part.type !== 'call') continue;
    remember(context, part.id, reasoning);
    reasoning = [];
  }
}
