// A neutral answer as a response's stream of named events.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import type { Finish, NeutralEvent, ReasoningPart } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import type { AnswerWriter } from '../translation.ts';
import { Items, outputText } from './output-items.ts';
import { ended, failed, response } from './response.ts';
import { responsesUsage } from './usage.ts';

type Fields = Record<string, unknown>;

/** An item that is being written. */
interface Open {
  kind: 'text' | 'refusal' | 'reasoning' | 'call';
  item: Fields;
  /** Its place in the output. */
  place: number;
  text: string;
}

const isCustom = ({ item }: Open) => item.type === 'custom_tool_call';

export class ResponsesWriter implements AnswerWriter {
  readonly #items: Items;
  readonly #output: Fields[] = [];
  #sequence = 0;
  #begun = false;
  #open: Open | undefined;
  /** Calls in the making, by the index of the upstream's events. */
  readonly #calls = new Map<number, Open>();
  #finish: Finish = 'stop';

  constructor(readonly context: AnswerContext) {
    this.#items = new Items(context);
  }

  write(event: NeutralEvent): string {
    switch (event.type) {
      case 'text':
      case 'refusal':
      case 'reasoning':
        return this.#begin() + this.#piece(event.type, event.text);
      case 'reasoningEnd':
        return this.#begin() + this.#reasoned(event.part);
      case 'call':
        return this.#begin() + this.#close() + this.#call(event);
      case 'arguments':
        return this.#written(event.index, event.text);
      case 'finish':
        this.#finish = event.finish;
        return '';
      default:
        return '';
    }
  }

  heartbeat(): string {
    return this.#begin() + this.#event('response.in_progress', { response: this.#response({}) });
  }

  ending(usage: TokenUsage | undefined): string[] {
    const closing =
      this.#begin() + this.#close() + [...this.#calls.values()].map((call) => this.#endCall(call)).join('');
    const over: Fields = {
      ...ended(this.#finish),
      output: this.#output,
      ...(usage ? { usage: responsesUsage(usage) } : {}),
    };
    const name = over.status === 'incomplete' ? 'response.incomplete' : 'response.completed';
    const last = this.#event(name, { response: this.#response(over) });
    return closing === '' ? [last] : [closing, last];
  }

  failure(body: unknown): string {
    const response = this.#response({ ...failed(body), output: this.#output });
    return this.#begin() + this.#event('response.failed', { response });
  }

  #response(over: Fields): Fields {
    return response(this.context, over);
  }

  #begin(): string {
    if (this.#begun) return '';
    this.#begun = true;
    const created = this.#event('response.created', { response: this.#response({}) });
    return created + this.#event('response.in_progress', { response: this.#response({}) });
  }

  #piece(kind: 'text' | 'refusal' | 'reasoning', text: string): string {
    const begun = this.#open?.kind === kind ? '' : this.#close() + this.#openItem(kind);
    const open = this.#open!;
    open.text += text;
    const at = this.#at(open);
    if (kind === 'reasoning')
      return begun + this.#event('response.reasoning_summary_text.delta', { ...at, summary_index: 0, delta: text });
    if (kind === 'refusal')
      return begun + this.#event('response.refusal.delta', { ...at, content_index: 0, delta: text });
    return begun + this.#event('response.output_text.delta', { ...at, content_index: 0, delta: text, logprobs: [] });
  }

  #openItem(kind: 'text' | 'refusal' | 'reasoning'): string {
    const isReasoning = kind === 'reasoning';
    const item = isReasoning
      ? this.#items.reasoning({ type: 'reasoning', text: '' })
      : this.#items.message([], 'in_progress');
    const open = this.#add(kind, item);
    this.#open = open;
    const added = this.#event('response.output_item.added', { output_index: open.place, item });
    const part = isReasoning
      ? { type: 'summary_text', text: '' }
      : kind === 'text'
        ? outputText('')
        : { type: 'refusal', refusal: '' };
    const index = isReasoning ? { summary_index: 0 } : { content_index: 0 };
    const name = isReasoning ? 'response.reasoning_summary_part.added' : 'response.content_part.added';
    return added + this.#event(name, { ...this.#at(open), ...index, part });
  }

  /** Ends the text or the reasoning under way. @param signed what signs the reasoning. */
  #close(signed?: ReasoningPart): string {
    const open = this.#open;
    if (!open) return '';
    this.#open = undefined;
    const { kind, text, place } = open;
    const at = this.#at(open);
    if (kind === 'reasoning') {
      const part = { type: 'summary_text', text };
      const item = { ...open.item, summary: [part], ...(signed ? this.#items.sealed({ ...signed, text }) : {}) };
      return (
        this.#event('response.reasoning_summary_text.done', { ...at, summary_index: 0, text }) +
        this.#event('response.reasoning_summary_part.done', { ...at, summary_index: 0, part }) +
        this.#done(place, item)
      );
    }
    const part = kind === 'text' ? outputText(text) : { type: 'refusal', refusal: text };
    const done =
      kind === 'text'
        ? this.#event('response.output_text.done', { ...at, content_index: 0, text, logprobs: [] })
        : this.#event('response.refusal.done', { ...at, content_index: 0, refusal: text });
    return (
      done +
      this.#event('response.content_part.done', { ...at, content_index: 0, part }) +
      this.#done(place, { ...open.item, status: 'completed', content: [part] })
    );
  }

  #reasoned(part: ReasoningPart): string {
    if (this.#open?.kind === 'reasoning') return this.#close(part);
    // Redacted reasoning has no text that went before.
    if (!part.signature) return '';
    const item = this.#items.reasoning(part);
    const { place } = this.#add('reasoning', item);
    return (
      this.#close() + this.#event('response.output_item.added', { output_index: place, item }) + this.#done(place, item)
    );
  }

  #call(event: Extract<NeutralEvent, { type: 'call' }>): string {
    const open = this.#add('call', this.#items.call(event, '', 'in_progress'));
    this.#calls.set(event.index, open);
    return this.#event('response.output_item.added', { output_index: open.place, item: open.item });
  }

  #written(index: number, delta: string): string {
    const open = this.#calls.get(index);
    if (!open) return '';
    open.text += delta;
    const name = isCustom(open) ? 'response.custom_tool_call_input.delta' : 'response.function_call_arguments.delta';
    return this.#event(name, { ...this.#at(open), delta });
  }

  #endCall(open: Open): string {
    if (isCustom(open)) {
      const input = open.text;
      const told = this.#event('response.custom_tool_call_input.done', { ...this.#at(open), input });
      return told + this.#done(open.place, { ...open.item, status: 'completed', input });
    }
    const item: Fields = { ...open.item, status: 'completed', arguments: open.text };
    const done = { ...this.#at(open), name: item.name, arguments: open.text };
    return this.#event('response.function_call_arguments.done', done) + this.#done(open.place, item);
  }

  #add(kind: Open['kind'], item: Fields): Open {
    const open = { kind, item, place: this.#output.length, text: '' };
    this.#output.push(item);
    return open;
  }

  #done(place: number, item: Fields): string {
    this.#output[place] = item;
    return this.#event('response.output_item.done', { output_index: place, item });
  }

  #at({ item, place }: Open): Fields {
    return { item_id: item.id, output_index: place };
  }

  #event(type: string, fields: Fields): string {
    const data = { type, sequence_number: this.#sequence, ...fields };
    this.#sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify(data)}\n\n`;
  }
}
