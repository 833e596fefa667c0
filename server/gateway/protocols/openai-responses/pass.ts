// Responses on both sides: bodies and events go through as they are, but for the model's name and what no upstream may be told.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import type { ChatRequest } from '../../request-body.ts';
import { unsupported } from '../neutral.ts';
import type { AnswerContext, Bridge, StreamReader, StreamReading } from '../protocol.ts';
import { frame } from '../sse.ts';
import { type Item, listOf, parse, readResponse, writtenIn } from './items.ts';
import { failed } from './response.ts';
import { isSealed } from './sealed-reasoning.ts';
import { isLeftOut } from './tools.ts';
import { readResponsesUsage } from './usage.ts';

export const PATH = '/responses';

export const responsesPass: Bridge = {
  translates: false,
  path: () => PATH,
  refuse: refuseStored,
  body({ fields, tools }, { upstreamModel, outputTokens, capped }) {
    const kept = capped ? tools.filter((tool) => !isLeftOut(tool)) : tools;
    return {
      ...fields,
      model: upstreamModel,
      ...(Array.isArray(fields.input) ? { input: fields.input.filter(isReadable) } : {}),
      ...(kept.length === tools.length ? {} : { tools: kept }),
      ...(outputTokens === null ? {} : { max_output_tokens: outputTokens }),
    };
  },
  readWhole(text, context) {
    const answer = readResponse(text);
    if (!answer) return undefined;
    const issued = issuedBy(answer, context);
    return {
      relay: isRenamed(answer, context) ? JSON.stringify({ ...answer, model: context.model }) : text,
      usage: readResponsesUsage(answer.usage),
      text: listOf(answer.output).map(writtenIn).join(''),
      ...(issued === undefined ? {} : { issued }),
    };
  },
  reader: (context) => new ResponsesPass(context),
};

/**
 * What points at an upstream's store is refused: there, every pass of a school is the same customer. An earlier
 * response is known here by whom it was given to.
 */
function refuseStored({ fields }: ChatRequest, isPinned: boolean): void {
  if (fields.background === true) throw unsupported('background', 'an answer is not fetched later here');
  if (fields.conversation !== undefined && fields.conversation !== null)
    throw unsupported('conversation', 'conversations of the upstream are not told apart by pass');
  if (fields.previous_response_id !== undefined && fields.previous_response_id !== null && !isPinned)
    throw unsupported('previous_response_id', 'no such response was given to this pass: send the whole input');
  const at = listOf(fields.input).findIndex(({ type }) => type === 'item_reference');
  if (at >= 0) throw unsupported(`input.${at}`, 'items are not kept here: send the item itself');
}

/** Reasoning that another format signed was sealed here, and no upstream of this one can open it. */
function isReadable(item: unknown): boolean {
  const { type, encrypted_content: sealed } = (item ?? {}) as Item;
  return type !== 'reasoning' || typeof sealed !== 'string' || !isSealed(sealed);
}

const isRenamed = ({ model }: Item, context: AnswerContext) =>
  context.model !== context.upstreamModel && model !== undefined && model !== context.model;

/** The id that a later request may go on from, where the upstream stores the answer. */
function issuedBy({ id, store }: Item, { request }: AnswerContext): string | undefined {
  return typeof id === 'string' && store !== false && request.fields.store !== false ? id : undefined;
}

class ResponsesPass implements StreamReader {
  readonly framed = true;
  promptUsage: TokenUsage | undefined;
  issued: string | undefined;
  /** The response as it was last told, for events of our own. */
  #response: Item | undefined;
  #sequence = 0;
  #last = '';

  constructor(readonly context: AnswerContext) {}

  read(data: string): StreamReading {
    const event = parse(data);
    if (!event || typeof event.type !== 'string') return { kind: 'malformed' };
    const { type } = event;
    if (type === 'error' || type === 'response.failed') {
      const failed = event.response as Item | undefined;
      // What a failed response used is charged as much.
      const usage = readResponsesUsage(failed?.usage);
      return { kind: 'error', error: event.error ?? failed?.error ?? event, ...(usage ? { usage } : {}) };
    }
    if (typeof event.sequence_number === 'number') this.#sequence = event.sequence_number + 1;
    const response = event.response as Item | undefined;
    if (!response) return { kind: 'chunk', relay: frame(type, data), text: writtenBy(event), finished: false };
    this.#response = response;
    const relay = frame(type, isRenamed(response, this.context) ? this.#rename(event, response) : data);
    if (type !== 'response.completed' && type !== 'response.incomplete')
      return { kind: 'chunk', relay, text: '', finished: false };
    this.#last = relay;
    this.issued = issuedBy(response, this.context);
    const usage = readResponsesUsage(response.usage);
    return { kind: 'done', ...(usage ? { usage } : {}) };
  }

  heartbeat(): string {
    return this.#event('response.in_progress', { response: this.#known('in_progress') });
  }

  ending(): string[] {
    return [this.#last];
  }

  failure(body: unknown): string {
    return this.#event('response.failed', { response: { ...this.#known('failed'), ...failed(body) } });
  }

  #known(status: string): Item {
    const { id, model, created } = this.context;
    return { id: `resp_${id}`, object: 'response', created_at: created, output: [], ...this.#response, model, status };
  }

  #rename(event: Item, response: Item): string {
    this.#response = { ...response, model: this.context.model };
    return JSON.stringify({ ...event, response: this.#response });
  }

  #event(type: string, fields: Item): string {
    return frame(type, JSON.stringify({ type, sequence_number: this.#sequence, ...fields }));
  }
}

/** What the model wrote, in one event. Sound and pictures are no text. */
function writtenBy({ type, delta, item }: Item): string {
  if (typeof delta === 'string') return /audio|image/.test(String(type)) ? '' : delta;
  const { name } = (type === 'response.output_item.added' ? ((item as Item | null) ?? {}) : {}) as Item;
  return typeof name === 'string' ? name : '';
}
