// Whole answers taken apart into the events an upstream would stream, and a client's stream put together again.
import { SseParser } from '../sse.ts';

type Fields = Record<string, unknown>;

/** Pieces of three characters, so that nothing depends on where an upstream cuts. */
const pieces = (text: string) => text.match(/.{1,3}/gsu) ?? [];

/** The data of each event of a chat stream that says what the whole answer says. */
export function chatEvents(whole: Fields): string[] {
  const { choices, usage, ...head } = whole as { choices: Fields[] } & Fields;
  const { message, finish_reason: finish } = choices[0]! as { message: Fields; finish_reason: string };
  const chunk = (delta: Fields, reason: string | null = null, more: Fields = {}) =>
    JSON.stringify({
      ...head,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: reason }],
      ...more,
    });
  const calls = (message.tool_calls ?? []) as {
    id: string;
    function: { name: string; arguments: string };
    custom?: { name: string; input: string };
    extra_content?: unknown;
  }[];
  return [
    chunk({ role: 'assistant', content: '' }),
    ...pieces(String(message.reasoning_content ?? '')).map((text) => chunk({ reasoning_content: text })),
    ...pieces(String(message.content ?? '')).map((content) => chunk({ content })),
    ...calls.flatMap(({ id, custom, function: known, ...rest }, index) => {
      if (custom)
        return [
          chunk({ tool_calls: [{ index, id, type: 'custom', custom: { name: custom.name, input: '' } }] }),
          ...pieces(custom.input).map((input) => chunk({ tool_calls: [{ index, custom: { input } }] })),
        ];
      const { name, arguments: written } = known;
      return [
        chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' }, ...rest }] }),
        ...pieces(written).map((text) => chunk({ tool_calls: [{ index, function: { arguments: text } }] })),
      ];
    }),
    chunk({}, finish),
    JSON.stringify({ ...head, object: 'chat.completion.chunk', choices: [], usage }),
    '[DONE]',
  ];
}

/** The same for a stream of Messages. @param cut how text is cut into deltas. */
export function messagesEvents(whole: Fields, cut: (text: string) => string[] = pieces): string[] {
  const { content, stop_reason, stop_sequence, usage } = whole as { content: Fields[]; usage: Fields } & Fields;
  const message = {
    ...whole,
    content: [],
    stop_reason: null,
    usage: { ...usage, output_tokens: 1, output_tokens_details: null },
  };
  const events: Fields[] = [{ type: 'message_start', message }, { type: 'ping' }];
  for (const [index, block] of content.entries()) {
    const { start, deltas } = blockEvents(block, cut);
    events.push({ type: 'content_block_start', index, content_block: start });
    for (const delta of deltas) events.push({ type: 'content_block_delta', index, delta });
    events.push({ type: 'content_block_stop', index });
  }
  const { output_tokens, output_tokens_details } = usage;
  const told = { output_tokens, output_tokens_details };
  events.push({ type: 'message_delta', delta: { stop_reason, stop_sequence }, usage: told });
  return [...events, { type: 'message_stop' }].map((event) => JSON.stringify(event));
}

function blockEvents(block: Fields, cut: (text: string) => string[]): { start: Fields; deltas: Fields[] } {
  if (block.type === 'text')
    return {
      start: { type: 'text', text: '' },
      deltas: cut(String(block.text)).map((text) => ({ type: 'text_delta', text })),
    };
  if (block.type === 'thinking') {
    const deltas: Fields[] = pieces(String(block.thinking)).map((thinking) => ({ type: 'thinking_delta', thinking }));
    deltas.push({ type: 'signature_delta', signature: block.signature });
    return { start: { type: 'thinking', thinking: '', signature: '' }, deltas };
  }
  if (block.type !== 'tool_use') return { start: block, deltas: [] };
  const deltas = pieces(JSON.stringify(block.input)).map((partial_json) => ({
    type: 'input_json_delta',
    partial_json,
  }));
  return { start: { ...block, input: {} }, deltas };
}

/** A client's stream as the whole answer it amounts to. */
export function assembled(client: string, stream: string): Fields {
  const events = new SseParser().push(new TextEncoder().encode(stream)).filter((data) => data !== '[DONE]');
  const parsed = events.map((data) => JSON.parse(data) as Fields);
  if (client === 'openai-responses') return parsed.at(-1)!.response as Fields;
  return client === 'anthropic-messages' ? assembledMessage(parsed) : assembledCompletion(parsed);
}

function assembledCompletion(chunks: Fields[]): Fields {
  const message: Fields = {};
  const calls: AssembledCall[] = [];
  let finish: unknown = null;
  let usage: unknown;
  for (const chunk of chunks) {
    usage = chunk.usage ?? usage;
    for (const { delta, finish_reason: reason } of chunk.choices as { delta: Fields; finish_reason: unknown }[]) {
      finish = reason ?? finish;
      for (const [name, value] of Object.entries(delta))
        if (name === 'tool_calls') (value as Fields[]).forEach((piece) => addCall(calls, piece));
        else if (Array.isArray(value))
          message[name] = [...((message[name] ?? []) as unknown[]), ...(value as unknown[])];
        else if (name === 'role' || typeof message[name] !== 'string') message[name] = value;
        else message[name] = `${message[name]}${String(value)}`;
    }
  }
  if (calls.length > 0) message.tool_calls = calls;
  return { ...chunks[0], choices: [{ index: 0, message, finish_reason: finish }], usage };
}

interface AssembledCall {
  function: { arguments: string };
  custom?: { input: string };
}

function addCall(calls: AssembledCall[], piece: Fields): void {
  const { index, ...call } = piece as unknown as { index: number } & AssembledCall;
  const known = calls[index];
  if (known?.custom) known.custom.input += call.custom!.input;
  else if (known) known.function.arguments += call.function.arguments;
  else calls[index] = structuredClone(call);
}

function assembledMessage(events: Fields[]): Fields {
  let message: Fields = {};
  const content: Fields[] = [];
  const json = new Map<number, string>();
  for (const event of events) {
    const at = event.index as number;
    if (event.type === 'message_start') message = event.message as Fields;
    if (event.type === 'content_block_start') content[at] = { ...(event.content_block as Fields) };
    if (event.type === 'content_block_delta')
      addDelta(content[at]!, event.delta as Fields, (text) => json.set(at, (json.get(at) ?? '') + text));
    if (event.type === 'content_block_stop' && json.get(at)) content[at]!.input = JSON.parse(json.get(at)!) as unknown;
    if (event.type === 'message_delta')
      message = {
        ...message,
        ...(event.delta as Fields),
        usage: { ...(message.usage as Fields), ...(event.usage as Fields) },
      };
  }
  return { ...message, content };
}

function addDelta(block: Fields, delta: Fields, addJson: (text: string) => void): void {
  if (typeof delta.partial_json === 'string') addJson(delta.partial_json);
  else
    for (const [name, value] of Object.entries(delta))
      if (name !== 'type') block[name] = `${String(block[name] ?? '')}${String(value)}`;
}
