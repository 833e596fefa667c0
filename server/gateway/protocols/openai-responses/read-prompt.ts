// A Responses request as a prompt in the neutral form.
import type { ChatRequest } from '../../request-body.ts';
import {
  type ImagePart,
  type OutputFormat,
  parseDataUrl,
  type Part,
  type Prompt,
  type TextPart,
  type ToolChoice,
  type Turn,
  unsupported,
} from '../neutral.ts';
import { refuseUnknown } from '../known-shape.ts';
import { readCommonFields, readEffort, readVerbosity } from '../openai-fields.ts';
import { RESPONSES_FIELDS } from './known-fields.ts';
import { openReasoning } from './sealed-reasoning.ts';
import { joinedName, readTools } from './tools.ts';

type Fields = Record<string, unknown>;

const TARGET = 'the model behind this name speaks another format, which';
/** What can be asked for beside the answer, and is there. */
const INCLUDED: readonly unknown[] = ['reasoning.encrypted_content'];

/** @throws AppError unsupported_parameter naming what no other format can express. */
export function readResponsesPrompt(request: ChatRequest): Prompt {
  const { fields } = request;
  refuseUnknown(fields, RESPONSES_FIELDS, TARGET);
  refuseValues(fields);
  const prompt: Prompt = {
    turns: readTurns(fields),
    tools: readTools(request.tools, TARGET),
    stream: request.stream,
  };
  const choice = readChoice(fields.tool_choice);
  if (choice) prompt.toolChoice = choice;
  const output = readFormat(fields.text);
  if (output) prompt.output = output;
  if (request.maxTokens !== undefined) prompt.maxTokens = request.maxTokens;
  const reasoning = readEffort('reasoning.effort', (fields.reasoning as Fields | null | undefined)?.effort);
  if (reasoning) prompt.reasoning = reasoning;
  const verbosity = readVerbosity('text.verbosity', (fields.text as Fields | null | undefined)?.verbosity);
  if (verbosity) prompt.verbosity = verbosity;
  readCommonFields(fields, prompt);
  return prompt;
}

/** Fields of which only the value that changes nothing can be kept. */
function refuseValues(fields: Fields): void {
  const refuse = (name: string, detail: string) => {
    throw unsupported(name, detail);
  };
  const { instructions } = fields;
  if (instructions !== undefined && instructions !== null && typeof instructions !== 'string')
    refuse('instructions', 'a text is expected');
  for (const name of ['previous_response_id', 'conversation', 'prompt'])
    if (fields[name] !== undefined && fields[name] !== null)
      refuse(name, 'nothing is kept of earlier responses for this model: send the whole input');
  if (fields.store === true) refuse('store', 'responses are not stored here');
  if (fields.background === true) refuse('background', 'responses are not stored here');
  if (fields.truncation === 'auto') refuse('truncation', `${TARGET} cannot leave out a part of the input`);
  if (fields.top_logprobs) refuse('top_logprobs', `${TARGET} cannot express it`);
  const tier = fields.service_tier;
  if (tier !== undefined && tier !== null && tier !== 'auto' && tier !== 'default')
    refuse('service_tier', `${TARGET} cannot express it`);
  const unknown = Array.isArray(fields.include) && fields.include.find((one) => !INCLUDED.includes(one));
  if (unknown) refuse('include', `${TARGET} has no ${String(unknown).slice(0, 60)}`);
}

/** What the model said in one go is one turn, however many items it is; so are the results that answer it. */
function readTurns({ input, instructions }: Fields): Turn[] {
  const turns: Turn[] = typeof instructions === 'string' && instructions !== '' ? [system(instructions)] : [];
  if (typeof input === 'string') return [...turns, { role: 'user', parts: [{ type: 'text', text: input }] }];
  let joins = false;
  for (const [index, item] of (input as Fields[]).entries()) {
    const { role, parts, isMessage } = readItem(item, `input.${index}`);
    const last = turns.at(-1);
    if (last?.role === role && (joins || role === 'assistant') && !(isMessage && role !== 'assistant'))
      last.parts.push(...parts);
    else turns.push({ role, parts });
    joins = !isMessage;
  }
  return turns.filter(({ parts }) => parts.length > 0);
}

const system = (text: string): Turn => ({ role: 'system', parts: [{ type: 'text', text }] });

function readItem(item: Fields, at: string): Turn & { isMessage: boolean } {
  const { type } = item;
  if (type === undefined || type === 'message') return { ...readMessage(item, at), isMessage: true };
  if (type === 'function_call') {
    const { call_id, name, namespace, arguments: written } = item;
    const call: Part = {
      type: 'call',
      id: String(call_id ?? ''),
      name: joinedName(String(name ?? ''), namespace),
      arguments: typeof written === 'string' ? written : '',
    };
    return { role: 'assistant', parts: [call], isMessage: false };
  }
  if (type === 'custom_tool_call') {
    const { call_id, name, namespace, input } = item;
    const known = { id: String(call_id ?? ''), name: joinedName(String(name ?? ''), namespace) };
    const written = typeof input === 'string' ? input : '';
    return {
      role: 'assistant',
      parts: [{ type: 'call', ...known, arguments: written, custom: true }],
      isMessage: false,
    };
  }
  if (type === 'function_call_output' || type === 'custom_tool_call_output') {
    const parts = readContent(item.output, `${at}.output`) as (TextPart | ImagePart)[];
    const custom = type === 'custom_tool_call_output' ? ({ custom: true } as const) : {};
    const result: Part = { type: 'result', callId: String(item.call_id ?? ''), parts, ...custom };
    return { role: 'user', parts: [result], isMessage: false };
  }
  if (type === 'reasoning') return { role: 'assistant', parts: readReasoning(item), isMessage: false };
  throw unsupported(at, `${TARGET} has no items of type ${String(type).slice(0, 40)}`);
}

function readMessage({ role, content }: Fields, at: string): Turn {
  const parts = readContent(content, `${at}.content`);
  if (role === 'system' || role === 'developer') return { role: 'system', parts };
  if (role === 'user' || role === 'assistant') return { role, parts };
  throw unsupported(`${at}.role`, `the role ${String(role).slice(0, 40)} is not known here`);
}

/** Reasoning that another service encrypted cannot be read by anybody else: its summary is all there is. */
function readReasoning({ summary, content, encrypted_content: sealed }: Fields): Part[] {
  const opened = typeof sealed === 'string' ? openReasoning(sealed) : undefined;
  if (opened) return [opened];
  const texts = [content, summary].find((list) => Array.isArray(list) && list.length > 0) as Fields[] | undefined;
  const text = (texts ?? []).map((part) => String(part?.text ?? '')).join('\n\n');
  return text === '' ? [] : [{ type: 'reasoning', text }];
}

function readContent(content: unknown, at: string): Part[] {
  if (content === undefined || content === null || content === '') return [];
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw unsupported(at, 'text or a list of parts is expected');
  return (content as Fields[]).map((part, index) => readPart(part, `${at}.${index}`));
}

function readPart(value: Fields | null, at: string): Part {
  const part = value ?? {};
  const { type } = part;
  if (type === 'input_text' || type === 'output_text' || type === 'text')
    return { type: 'text', text: String(part.text ?? '') };
  if (type === 'refusal') return { type: 'refusal', text: String(part.refusal ?? '') };
  if (type === 'input_image' && typeof part.image_url === 'string') {
    const known = parseDataUrl(part.image_url);
    const { detail } = part;
    const source = known ?? { url: part.image_url };
    return { type: 'image', ...source, ...(typeof detail === 'string' ? { detail } : {}) };
  }
  throw unsupported(at, `${TARGET} cannot carry content of type ${String(type).slice(0, 40)}`);
}

function readChoice(value: unknown): ToolChoice | undefined {
  if (value === undefined || value === null) return undefined;
  if (value === 'auto' || value === 'none') return { type: value };
  if (value === 'required') return { type: 'any' };
  const { type, name, namespace } = value as Fields;
  if ((type === 'function' || type === 'custom') && typeof name === 'string')
    return { type: 'tool', name: joinedName(name, namespace) };
  throw unsupported('tool_choice', `${TARGET} knows auto, none, required or one tool`);
}

function readFormat(text: unknown): OutputFormat | undefined {
  const { format } = (text ?? {}) as Fields;
  if (format === undefined || format === null) return undefined;
  const { type, name, description, schema, strict } = format as Fields;
  if (type === 'text') return undefined;
  if (type === 'json_object') return { type: 'json' };
  if (type !== 'json_schema') throw unsupported('text.format', `${TARGET} cannot express it`);
  const said = typeof description === 'string' ? { description } : {};
  return { type: 'schema', name: String(name ?? 'answer'), ...said, schema, strict: strict === true };
}
