// The guard of Responses requests: checks and measures only what the gateway itself reads.
import { AppError } from '../../../lib/app-error.ts';
import { messagesUpstream } from '../anthropic-messages/sides.ts';
import { type ChatMessage, type ChatRequest, checkModelName, fieldsOf, wholeOrNone } from '../../request-body.ts';
import { geminiUpstream } from '../gemini/sides.ts';
import { measureJson } from '../measure-json.ts';
import { unsupported } from '../neutral.ts';
import { chatUpstream } from '../openai-chat/sides.ts';
import type { Bridge, ClientFormat, UpstreamProtocol } from '../protocol.ts';
import { translation } from '../translation.ts';
import { responsesPass } from './pass.ts';
import { responsesClient } from './sides.ts';
import { isLeftOut } from './tools.ts';

export const ITEMS_MAX = 10_000;
const TOOLS_MAX = 1_024;
/** Tools the caller runs itself; all others run upstream, at a price nobody can bound. */
const OWN_TOOLS: readonly unknown[] = ['function', 'custom', 'namespace', 'local_shell', 'shell', 'apply_patch'];

/** A prompt kept upstream may be of any size and offer any tool; a compaction is written by a call of its own. */
const UNBOUNDED_FIELDS = ['prompt', 'context_management'];

/** Fields that no model reads as a part of its prompt. */
const NOT_PROMPT = new Set([
  'model',
  'stream',
  'stream_options',
  'temperature',
  'top_p',
  'metadata',
  'user',
  'safety_identifier',
  'prompt_cache_key',
  'include',
  'store',
  'truncation',
  'service_tier',
  'max_output_tokens',
  'parallel_tool_calls',
]);

const toChat = translation(responsesClient, chatUpstream);
const BRIDGES: Partial<Record<UpstreamProtocol, Bridge>> = {
  'openai-chat': toChat,
  demo: toChat,
  'anthropic-messages': translation(responsesClient, messagesUpstream),
  'openai-responses': responsesPass,
  gemini: translation(responsesClient, geminiUpstream),
};

export const openaiResponses: ClientFormat = {
  name: 'openai-responses',
  headers: [],
  check,
  measure: (request, upstreamModels) => measureJson(request, NOT_PROMPT, upstreamModels),
  refuseUnbounded,
  leftOut: ({ tools }, { translated, capped }) =>
    (translated || capped ? tools.filter(isLeftOut) : []).map((tool) => String((tool as { type: string }).type)),
  bridge: (upstream) => BRIDGES[upstream],
};

/** @throws AppError invalid_body, invalid_parameter. */
function check(body: unknown): ChatRequest {
  const fields = fieldsOf(body);
  const model = checkModelName(fields.model);
  const { input, tools, stream } = fields;
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw wrong('stream', 'true or false is expected');
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) throw wrong('tools', 'a list is expected');
  if (Array.isArray(tools) && tools.length > TOOLS_MAX) throw wrong('tools', `at most ${TOOLS_MAX} tools are accepted`);
  return {
    fields,
    model,
    messages: messagesOf(input, fields.instructions),
    tools: Array.isArray(tools) ? tools : [],
    stream: stream === true,
    wantsUsage: true,
    maxTokens: wholeOrNone(fields, 'max_output_tokens', 1),
    answers: 1,
  };
}

/** The items as messages, for the overhead of each and for what may be kept of a call. */
function messagesOf(input: unknown, instructions: unknown): ChatMessage[] {
  const system = typeof instructions === 'string' ? [{ role: 'system', content: instructions }] : [];
  if (typeof input === 'string' && input !== '') return [...system, { role: 'user', content: input }];
  if (!Array.isArray(input) || input.length === 0)
    throw wrong('input', 'a text, or a list with at least one item, is expected');
  if (input.length > ITEMS_MAX) throw wrong('input', `at most ${ITEMS_MAX} items are accepted`);
  return [...system, ...input.map(messageOf)];
}

function messageOf(item: unknown, index: number): ChatMessage {
  if (typeof item !== 'object' || item === null || Array.isArray(item))
    throw wrong(`input.${index}`, 'an object is expected');
  const { type, role, content, ...rest } = item as Record<string, unknown>;
  if (type !== undefined && type !== 'message') return { role: String(type), content: JSON.stringify(rest) };
  if (typeof role !== 'string' || role === '') throw wrong(`input.${index}.role`, 'a role is expected');
  const isText = content === undefined || content === null || typeof content === 'string';
  if (!isText && (!Array.isArray(content) || content.some((part) => typeof part !== 'object' || part === null)))
    throw wrong(`input.${index}.content`, 'text or a list of parts is expected');
  return { role, content };
}

/** @throws AppError unsupported_parameter */
function refuseUnbounded({ fields, tools }: ChatRequest): void {
  const hosted = (tools as ({ type?: unknown } | null)[]).find(
    (tool) => !OWN_TOOLS.includes(tool?.type) && !isLeftOut(tool),
  );
  if (hosted) throw unsupported('tools', 'only tools that the caller runs can be used with a budget');
  for (const name of UNBOUNDED_FIELDS)
    if (fields[name] !== undefined && fields[name] !== null)
      throw unsupported(name, 'its cost has no upper bound, and this pass has a budget');
  if (fields.service_tier === 'priority') throw unsupported('service_tier', 'this pass has a budget');
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
