// Embeddings: texts or lists of token ids in, vectors out. They go through as they are, to upstreams of the same format;
// nothing is written, so the whole price is the prompt's.
import { AppError } from '../../../lib/app-error.ts';
import { addText, type Counting, type PromptSize, sizeOf } from '../../prompt-size.ts';
import { checkModelName, type ChatRequest, fieldsOf } from '../../request-body.ts';
import type { Bridge, ClientFormat } from '../protocol.ts';

/** OpenAI takes 2,048 inputs at once; others more. */
export const INPUTS_MAX = 10_000;

export const openaiEmbeddings: ClientFormat = {
  name: 'openai-embeddings',
  headers: [],
  check,
  measure,
  // Its price is the prompt's, whatever else is asked.
  refuseUnbounded: () => {},
  bridge: (upstream) => (upstream === 'openai-chat' ? pass : undefined),
};

function check(body: unknown): ChatRequest {
  const fields = fieldsOf(body);
  const model = checkModelName(fields.model);
  checkInput(fields.input);
  if (fields.stream === true) throw wrong('stream', 'embeddings are not streamed');
  return { fields, model, messages: [], tools: [], stream: false, wantsUsage: false, maxTokens: 0, answers: 1 };
}

function checkInput(input: unknown): void {
  if (typeof input === 'string' && input !== '') return;
  if (!Array.isArray(input) || input.length === 0)
    throw wrong('input', 'a text, a list of texts, or lists of token ids are expected');
  if (isTokens(input)) return;
  if (input.length > INPUTS_MAX) throw wrong('input', `at most ${INPUTS_MAX} inputs are accepted`);
  const bad = input.findIndex((one) => !(typeof one === 'string' && one !== '') && !isTokens(one));
  if (bad >= 0) throw wrong(`input.${bad}`, 'a text that is not empty, or a list of token ids, is expected');
}

function isTokens(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 && value.every((id) => Number.isInteger(id) && id >= 0);
}

/** A token id is one token; a text at most as many as it has bytes. */
function measure({ fields, ...request }: ChatRequest, upstreamModels: readonly string[]): PromptSize {
  const size: Counting = { bytes: 0, chars: 0, images: 0, audioTokens: 0, unknownMedia: new Set() };
  let ids = 0;
  const { input } = fields;
  const inputs: unknown[] = typeof input === 'string' || isTokens(input) ? [input] : (input as unknown[]);
  for (const one of inputs) {
    if (typeof one === 'string') addText(size, one);
    else ids += (one as number[]).length;
  }
  const counted = sizeOf(size, request, upstreamModels);
  // Each input may get a start and an end of its own.
  const bounds = ids + inputs.length * 2;
  return {
    ...counted,
    estimateTokens: counted.estimateTokens + ids,
    boundTokens: counted.boundTokens + bounds,
  };
}

const pass: Bridge = {
  translates: false,
  path: () => '/embeddings',
  body: ({ fields }, { upstreamModel }) => ({ ...fields, model: upstreamModel }),
  readWhole(text, { model, upstreamModel }) {
    const answer = parse(text);
    if (!answer || !Array.isArray(answer.data)) return undefined;
    const relay = model === upstreamModel ? text : JSON.stringify({ ...answer, model });
    return { relay, usage: usageOf(answer.usage), text: '' };
  },
  reader: () => {
    throw new Error('embeddings are not streamed');
  },
};

function usageOf(value: unknown) {
  const usage = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  // Some tell the total alone; nothing is written, so it is the prompt's.
  const tokens = [usage.prompt_tokens, usage.total_tokens].find((count) => Number.isSafeInteger(count));
  if (typeof tokens !== 'number' || tokens < 0 || tokens > TOKENS_MAX) return undefined;
  return { promptTokens: tokens, cachedTokens: 0, cacheWriteTokens: 0, completionTokens: 0, reasoningTokens: 0 };
}

/** More than any model reads in one call; a larger figure is a mistake. */
const TOKENS_MAX = 100_000_000;

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
