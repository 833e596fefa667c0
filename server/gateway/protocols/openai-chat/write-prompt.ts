// A prompt in the neutral form as a chat completion request.
import { effortOf } from '../anthropic-messages/thinking.ts';
import {
  type CallPart,
  imageUrl,
  type Part,
  plainText,
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
import { isSeal, signedWith, wantsSignatures } from './google-signatures.ts';

type Fields = Record<string, unknown>;

/** @throws AppError unsupported_parameter naming what chat completions cannot express. */
export function writeChatPrompt(
  prompt: Prompt,
  { upstreamModel, outputTokens, maxTokensField, memory, owner }: UpstreamDraft,
): Fields {
  if (prompt.topK !== undefined) throw unsupported('top_k', 'chat completions cannot express it');
  if (prompt.turns.at(-1)?.role === 'assistant')
    throw unsupported('messages', 'chat completions cannot continue an answer that was begun by the caller');
  const maxTokens = outputTokens ?? prompt.maxTokens;
  const signs = wantsSignatures(upstreamModel);
  const { toolChoice, parallelTools, tools } = prompt;
  return {
    model: upstreamModel,
    messages: (signs ? withRemembered(prompt.turns, memory, owner) : prompt.turns).flatMap((turn) =>
      messagesOf(turn, signs),
    ),
    ...(maxTokens === undefined ? {} : { [maxTokensField]: maxTokens }),
    ...(tools.length > 0 ? { tools: tools.map(toolOf) } : {}),
    ...(toolChoice && tools.length > 0 ? { tool_choice: choiceOf(toolChoice, tools) } : {}),
    ...(parallelTools === undefined || tools.length === 0 ? {} : { parallel_tool_calls: parallelTools }),
    ...numbers(prompt),
    ...(prompt.stop ? { stop: prompt.stop } : {}),
    ...(prompt.user === undefined ? {} : { user: prompt.user }),
    ...(prompt.cacheKey === undefined ? {} : { prompt_cache_key: prompt.cacheKey }),
    ...reasoningOf(prompt),
    ...(prompt.verbosity === undefined ? {} : { verbosity: prompt.verbosity }),
    ...(prompt.output ? { response_format: formatOf(prompt.output) } : {}),
    ...(prompt.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  };
}

function numbers(prompt: Prompt): Fields {
  const known: Fields = {
    temperature: prompt.temperature,
    top_p: prompt.topP,
    seed: prompt.seed,
    presence_penalty: prompt.presencePenalty,
    frequency_penalty: prompt.frequencyPenalty,
  };
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}

/** `none` is left out: models that do not think refuse the word, and it is what they do. */
function reasoningOf({ reasoning }: Prompt): Fields {
  if (!reasoning) return {};
  const effort = effortOf(reasoning);
  return effort === 'none' ? {} : { reasoning_effort: effort === 'max' ? 'xhigh' : effort };
}

function formatOf(output: NonNullable<Prompt['output']>): Fields {
  if (output.type === 'json') return { type: 'json_object' };
  const { name, description, schema, strict } = output;
  return { type: 'json_schema', json_schema: { name, description, schema, strict } };
}

function messagesOf({ role, parts }: Turn, signs: boolean): Fields[] {
  if (role === 'assistant') return [assistantMessage(parts, signs)];
  if (role === 'system') {
    if (parts.some(({ type }) => type !== 'text')) throw unsupported('system', 'a system message holds text only');
    return parts.length === 0 ? [] : [{ role, content: parts.length === 1 ? plainText(parts) : parts.map(contentOf) }];
  }
  // The results of tools stand first, each in a message of its own, right behind the calls.
  const results = parts.filter((part) => part.type === 'result').map(resultMessage);
  const rest = parts.filter(({ type }) => type !== 'result');
  if (rest.length === 0) return results;
  const [first] = rest;
  const content = rest.length === 1 && first?.type === 'text' ? first.text : rest.map(contentOf);
  return [...results, { role, content }];
}

function contentOf(part: Part): Fields {
  if (part.type === 'text') return { type: 'text', text: part.text };
  if (part.type === 'image') {
    const { detail } = part;
    return { type: 'image_url', image_url: { url: imageUrl(part), ...(detail === undefined ? {} : { detail }) } };
  }
  throw unsupported('messages', `chat completions cannot carry ${part.type} here`);
}

/** Chat completions have no mark for a tool's failure: the text says it. */
function resultMessage({ callId, parts, isError }: ResultPart): Fields {
  if (parts.some(({ type }) => type !== 'text'))
    throw unsupported('messages', 'a tool’s result in chat completions holds text only');
  const texts = parts.map((part) => (part.type === 'text' ? part.text : ''));
  return { role: 'tool', tool_call_id: callId, content: (isError ? 'Error: ' : '') + texts.join('\n') };
}

function assistantMessage(parts: readonly Part[], signs: boolean): Fields {
  if (parts.some(({ type }) => type === 'image')) throw unsupported('messages', 'an assistant sends no images here');
  const calls = parts.filter((part) => part.type === 'call');
  const text = plainText(parts);
  // Unsigned reasoning came from a model of this kind, and some want it back; what others signed it cannot read.
  const thought = parts.map((part) => (part.type === 'reasoning' && !part.signature ? part.text : '')).join('');
  const seals = signs ? parts.filter((part) => part.type === 'reasoning').filter(isSeal) : [];
  const ofText = seals.findLast(({ id }) => id === undefined);
  const refusal = parts.map((part) => (part.type === 'refusal' ? part.text : '')).join('');
  return {
    role: 'assistant',
    content: text === '' && (calls.length > 0 || refusal !== '') ? null : text,
    ...(refusal === '' ? {} : { refusal }),
    ...(thought === '' ? {} : { reasoning_content: thought }),
    ...(calls.length > 0 ? { tool_calls: calls.map((call) => ({ ...callOf(call), ...sealFor(call, seals) })) } : {}),
    ...(ofText ? signedWith(ofText.signature!) : {}),
  };
}

function sealFor({ id }: CallPart, seals: readonly ReasoningPart[]): Fields {
  const seal = seals.find((one) => one.id === id);
  return seal ? signedWith(seal.signature!) : {};
}

function callOf({ id, name, arguments: written, custom }: CallPart): Fields {
  if (custom) return { id, type: 'custom', custom: { name, input: written } };
  return { id, type: 'function', function: { name, arguments: written === '' ? '{}' : written } };
}

function toolOf({ name, description, parameters, strict, custom }: Tool): Fields {
  if (custom) {
    const format = custom.format === undefined ? {} : { format: nested(custom.format as Fields) };
    return { type: 'custom', custom: { name, ...(description === undefined ? {} : { description }), ...format } };
  }
  return {
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      ...(parameters === undefined ? {} : { parameters }),
      ...(strict === undefined ? {} : { strict }),
    },
  };
}

/** A grammar stands one level deeper than in Responses. */
function nested({ type, ...grammar }: Fields): Fields {
  return type === 'grammar' ? { type, grammar } : { type };
}

function choiceOf(choice: ToolChoice, tools: readonly Tool[]): unknown {
  if (choice.type === 'any') return 'required';
  if (choice.type === 'tool' && tools.some(({ name, custom }) => custom && name === choice.name))
    return { type: 'custom', custom: { name: choice.name } };
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}
