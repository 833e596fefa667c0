// The neutral form in which two different wire formats meet: a prompt, a whole answer, and the events of a stream.
import type { TokenUsage } from '../../ledger/ledger.ts';
import { AppError } from '../../lib/app-error.ts';

export interface TextPart {
  type: 'text';
  text: string;
  /** Where an upstream's prompt cache should end; Anthropic's `cache_control`. */
  cacheMark?: unknown;
}

/** A picture by address or as base64 data. */
export interface ImagePart {
  type: 'image';
  url?: string;
  mediaType?: string;
  data?: string;
  detail?: string;
}

/**
 * What a model thought. `signature` is opaque and goes back byte for byte, but only to the format it came from;
 * `redacted` marks reasoning whose text is not shown.
 */
export interface ReasoningPart {
  type: 'reasoning';
  text: string;
  signature?: string;
  redacted?: boolean;
  /** The format that signed it. */
  from?: 'anthropic-messages' | 'openai-responses' | 'gemini';
  /** Its own, or, where Gemini signs a call, that call's. */
  id?: string;
}

export interface CallPart {
  type: 'call';
  id: string;
  name: string;
  /** JSON text, as the model wrote it. */
  arguments: string;
  /** Of a free-form tool: `arguments` is any text. */
  custom?: true;
}

export interface ResultPart {
  type: 'result';
  callId: string;
  parts: (TextPart | ImagePart)[];
  isError?: boolean;
  /** Of a free-form tool. */
  custom?: true;
}

export interface RefusalPart {
  type: 'refusal';
  text: string;
}

export type Part = TextPart | ImagePart | ReasoningPart | CallPart | ResultPart | RefusalPart;

export interface Turn {
  role: 'system' | 'user' | 'assistant';
  parts: Part[];
}

export interface Tool {
  name: string;
  description?: string;
  /** JSON schema. */
  parameters?: unknown;
  strict?: boolean;
  cacheMark?: unknown;
  /** Free-form: called with any text, or text of this grammar. */
  custom?: { format?: unknown };
}

export type ToolChoice = { type: 'auto' | 'none' | 'any' } | { type: 'tool'; name: string };

export type OutputFormat =
  | { type: 'json' }
  | { type: 'schema'; name: string; description?: string; schema: unknown; strict: boolean };

export type Effort = 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';

export interface Prompt {
  turns: Turn[];
  tools: Tool[];
  toolChoice?: ToolChoice;
  parallelTools?: boolean;
  maxTokens?: number;
  temperature?: number;
  topP?: number;
  topK?: number;
  stop?: string[];
  seed?: number;
  presencePenalty?: number;
  frequencyPenalty?: number;
  output?: OutputFormat;
  /** How much to say: low, medium or high. */
  verbosity?: string;
  /** How hard to think; a budget in tokens where the client named one. */
  reasoning?: { effort?: Effort; budgetTokens?: number };
  /** The client's own name for its end user. */
  user?: string;
  /** What requests with the same beginning share; only a hint. */
  cacheKey?: string;
  stream: boolean;
}

export type Finish = 'stop' | 'length' | 'tool_calls' | 'content_filter';

export interface NeutralAnswer {
  parts: Part[];
  finish: Finish;
  /** The stop sequence that was met, where the upstream told. */
  stopSequence?: string;
  usage?: TokenUsage;
  /** The upstream's own word that the model failed: there is nothing to relay, though it may be charged. */
  failure?: string;
}

/** One step of a streamed answer. `index` tells parallel tool calls apart. */
export type NeutralEvent =
  | { type: 'text'; text: string }
  | { type: 'refusal'; text: string }
  | { type: 'reasoning'; text: string }
  /** Ends a run of reasoning; carries what signs it. */
  | { type: 'reasoningEnd'; part: ReasoningPart }
  | { type: 'call'; index: number; id: string; name: string; custom?: true }
  | { type: 'arguments'; index: number; text: string }
  | { type: 'usage'; usage: TokenUsage; final: boolean }
  | { type: 'finish'; finish: Finish; stopSequence?: string }
  | { type: 'done' }
  | { type: 'error'; error: unknown };

/** What a target cannot express is refused by name, never dropped. */
export function unsupported(param: string, detail: string): AppError {
  return new AppError('unsupported_parameter', { param, params: { param, detail } });
}

/** A tool call's arguments as an object; broken JSON is kept as text, so that nothing is lost. */
export function parseArguments(text: string): Record<string, unknown> {
  if (text.trim() === '') return {};
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  } catch {
    // Falls through.
  }
  return { raw: text };
}

/** `data:image/png;base64,…` taken apart; undefined for an ordinary address. */
export function parseDataUrl(url: string): { mediaType: string; data: string } | undefined {
  const match = /^data:([\w.+-]+\/[\w.+-]+)(?:;[^,]*)?;base64,/i.exec(url.slice(0, 200));
  return match ? { mediaType: match[1]!, data: url.slice(match[0].length) } : undefined;
}

export function imageUrl({ url, mediaType, data }: ImagePart): string {
  return url ?? `data:${mediaType};base64,${data}`;
}

/** Everything a model was paid for writing. */
export function writtenText(parts: readonly Part[]): string {
  let text = '';
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'reasoning' || part.type === 'refusal') text += part.text;
    else if (part.type === 'call') text += part.name + part.arguments;
  }
  return text;
}

/** Text parts as one string. */
export function plainText(parts: readonly Part[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
}

/** The schema of an answer, with what the format is for in its own words: where only a schema is taken. */
export function describedSchema({ schema, description }: Extract<OutputFormat, { type: 'schema' }>): unknown {
  if (description === undefined || typeof schema !== 'object' || schema === null) return schema;
  const { description: own } = schema as { description?: unknown };
  return { ...schema, description: typeof own === 'string' ? `${description}\n${own}` : description };
}

/** `medium` is what all models do unasked. @throws AppError unsupported_parameter. */
export function refuseVerbosity(verbosity: string | undefined, detail: string): void {
  if (verbosity !== undefined && verbosity !== 'medium') throw unsupported('verbosity', detail);
}
