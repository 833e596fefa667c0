// A prompt in the neutral form as a request of OpenAI's Responses.
import { effortOf } from '../anthropic-messages/thinking.ts';
import {
  type ImagePart,
  imageUrl,
  type Part,
  type Prompt,
  type ReasoningPart,
  type ResultPart,
  type Tool,
  type ToolChoice,
  type Turn,
  unsupported,
} from '../neutral.ts';
import type { UpstreamDraft } from '../protocol.ts';
import { withRemembered } from '../remember-reasoning.ts';

type Fields = Record<string, unknown>;

const NO = 'OpenAI’s Responses cannot express it';

/** Others refuse to encrypt reasoning, for they have none. */
const THINKS = /(^|[/_-])(o\d|gpt-oss|codex|gpt-(?!5(?:\.\d+)?-chat)([5-9]|\d{2,}))/i;

/** @throws AppError unsupported_parameter naming what Responses cannot express. */
export function writeResponsesPrompt(prompt: Prompt, draft: UpstreamDraft): Fields {
  refuse(prompt);
  const { upstreamModel } = draft;
  const { tools, toolChoice, parallelTools } = prompt;
  const maxTokens = draft.outputTokens ?? prompt.maxTokens;
  const effort = prompt.reasoning && effortOf(prompt.reasoning);
  const thinks = THINKS.test(upstreamModel) || (effort !== undefined && effort !== 'none');
  const turns = withRemembered(prompt.turns, draft.memory, draft.owner);
  return {
    model: upstreamModel,
    input: turns.flatMap(itemsOf),
    // Nothing of a translated answer can be gone on from, so nothing of it need be kept there.
    store: false,
    ...(thinks ? { include: ['reasoning.encrypted_content'] } : {}),
    ...(maxTokens === undefined ? {} : { max_output_tokens: maxTokens }),
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(toolChoice && tools.length > 0 ? { tool_choice: choiceOf(toolChoice, tools) } : {}),
    ...(parallelTools === undefined || tools.length === 0 ? {} : { parallel_tool_calls: parallelTools }),
    ...(prompt.temperature === undefined ? {} : { temperature: prompt.temperature }),
    ...(prompt.topP === undefined ? {} : { top_p: prompt.topP }),
    ...(prompt.user === undefined ? {} : { user: prompt.user }),
    ...(prompt.cacheKey === undefined ? {} : { prompt_cache_key: prompt.cacheKey }),
    // `none` is left out: models that do not think refuse the word, and it is what they do.
    ...(effort === undefined || effort === 'none'
      ? {}
      : { reasoning: { effort: effort === 'max' ? 'xhigh' : effort } }),
    ...textOf(prompt),
    ...(prompt.stream ? { stream: true } : {}),
  };
}

function refuse(prompt: Prompt): void {
  if (prompt.topK !== undefined) throw unsupported('top_k', NO);
  if (prompt.seed !== undefined) throw unsupported('seed', NO);
  if (prompt.stop) throw unsupported('stop', 'OpenAI’s Responses know no stop sequences');
  if (prompt.presencePenalty) throw unsupported('presence_penalty', NO);
  if (prompt.frequencyPenalty) throw unsupported('frequency_penalty', NO);
  if (prompt.turns.at(-1)?.role === 'assistant')
    throw unsupported('messages', 'OpenAI’s Responses cannot continue an answer that was begun by the caller');
}

/** What stands in a row and belongs to one message becomes one; calls, results and reasoning are items of their own. */
function itemsOf({ role, parts }: Turn): Fields[] {
  const items: Fields[] = [];
  for (const part of parts) {
    if (part.type === 'reasoning') items.push(...reasoningItem(part));
    else if (part.type === 'call') items.push(callItem(part));
    else if (part.type === 'result') items.push(resultItem(part));
    else {
      const last = items.at(-1);
      const content = contentOf(part, role);
      if (last?.role === role) (last.content as Fields[]).push(content);
      else items.push({ role, content: [content] });
    }
  }
  return items;
}

function contentOf(part: Exclude<Part, { type: 'reasoning' | 'call' | 'result' }>, role: Turn['role']): Fields {
  if (role === 'assistant') {
    if (part.type === 'image') throw unsupported('messages', 'an assistant sends no images here');
    if (part.type === 'refusal') return { type: 'refusal', refusal: part.text };
    return { type: 'output_text', text: part.text };
  }
  if (part.type === 'text') return { type: 'input_text', text: part.text };
  if (part.type === 'image' && role === 'user') return imageContent(part);
  throw unsupported('messages', `a ${role} message of OpenAI’s Responses cannot carry ${part.type}`);
}

function imageContent(part: ImagePart): Fields {
  return { type: 'input_image', image_url: imageUrl(part), detail: part.detail ?? 'auto' };
}

/** Only as it was encrypted there; what others signed, or nobody did, it refuses. */
function reasoningItem({ from, signature, text, id }: ReasoningPart): Fields[] {
  if (from !== 'openai-responses' || !signature) return [];
  const summary = text === '' ? [] : [{ type: 'summary_text', text }];
  return [{ type: 'reasoning', ...(id === undefined ? {} : { id }), summary, encrypted_content: signature }];
}

function callItem(part: Extract<Part, { type: 'call' }>): Fields {
  const { id, name, arguments: written } = part;
  if (part.custom) return { type: 'custom_tool_call', call_id: id, name, input: written };
  return { type: 'function_call', call_id: id, name, arguments: written === '' ? '{}' : written };
}

/** Responses have no mark for a tool's failure: the text says it. */
function resultItem({ callId, parts, isError, custom }: ResultPart): Fields {
  const prefix = isError ? 'Error: ' : '';
  const isText = parts.every(({ type }) => type === 'text');
  const output = isText
    ? prefix + parts.map((part) => (part.type === 'text' ? part.text : '')).join('\n')
    : [...(isError ? [{ type: 'input_text', text: prefix }] : []), ...parts.map((part) => contentOf(part, 'user'))];
  return { type: custom ? 'custom_tool_call_output' : 'function_call_output', call_id: callId, output };
}

/** Strictness is the default here and nowhere else, so it is always said. */
function toolOf({ name, description, parameters, strict, custom }: Tool): Fields {
  const said = description === undefined ? {} : { description };
  if (custom) return { type: 'custom', name, ...said, ...(custom.format ? { format: custom.format } : {}) };
  return {
    type: 'function',
    name,
    ...said,
    parameters: parameters ?? { type: 'object', properties: {} },
    strict: strict ?? false,
  };
}

function choiceOf(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (choice.type === 'any') return 'required';
  if (choice.type !== 'tool') return choice.type;
  const isCustom = tools.some(({ name, custom }) => custom && name === choice.name);
  return { type: isCustom ? 'custom' : 'function', name: choice.name };
}

function textOf({ output, verbosity }: Prompt): Fields {
  if (!output && verbosity === undefined) return {};
  return {
    text: { ...(output ? { format: formatOf(output) } : {}), ...(verbosity === undefined ? {} : { verbosity }) },
  };
}

function formatOf(output: NonNullable<Prompt['output']>): Fields {
  if (output.type === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = output;
  return { type: 'json_schema', name, description, schema, strict };
}
