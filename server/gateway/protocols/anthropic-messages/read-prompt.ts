// A request of Anthropic's Messages as a prompt in the neutral form.
import type { ChatMessage, ChatRequest } from '../../request-body.ts';
import {
  type ImagePart,
  type OutputFormat,
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
import { openReasoning } from '../openai-responses/sealed-reasoning.ts';
import { MESSAGES_FIELDS } from './known-fields.ts';
import { readThinking } from './thinking.ts';

type Block = Record<string, unknown>;

const TARGET = 'the model behind this name speaks another format, which';
const NO = `${TARGET} cannot express it`;

/** @throws AppError unsupported_parameter naming what no other format can express. */
export function readMessagesPrompt(request: ChatRequest): Prompt {
  const { fields } = request;
  refuseUnknown(fields, MESSAGES_FIELDS, TARGET);
  refuseEdits(fields.context_management);
  const system: Turn[] = isEmpty(fields.system)
    ? []
    : [{ role: 'system', parts: readContent(fields.system, 'system') }];
  const prompt: Prompt = {
    turns: [...system, ...request.messages.map(readMessage)],
    tools: request.tools.map(readTool),
    stream: request.stream,
  };
  if (request.maxTokens !== undefined) prompt.maxTokens = request.maxTokens;
  const { type, disable_parallel_tool_use: single } = (fields.tool_choice ?? {}) as Block;
  if (type !== undefined) prompt.toolChoice = readChoice(fields.tool_choice as Block);
  if (single === true) prompt.parallelTools = false;
  const reasoning = readThinking(fields.thinking, fields.output_config);
  if (reasoning) prompt.reasoning = reasoning;
  const output = readFormat((fields.output_config as Block | undefined)?.format);
  if (output) prompt.output = output;
  const user = (fields.metadata as Block | undefined)?.user_id;
  if (typeof user === 'string') prompt.user = user;
  readNumbers(fields, prompt);
  if (Array.isArray(fields.stop_sequences) && fields.stop_sequences.length > 0)
    prompt.stop = fields.stop_sequences.map(String);
  return prompt;
}

function readNumbers(fields: Block, prompt: Prompt): void {
  for (const [name, key] of NUMBERS) {
    const value = fields[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'number') throw unsupported(name, 'a number is expected');
    prompt[key] = value;
  }
}

const NUMBERS = [
  ['temperature', 'temperature'],
  ['top_p', 'topP'],
  ['top_k', 'topK'],
] as const;

const isEmpty = (value: unknown) => value === undefined || value === null || value === '';

/** Clearing old thinking only saves tokens, and other formats never send it twice; all else would change the prompt. */
function refuseEdits(value: unknown): void {
  const edits = (value as { edits?: unknown } | null | undefined)?.edits ?? [];
  const clears = (edit: { type?: unknown } | null) => String(edit?.type).startsWith('clear_thinking');
  if (!Array.isArray(edits) || !edits.every(clears)) throw unsupported('context_management', NO);
}

function readMessage(message: ChatMessage, index: number): Turn {
  const { role, content } = message;
  return { role: role as Turn['role'], parts: readContent(content, `messages.${index}.content`) };
}

function readContent(content: unknown, at: string): Part[] {
  if (isEmpty(content)) return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw unsupported(at, 'text or a list of blocks is expected');
  return (content as Block[]).map((block, index) => readBlock(block, `${at}.${index}`));
}

function readBlock(block: Block, at: string): Part {
  switch (block?.type) {
    case 'text':
      return {
        type: 'text',
        text: String(block.text ?? ''),
        ...(block.cache_control ? { cacheMark: block.cache_control } : {}),
      };
    case 'image':
      return readImage((block.source ?? {}) as Block, at);
    case 'thinking':
      return openedOr(block.signature, {
        type: 'reasoning',
        text: String(block.thinking ?? ''),
        ...signedBy(block.signature),
      });
    case 'redacted_thinking':
      return openedOr(block.data, { type: 'reasoning', text: '', redacted: true, ...signedBy(block.data) });
    case 'tool_use': {
      const { id, name, input } = block;
      return { type: 'call', id: String(id), name: String(name), arguments: JSON.stringify(input ?? {}) };
    }
    case 'tool_result':
      return {
        type: 'result',
        callId: String(block.tool_use_id ?? ''),
        parts: readContent(block.content, `${at}.content`) as (TextPart | ImagePart)[],
        ...(block.is_error === true ? { isError: true } : {}),
      };
    default:
      throw unsupported(at, `${TARGET} cannot carry content of type ${String(block?.type).slice(0, 40)}`);
  }
}

/** Another format's reasoning, as it was sealed for this client; else what stands there. */
function openedOr(signature: unknown, part: ReasoningPart): ReasoningPart {
  return (typeof signature === 'string' ? openReasoning(signature) : undefined) ?? part;
}

function signedBy(signature: unknown): { signature?: string; from?: 'anthropic-messages' } {
  return typeof signature === 'string' && signature !== '' ? { signature, from: 'anthropic-messages' } : {};
}

function readImage({ type, url, media_type: mediaType, data }: Block, at: string): ImagePart {
  if (type === 'url' && typeof url === 'string') return { type: 'image', url };
  if (type === 'base64' && typeof data === 'string') return { type: 'image', mediaType: String(mediaType), data };
  throw unsupported(`${at}.source`, `${TARGET} knows images by address or as base64 only`);
}

function readTool(tool: unknown, index: number): Tool {
  const { type, name, description, input_schema: parameters, strict, ...rest } = (tool ?? {}) as Block;
  if (type !== undefined && type !== null && type !== 'custom')
    throw unsupported(`tools.${index}`, `${TARGET} does not know tools of type ${String(type).slice(0, 40)}`);
  return {
    name: String(name),
    ...(typeof description === 'string' ? { description } : {}),
    ...(parameters ? { parameters } : {}),
    ...(typeof strict === 'boolean' ? { strict } : {}),
    ...(rest.cache_control ? { cacheMark: rest.cache_control } : {}),
  };
}

function readChoice({ type, name }: Block): ToolChoice {
  if (type === 'auto' || type === 'any' || type === 'none') return { type };
  if (type === 'tool') return { type, name: String(name) };
  throw unsupported('tool_choice', NO);
}

function readFormat(value: unknown): OutputFormat | undefined {
  if (isEmpty(value)) return undefined;
  const { type, schema } = value as Block;
  if (type !== 'json_schema') throw unsupported('output_config.format', NO);
  return { type: 'schema', name: 'answer', schema, strict: true };
}
