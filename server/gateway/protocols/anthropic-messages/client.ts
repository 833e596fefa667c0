// The guard of Anthropic's Messages requests: checks and measures only what the gateway itself reads.
import { AppError } from '../../../lib/app-error.ts';
import { type ChatMessage, type ChatRequest, checkCommon, wholeOrNone } from '../../request-body.ts';
import { geminiUpstream } from '../gemini/sides.ts';
import { measureJson } from '../measure-json.ts';
import { unsupported } from '../neutral.ts';
import { chatUpstream } from '../openai-chat/sides.ts';
import { responsesUpstream } from '../openai-responses/sides.ts';
import type { Bridge, ClientFormat, UpstreamProtocol } from '../protocol.ts';
import { translation } from '../translation.ts';
import { messagesPass } from './pass.ts';
import { messagesClient } from './sides.ts';

/** What a client of the Messages API may set for its upstream. */
export const TRAVELLING_HEADERS = ['anthropic-beta', 'anthropic-version'] as const;

/** Tools the caller runs itself; all others run upstream, at a price nobody can bound. */
const OWN_TOOLS = /^(custom|bash_\d+|text_editor_\d+|computer_\d+|memory_\d+)$/;
/** Fields whose price has no bound. */
const UNBOUNDED_FIELDS = ['mcp_servers', 'container', 'inference_geo', 'speed'];

/** @throws AppError invalid_body, invalid_parameter. */
export function checkMessagesRequest(body: unknown): ChatRequest {
  const common = checkCommon(body);
  const { fields } = common;
  const messages = fields.messages as ChatMessage[];
  messages.forEach(({ role }, index) => {
    if (role !== 'user' && role !== 'assistant' && role !== 'system')
      throw wrong(`messages.${index}.role`, 'user or assistant is expected');
  });
  const maxTokens = wholeOrNone(fields, 'max_tokens', 1);
  if (maxTokens === undefined) throw wrong('max_tokens', 'a whole number is expected');
  return { ...common, wantsUsage: true, maxTokens, answers: 1 };
}

/** Fields that no model reads as a part of its prompt. */
const NOT_PROMPT = new Set([
  'model',
  'max_tokens',
  'metadata',
  'stop_sequences',
  'stream',
  'temperature',
  'top_k',
  'top_p',
]);

export function measureMessages(request: ChatRequest, upstreamModels: readonly string[]) {
  return measureJson(request, NOT_PROMPT, upstreamModels);
}

/** @throws AppError unsupported_parameter */
export function refuseUnboundedMessages({ fields, tools }: ChatRequest): void {
  for (const name of UNBOUNDED_FIELDS)
    if (fields[name] !== undefined && fields[name] !== null && fields[name] !== 'standard')
      throw unsupported(name, 'its cost has no upper bound, and this pass has a budget');
  if (compacts(fields.context_management))
    throw unsupported('context_management', 'only clearing has a known cost, and this pass has a budget');
  const hosted = (tools as ({ type?: unknown } | null)[]).find(
    (tool) => tool?.type !== undefined && !OWN_TOOLS.test(String(tool.type)),
  );
  if (hosted) throw unsupported('tools', 'only tools that the caller runs can be used with a budget');
  // A cache of an hour is written at a dearer price than the price tables know.
  if (JSON.stringify(fields).includes('"ttl":"1h"'))
    throw unsupported('cache_control', 'a cache of one hour has no known price, and this pass has a budget');
}

/** Clearing old results and thinking only makes the prompt smaller; a summary is written by a call of its own. */
function compacts(value: unknown): boolean {
  if (value === undefined || value === null) return false;
  const { edits } = value as { edits?: unknown };
  return (
    !Array.isArray(edits) || edits.some((edit: { type?: unknown } | null) => !String(edit?.type).startsWith('clear_'))
  );
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}

const toChat = translation(messagesClient, chatUpstream);
const BRIDGES: Partial<Record<UpstreamProtocol, Bridge>> = {
  'anthropic-messages': messagesPass,
  'openai-chat': toChat,
  demo: toChat,
  'openai-responses': translation(messagesClient, responsesUpstream),
  gemini: translation(messagesClient, geminiUpstream),
};

export const anthropicMessages: ClientFormat = {
  name: 'anthropic-messages',
  headers: TRAVELLING_HEADERS,
  check: checkMessagesRequest,
  measure: measureMessages,
  refuseUnbounded: refuseUnboundedMessages,
  bridge: (upstream) => BRIDGES[upstream],
};
