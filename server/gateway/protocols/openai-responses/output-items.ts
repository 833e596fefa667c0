// The output items of a response that is written here.
import type { Part, ReasoningPart } from '../neutral.ts';
import type { AnswerContext } from '../protocol.ts';
import { sealReasoning } from './sealed-reasoning.ts';
import { splitName } from './tools.ts';

type Fields = Record<string, unknown>;

/** What was said, as a part of a message. */
export function contentOf(part: Extract<Part, { type: 'text' | 'refusal' }>): Fields {
  return part.type === 'text' ? outputText(part.text) : { type: 'refusal', refusal: part.text };
}

export const outputText = (text: string): Fields => ({ type: 'output_text', text, annotations: [], logprobs: [] });

/** Output items with ids of their own. */
export class Items {
  #count = 0;

  constructor(readonly context: AnswerContext) {}

  message(content: Fields[], status = 'completed'): Fields {
    return { id: this.#id('msg'), type: 'message', status, role: 'assistant', content };
  }

  call(call: { id: string; name: string; custom?: true }, written: string, status = 'completed'): Fields {
    const known = { status, call_id: call.id, ...splitName(call.name, this.context.request.tools) };
    if (call.custom) return { id: this.#id('ctc'), type: 'custom_tool_call', ...known, input: written };
    return { id: this.#id('fc'), type: 'function_call', ...known, arguments: written };
  }

  reasoning(part: ReasoningPart): Fields {
    const summary = part.text === '' || part.redacted ? [] : [{ type: 'summary_text', text: part.text }];
    return { id: this.#id('rs'), type: 'reasoning', summary, ...this.sealed(part) };
  }

  /** Only for clients that ask for it; others drop it, and it is remembered for them. */
  sealed(part: ReasoningPart): Fields {
    const { include } = this.context.request.fields;
    const wants = Array.isArray(include) && include.includes('reasoning.encrypted_content');
    return wants && part.signature ? { encrypted_content: sealReasoning(part) } : {};
  }

  #id(prefix: string): string {
    this.#count += 1;
    return `${prefix}_${this.context.id}_${this.#count}`;
  }
}
