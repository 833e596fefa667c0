// A neutral answer as a chat completion, whole or streamed.
import type { TokenUsage } from '../../../ledger/ledger.ts';
import { type Finish, type NeutralAnswer, type NeutralEvent, plainText, type ReasoningPart } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import type { AnswerWriter } from '../translation.ts';
import { isSeal, signedWith } from './google-signatures.ts';
import { reasoningDetail, reasoningToDetails } from './reasoning-details.ts';

/** The usage as clients of chat completions read it. */
export function chatUsage(usage: TokenUsage): Record<string, unknown> {
  const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: cacheWriteTokens },
    completion_tokens_details: { reasoning_tokens: reasoningTokens },
  };
}

export function writeChatAnswer({ parts, finish, usage }: NeutralAnswer, context: AnswerContext): string {
  const reasoning = parts.filter((part) => part.type === 'reasoning');
  const thought = reasoning.map(({ text }) => text).join('');
  const details = reasoningToDetails(reasoning);
  const ofText = reasoning.findLast((part) => isSeal(part) && part.id === undefined);
  const calls = parts.filter((part) => part.type === 'call');
  const refusal = parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('');
  const content = plainText(parts);
  const message = {
    role: 'assistant',
    content: content === '' && (calls.length > 0 || refusal !== '') ? null : content,
    refusal: refusal === '' ? null : refusal,
    ...(thought === '' ? {} : { reasoning_content: thought, reasoning: thought }),
    ...(details.length === 0 ? {} : { reasoning_details: details }),
    ...(calls.length === 0
      ? {}
      : {
          tool_calls: calls.map((call) => {
            const seal = reasoning.find((part) => isSeal(part) && part.id === call.id);
            return { ...callOf(call, call.arguments), ...(seal ? signedWith(seal.signature!) : {}) };
          }),
        }),
    ...(ofText ? signedWith(ofText.signature!) : {}),
  };
  return JSON.stringify({
    ...head(context, 'chat.completion'),
    choices: [{ index: 0, message, logprobs: null, finish_reason: toolsOr(finish, calls.length > 0) }],
    ...(usage ? { usage: chatUsage(usage) } : {}),
  });
}

function callOf({ id, name, custom }: { id: string; name: string; custom?: true }, written: string) {
  if (custom) return { id, type: 'custom', custom: { name, input: written } };
  return { id, type: 'function', function: { name, arguments: written } };
}

/** Clients look for calls by this word, whatever the upstream said. */
function toolsOr(finish: Finish, called: boolean): Finish {
  return called && finish === 'stop' ? 'tool_calls' : finish;
}

function head({ id, created, model }: AnswerContext, object: string): Record<string, unknown> {
  return { id, object, created, model };
}

const DONE = 'data: [DONE]\n\n';

export class ChatWriter implements AnswerWriter {
  #begun = false;
  #thoughts = 0;
  /** Google's signatures of calls to come, by the call's id. */
  readonly #seals = new Map<string, string>();
  /** Its place among the calls and whether it is free-form, by the index of the upstream's events. */
  readonly #calls = new Map<number, { index: number; custom: boolean }>();

  constructor(readonly context: AnswerContext) {}

  write(event: NeutralEvent): string {
    switch (event.type) {
      case 'text':
        return this.#delta({ content: event.text });
      case 'refusal':
        return this.#delta({ refusal: event.text });
      case 'reasoning':
        return this.#delta({ reasoning_content: event.text, reasoning: event.text });
      case 'reasoningEnd':
        return this.#signed(event.part);
      case 'call': {
        const index = this.#calls.size;
        this.#calls.set(event.index, { index, custom: event.custom === true });
        const seal = this.#seals.get(event.id);
        const signed = seal === undefined ? {} : signedWith(seal);
        return this.#delta({ tool_calls: [{ index, ...callOf(event, ''), ...signed }] });
      }
      case 'arguments': {
        const { index, custom } = this.#calls.get(event.index) ?? {};
        const piece = custom ? { custom: { input: event.text } } : { function: { arguments: event.text } };
        return this.#delta({ tool_calls: [{ index, ...piece }] });
      }
      case 'finish':
        return this.#delta({}, toolsOr(event.finish, this.#calls.size > 0));
      default:
        return '';
    }
  }

  heartbeat(): string {
    return this.#delta({});
  }

  ending(usage: TokenUsage | undefined): string[] {
    if (!this.context.request.wantsUsage || !usage) return [DONE];
    return [this.#chunk([], chatUsage(usage)), DONE];
  }

  failure(body: unknown): string {
    return `data: ${JSON.stringify(body)}\n\n`;
  }

  /** The text has gone out already; once more and whole with what signs it, for clients that keep it. */
  #signed(part: ReasoningPart): string {
    if (!part.signature) return '';
    const detail = reasoningDetail(part, this.#thoughts);
    this.#thoughts += 1;
    const isOfGoogle = isSeal(part);
    if (isOfGoogle && part.id !== undefined) this.#seals.set(part.id, part.signature);
    const ofText = isOfGoogle && part.id === undefined ? signedWith(part.signature) : {};
    return this.#delta({ reasoning_details: [detail], ...ofText });
  }

  #delta(delta: Record<string, unknown>, finish: Finish | null = null): string {
    const role = this.#begun ? {} : { role: 'assistant' };
    this.#begun = true;
    return this.#chunk([{ index: 0, delta: { ...role, ...delta }, finish_reason: finish }], null);
  }

  #chunk(choices: unknown[], usage: object | null): string {
    const shown = this.context.request.wantsUsage ? { usage } : {};
    return `data: ${JSON.stringify({ ...head(this.context, 'chat.completion.chunk'), choices, ...shown })}\n\n`;
  }
}
