// A prompt in the neutral form as a request of Anthropic's Messages.
import {
  type ImagePart,
  parseArguments,
  type Part,
  type Prompt,
  type TextPart,
  type Tool,
  type ToolChoice,
  type Turn,
  describedSchema,
  refuseVerbosity,
  unsupported,
} from '../neutral.ts';
import type { UpstreamDraft } from '../protocol.ts';
import { withRemembered } from '../remember-reasoning.ts';
import { thinkingOf } from './thinking.ts';

type Block = Record<string, unknown>;

const NO = 'Anthropic’s Messages cannot express it';

/** The output cap where neither client nor budget names one, which Messages demand. */
const DEFAULT_MAX_TOKENS = 8_192;
const CLAUDE_3_MAX_TOKENS = 4_096;

/** @throws AppError unsupported_parameter naming what Messages cannot express. */
export function writeMessagesPrompt(prompt: Prompt, draft: UpstreamDraft): Block {
  refuse(prompt);
  const { upstreamModel } = draft;
  const fallback = /claude-3-(opus|sonnet|haiku)/.test(upstreamModel) ? CLAUDE_3_MAX_TOKENS : DEFAULT_MAX_TOKENS;
  const maxTokens = draft.outputTokens ?? prompt.maxTokens ?? fallback;
  const thinking = thinkingOf(prompt, upstreamModel, maxTokens);
  const turns = thinking.on ? withRemembered(prompt.turns, draft.memory, draft.owner) : prompt.turns;
  const system = turns.filter(({ role }) => role === 'system').flatMap(({ parts }) => parts.map(systemBlock));
  const choice = choiceOf(prompt.toolChoice, prompt.parallelTools, prompt.tools.length > 0);
  const format =
    prompt.output?.type === 'schema' ? { type: 'json_schema', schema: describedSchema(prompt.output) } : undefined;
  const config = { ...thinking.config, ...(format ? { format } : {}) };
  return {
    model: upstreamModel,
    max_tokens: maxTokens,
    ...(system.length > 0 ? { system } : {}),
    messages: messagesOf(turns.filter(({ role }) => role !== 'system')),
    ...(prompt.tools.length > 0 ? { tools: prompt.tools.map(toolOf) } : {}),
    ...(choice ? { tool_choice: choice } : {}),
    ...(prompt.temperature === undefined ? {} : { temperature: prompt.temperature }),
    ...(prompt.topP === undefined ? {} : { top_p: prompt.topP }),
    ...(prompt.topK === undefined ? {} : { top_k: prompt.topK }),
    ...(prompt.stop ? { stop_sequences: prompt.stop } : {}),
    ...(prompt.user === undefined ? {} : { metadata: { user_id: prompt.user } }),
    ...(thinking.field ? { thinking: thinking.field } : {}),
    ...(Object.keys(config).length > 0 ? { output_config: config } : {}),
    ...(prompt.stream ? { stream: true } : {}),
  };
}

function refuse({ seed, presencePenalty, frequencyPenalty, temperature, output, verbosity }: Prompt): void {
  refuseVerbosity(verbosity, NO);
  if (seed !== undefined) throw unsupported('seed', NO);
  if (presencePenalty) throw unsupported('presence_penalty', NO);
  if (frequencyPenalty) throw unsupported('frequency_penalty', NO);
  if (temperature !== undefined && temperature > 1)
    throw unsupported('temperature', 'Anthropic’s Messages know none above 1');
  if (output?.type === 'json') throw unsupported('response_format', 'Anthropic’s Messages need a schema for JSON');
}

function systemBlock(part: Part): Block {
  if (part.type !== 'text') throw unsupported('messages', 'a system message of Anthropic’s Messages holds text only');
  return textBlock(part);
}

/** Turns of one role in a row become one message, with the tools' results first: Messages ask for that. */
function messagesOf(turns: readonly Turn[]): Block[] {
  const messages: { role: string; content: Block[] }[] = [];
  for (const { role, parts } of turns) {
    const content = parts.flatMap((part) => blockOf(part, role));
    if (content.length === 0) continue;
    const last = messages.at(-1);
    if (last?.role === role) last.content.push(...content);
    else messages.push({ role, content });
  }
  for (const message of messages) {
    const isResult = ({ type }: Block) => type === 'tool_result';
    message.content = [...message.content.filter(isResult), ...message.content.filter((block) => !isResult(block))];
  }
  return messages;
}

/** Empty text says nothing, and Messages refuse it. Reasoning goes back only as it was signed here. */
function blockOf(part: Part, role: Turn['role']): Block[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [textBlock(part)];
    case 'refusal':
      return part.text === '' ? [] : [textBlock({ type: 'text', text: part.text })];
    case 'image':
      if (role === 'assistant') throw unsupported('messages', 'an assistant of Anthropic’s Messages sends no images');
      return [imageBlock(part)];
    case 'reasoning':
      if (part.from !== 'anthropic-messages') return [];
      return [
        part.redacted
          ? { type: 'redacted_thinking', data: part.signature }
          : { type: 'thinking', thinking: part.text, signature: part.signature },
      ];
    case 'call':
      return [{ type: 'tool_use', id: callId(part.id), name: part.name, input: parseArguments(part.arguments) }];
    case 'result':
      return [
        {
          type: 'tool_result',
          tool_use_id: callId(part.callId),
          ...(part.parts.length > 0 ? { content: part.parts.flatMap((inner) => blockOf(inner, role)) } : {}),
          ...(part.isError ? { is_error: true } : {}),
        },
      ];
  }
}

function textBlock({ text, cacheMark }: TextPart): Block {
  return { type: 'text', text, ...cacheOf(cacheMark) };
}

/** A cache of five minutes is priced; a longer one is not known here. */
function cacheOf(mark: unknown): Block {
  if (mark === undefined) return {};
  const { type, ttl = '5m' } = mark as Block;
  if (type !== 'ephemeral' || ttl !== '5m') throw unsupported('cache_control', 'only a cache of five minutes is known');
  return { cache_control: { type: 'ephemeral' } };
}

function imageBlock({ url, mediaType, data, detail }: ImagePart): Block {
  if (detail === 'low') throw unsupported('messages.content.image_url.detail', NO);
  const source = url === undefined ? { type: 'base64', media_type: mediaType, data } : { type: 'url', url };
  return { type: 'image', source };
}

/** Messages accept only these characters; a call and its result are changed alike. */
function callId(id: string): string {
  return id.replace(/[^\w-]/g, '_');
}

function toolOf({ name, description, parameters, strict, cacheMark }: Tool): Block {
  return {
    name,
    ...(description === undefined ? {} : { description }),
    input_schema: parameters ?? { type: 'object', properties: {} },
    ...(strict === true ? { strict } : {}),
    ...cacheOf(cacheMark),
  };
}

function choiceOf(choice: ToolChoice | undefined, parallel: boolean | undefined, hasTools: boolean): Block | undefined {
  if (!hasTools) return undefined;
  if (!choice && parallel !== false) return undefined;
  const { type } = choice ?? { type: 'auto' };
  if (type === 'none') return { type };
  return {
    type,
    ...(choice?.type === 'tool' ? { name: choice.name } : {}),
    ...(parallel === false ? { disable_parallel_tool_use: true } : {}),
  };
}
