// A chat completion request as a prompt in the neutral form.
import type { ChatMessage, ChatRequest } from '../../request-body.ts';
import {
  type CallPart,
  type ImagePart,
  type OutputFormat,
  parseDataUrl,
  type Part,
  type Prompt,
  type ReasoningPart,
  type TextPart,
  type Tool,
  type ToolChoice,
  type Turn,
  unsupported,
} from '../neutral.ts';
import { refuseUnknown } from '../known-shape.ts';
import { readCommonFields, readEffort, readVerbosity } from '../openai-fields.ts';
import { CHAT_FIELDS } from './known-fields.ts';
import { sealOf, signatureIn } from './google-signatures.ts';
import { detailsToReasoning } from './reasoning-details.ts';

type Fields = Record<string, unknown>;

const TARGET = 'the model behind this name speaks another format, which';

/** @throws AppError unsupported_parameter naming what no other format can express. */
export function readChatPrompt(request: ChatRequest): Prompt {
  const { fields } = request;
  refuseUnknown(fields, CHAT_FIELDS, TARGET);
  refuseValues(fields);
  const prompt: Prompt = {
    turns: markCustom(request.messages.map(readMessage)),
    tools: request.tools.map(readTool),
    stream: request.stream,
  };
  const choice = readChoice(fields.tool_choice);
  if (choice) prompt.toolChoice = choice;
  const output = readFormat(fields.response_format);
  if (output) prompt.output = output;
  if (request.maxTokens !== undefined) prompt.maxTokens = request.maxTokens;
  const reasoning = readEffort('reasoning_effort', fields.reasoning_effort);
  if (reasoning) prompt.reasoning = reasoning;
  const verbosity = readVerbosity('verbosity', fields.verbosity);
  if (verbosity) prompt.verbosity = verbosity;
  readCommonFields(fields, prompt);
  return prompt;
}

/** A result does not say of what kind its call was. */
function markCustom(turns: Turn[]): Turn[] {
  const custom = new Set<string>();
  for (const part of turns.flatMap(({ parts }) => parts)) {
    if (part.type === 'call' && part.custom) custom.add(part.id);
    if (part.type === 'result' && custom.has(part.callId)) part.custom = true;
  }
  return turns;
}

/** Fields of which only the value that changes nothing can be kept. */
function refuseValues({ n, logprobs, store, service_tier: tier, modalities }: Fields): void {
  if (n !== undefined && n !== null && n !== 1) throw unsupported('n', `${TARGET} gives one answer only`);
  if (logprobs) throw unsupported('logprobs', `${TARGET} cannot express it`);
  if (store) throw unsupported('store', `${TARGET} cannot express it`);
  if (tier !== undefined && tier !== null && tier !== 'auto' && tier !== 'default')
    throw unsupported('service_tier', `${TARGET} cannot express it`);
  if (Array.isArray(modalities) && modalities.some((mode) => mode !== 'text'))
    throw unsupported('modalities', `${TARGET} answers with text only`);
}

/** What else of an answer a client repeats that another model would miss; the rest, such as notes, it would not. */
const NOT_REPEATED = ['name', 'audio', 'function_call', 'images'];

function readMessage(message: ChatMessage, index: number): Turn {
  const at = `messages.${index}`;
  const { role } = message;
  if (role === 'system' || role === 'developer') return { role: 'system', parts: readContent(message.content, at) };
  if (role === 'user') return { role, parts: readContent(message.content, at) };
  if (role === 'tool') {
    const parts = readContent(message.content, at) as (TextPart | ImagePart)[];
    return { role: 'user', parts: [{ type: 'result', callId: String(message.tool_call_id ?? ''), parts }] };
  }
  if (role !== 'assistant') throw unsupported(`${at}.role`, `the role ${role.slice(0, 40)} is not known here`);
  for (const name of NOT_REPEATED)
    if (message[name] !== undefined && message[name] !== null)
      throw unsupported(`${at}.${name}`, `${TARGET} cannot express it`);
  const refusal: Part[] = typeof message.refusal === 'string' ? [{ type: 'refusal', text: message.refusal }] : [];
  const reasoning = readReasoning(message);
  return {
    role,
    parts: [
      ...[...reasoning, ...readSignatures(message, reasoning)],
      ...[...readContent(message.content, at), ...refusal, ...readCalls(message, at)],
    ],
  };
}

/** Google's signatures, where the details beside them do not tell the same. */
function readSignatures(message: ChatMessage, known: readonly ReasoningPart[]): ReasoningPart[] {
  const calls = Array.isArray(message.tool_calls) ? (message.tool_calls as (Fields | null)[]) : [];
  const ofCalls = calls.flatMap((call) => {
    const signature = signatureIn(call);
    return signature === undefined ? [] : [sealOf(signature, String(call?.id ?? ''))];
  });
  const ofText = signatureIn(message);
  const seals = ofText === undefined ? ofCalls : [...ofCalls, sealOf(ofText)];
  return seals.filter(({ signature }) => !known.some((part) => part.signature === signature));
}

/** What a client brings back of the answer's reasoning: signed where it keeps the details, else only the text. */
function readReasoning(message: ChatMessage): ReasoningPart[] {
  const signed = detailsToReasoning(message.reasoning_details);
  if (signed.length > 0) return signed;
  const text = [message.reasoning_content, message.reasoning].find((value) => typeof value === 'string' && value);
  return typeof text === 'string' ? [{ type: 'reasoning', text }] : [];
}

function readContent(content: unknown, at: string): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return (content as Fields[]).map((part, index) => readPart(part, `${at}.content.${index}`));
}

function readPart(part: Fields, at: string): Part {
  const { type, cache_control: cacheMark } = part;
  if (type === 'text') {
    return { type: 'text', text: String(part.text ?? ''), ...(cacheMark ? { cacheMark } : {}) };
  }
  if (type === 'refusal') return { type: 'refusal', text: String(part.refusal ?? '') };
  if (type === 'image_url') {
    const { url, detail } = (
      typeof part.image_url === 'string' ? { url: part.image_url } : (part.image_url ?? {})
    ) as Fields;
    if (typeof url !== 'string') throw unsupported(`${at}.image_url`, 'an address or data is expected');
    const known = parseDataUrl(url);
    return { type: 'image', ...(known ?? { url }), ...(typeof detail === 'string' ? { detail } : {}) };
  }
  throw unsupported(at, `${TARGET} cannot carry content of type ${String(type).slice(0, 40)}`);
}

function readCalls(message: ChatMessage, at: string): CallPart[] {
  if (!Array.isArray(message.tool_calls)) return [];
  return (message.tool_calls as Fields[]).map((call, index) => {
    const free = call?.type === 'custom' ? ((call.custom ?? {}) as Fields) : undefined;
    if (typeof free?.name === 'string')
      return { type: 'call', id: String(call.id ?? ''), name: free.name, arguments: String(free.input), custom: true };
    const { name, arguments: written } = (call?.function ?? {}) as Fields;
    if (typeof name !== 'string')
      throw unsupported(`${at}.tool_calls.${index}`, `${TARGET} knows only calls of type function`);
    return { type: 'call', id: String(call.id ?? ''), name, arguments: typeof written === 'string' ? written : '' };
  });
}

function readTool(tool: unknown, index: number): Tool {
  const { type, function: known, custom: free, cache_control: cacheMark } = (tool ?? {}) as Fields;
  if (type === 'custom' && typeof free === 'object' && free !== null) return readCustomTool(free as Fields);
  if ((type !== undefined && type !== 'function') || typeof known !== 'object' || known === null)
    throw unsupported(`tools.${index}`, `${TARGET} knows only tools of type function or custom`);
  const { name, description, parameters, strict } = known as Fields;
  return {
    name: String(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(cacheMark ? { cacheMark } : {}),
  };
}

function readCustomTool({ name, description, format }: Fields): Tool {
  const { type, grammar } = (format ?? {}) as Fields;
  return {
    name: String(name),
    ...(typeof description === 'string' ? { description } : {}),
    custom: format ? { format: { type, ...(grammar as Fields | undefined) } } : {},
  };
}

function readChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none') return { type: value };
  if (value === 'required') return { type: 'any' };
  const { type, function: asked, custom } = value as Record<string, { name?: unknown } | undefined>;
  const name = (asked ?? custom)?.name;
  if (typeof name === 'string' && ['function', 'custom', undefined].includes(type as never))
    return { type: 'tool', name };
  throw unsupported('tool_choice', `${TARGET} knows auto, none, required or one tool`);
}

function readFormat(value: unknown): OutputFormat | undefined {
  if (value === undefined || value === null) return undefined;
  const { type, json_schema: asked } = value as Fields;
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema' || typeof asked !== 'object' || asked === null)
    throw unsupported('response_format', `${TARGET} cannot express it`);
  const { name, description, schema, strict } = asked as Fields;
  const said = typeof description === 'string' ? { description } : {};
  return { type: 'schema', name: String(name ?? 'answer'), ...said, schema, strict: strict === true };
}
