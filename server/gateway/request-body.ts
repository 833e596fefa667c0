// A small guard for relayed bodies: checks only what the gateway itself reads. Unknown fields travel on.
import { AppError } from '../lib/app-error.ts';
import { readJson } from '../http/body.ts';

/** Largest relayed body; images travel in it as data URLs. */
export const MAX_BODY_BYTES = 32 * 1024 * 1024;
export const MAX_MESSAGES = 10_000;
const MAX_TOOLS = 1_024;
const MAX_MODEL_NAME = 256;
const MAX_ANSWERS = 128;

export interface ChatMessage {
  role: string;
  content?: unknown;
  [field: string]: unknown;
}

/** A chat completion request as the gateway understands it; `fields` is the whole body as it came. */
export interface ChatRequest {
  fields: Record<string, unknown>;
  model: string;
  messages: ChatMessage[];
  tools: unknown[];
  stream: boolean;
  wantsUsage: boolean;
  /** The client's own output cap, by either name. */
  maxTokens: number | undefined;
  answers: number;
}

/** @throws AppError invalid_json, body_too_large. */
export function readBody(request: Request): Promise<unknown> {
  return readJson(request, MAX_BODY_BYTES);
}

/** @throws AppError invalid_body, invalid_parameter. */
export function checkChatRequest(value: unknown): ChatRequest {
  const common = checkCommon(value);
  const { fields } = common;
  return {
    ...common,
    wantsUsage: includeUsage(fields.stream_options),
    maxTokens: smallest(wholeOrNone(fields, 'max_completion_tokens', 1), wholeOrNone(fields, 'max_tokens', 1)),
    answers: wholeOrNone(fields, 'n', 1, MAX_ANSWERS) ?? 1,
  };
}

/** What requests with messages have in common, whoever invented them. @throws AppError invalid_body, invalid_parameter. */
export function checkCommon(value: unknown): Pick<ChatRequest, 'fields' | 'model' | 'messages' | 'tools' | 'stream'> {
  const fields = fieldsOf(value);
  const { messages, tools, stream } = fields;
  const model = checkModelName(fields.model);
  if (!Array.isArray(messages) || messages.length === 0)
    throw wrong('messages', 'a list with at least one message is expected');
  if (messages.length > MAX_MESSAGES) throw wrong('messages', `at most ${MAX_MESSAGES} messages are accepted`);
  messages.forEach(checkMessage);
  if (tools !== undefined && tools !== null && !Array.isArray(tools)) throw wrong('tools', 'a list is expected');
  if (Array.isArray(tools) && tools.length > MAX_TOOLS) throw wrong('tools', `at most ${MAX_TOOLS} tools are accepted`);
  if (stream !== undefined && stream !== null && typeof stream !== 'boolean')
    throw wrong('stream', 'true or false is expected');
  return {
    fields,
    model,
    messages: messages as ChatMessage[],
    tools: Array.isArray(tools) ? tools : [],
    stream: stream === true,
  };
}

/** The body as an object. @throws AppError invalid_body. */
export function fieldsOf(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new AppError('invalid_body', { params: { detail: 'a JSON object is expected' } });
  return value as Record<string, unknown>;
}

/** @throws AppError invalid_parameter. */
export function checkModelName(model: unknown): string {
  if (typeof model !== 'string' || model === '' || model.length > MAX_MODEL_NAME || /\p{Cc}/u.test(model))
    throw wrong('model', `a name of 1 to ${MAX_MODEL_NAME} characters is expected`);
  return model;
}

function checkMessage(message: unknown, index: number): void {
  if (typeof message !== 'object' || message === null || Array.isArray(message))
    throw wrong(`messages.${index}`, 'an object is expected');
  const { role, content } = message as ChatMessage;
  if (typeof role !== 'string' || role === '') throw wrong(`messages.${index}.role`, 'a role is expected');
  if (content === undefined || content === null || typeof content === 'string') return;
  const parts: unknown = content;
  if (!Array.isArray(parts) || parts.some((part) => typeof part !== 'object' || part === null))
    throw wrong(`messages.${index}.content`, 'text or a list of parts is expected');
}

function includeUsage(options: unknown): boolean {
  if (options === undefined || options === null) return false;
  if (typeof options !== 'object') throw wrong('stream_options', 'an object is expected');
  return (options as { include_usage?: unknown }).include_usage === true;
}

/** @throws AppError invalid_parameter */
export function wholeOrNone(
  fields: Record<string, unknown>,
  name: string,
  min: number,
  max = Number.MAX_SAFE_INTEGER,
): number | undefined {
  const value = fields[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw wrong(name, `a whole number from ${min} to ${max} is expected`);
  return value;
}

function smallest(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.min(a, b);
}

function wrong(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
