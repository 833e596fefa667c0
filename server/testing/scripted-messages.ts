// A pretend upstream that speaks Anthropic's Messages, for tests and labelled as such. It keeps a journal of what it saw.

/** What the next answer holds, block by block. */
export interface MessagesScript {
  content?: readonly Record<string, unknown>[];
  stopReason?: string;
  usage?: Record<string, number>;
  status?: number;
  /** How a stream ends. */
  end?: 'stop' | 'cut' | 'error';
  /** Pause before each event, in ms. */
  delayMs?: number;
}

export interface MessagesUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: { path: string; body: Record<string, unknown>; headers: Record<string, string>; aborted: boolean }[];
  script: MessagesScript;
}

const USAGE = { input_tokens: 11, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 6 };

export function startMessagesUpstream(): MessagesUpstream {
  const journal: MessagesUpstream['journal'] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const body = (await request.json()) as Record<string, unknown>;
      const entry = {
        path: new URL(request.url).pathname,
        body,
        headers: Object.fromEntries(request.headers),
        aborted: false,
      };
      journal.push(entry);
      request.signal.addEventListener('abort', () => (entry.aborted = true));
      if (entry.path.endsWith('/count_tokens') && !upstream.script.status) return Response.json({ input_tokens: 1234 });
      return answer(upstream.script, body);
    },
  });
  const upstream: MessagesUpstream = {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    journal,
    script: {},
    [Symbol.dispose]: () => void server.stop(true),
  };
  return upstream;
}

function answer(script: MessagesScript, body: Record<string, unknown>): Response {
  const { status = 200 } = script;
  if (status !== 200) {
    const error = { type: 'overloaded_error', message: `scripted ${status}` };
    return Response.json({ type: 'error', error }, { status });
  }
  if (!body.stream) return Response.json(message(script, body));
  return new Response(stream(script, body) as unknown as BodyInit, {
    headers: { 'content-type': 'text/event-stream', 'request-id': 'req_scripted' },
  });
}

function message(script: MessagesScript, body: Record<string, unknown>): Record<string, unknown> {
  return {
    id: 'msg_scripted',
    type: 'message',
    role: 'assistant',
    model: body.model,
    content: script.content ?? [{ type: 'text', text: 'Hello from the scripted upstream.' }],
    stop_reason: script.stopReason ?? 'end_turn',
    stop_sequence: null,
    usage: { ...USAGE, ...script.usage },
  };
}

async function* stream(script: MessagesScript, body: Record<string, unknown>): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const event = (data: Record<string, unknown>) =>
    encoder.encode(`event: ${data.type as string}\ndata: ${JSON.stringify(data)}\n\n`);
  const whole = message(script, body);
  const usage = whole.usage as Record<string, number>;
  const start = { ...whole, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } };
  yield event({ type: 'message_start', message: start });
  yield event({ type: 'ping' });
  for (const [index, block] of (whole.content as Record<string, unknown>[]).entries()) {
    for (const data of blockEvents(index, block)) {
      if (script.delayMs) await Bun.sleep(script.delayMs);
      yield event(data);
    }
  }
  if (script.end === 'cut') return;
  if (script.end === 'error')
    return yield event({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
  const delta = { stop_reason: whole.stop_reason, stop_sequence: null };
  yield event({ type: 'message_delta', delta, usage: { output_tokens: usage.output_tokens } });
  yield event({ type: 'message_stop' });
}

function* blockEvents(index: number, block: Record<string, unknown>): Generator<Record<string, unknown>> {
  const delta = (value: Record<string, unknown>) => ({ type: 'content_block_delta', index, delta: value });
  const begin = (content_block: Record<string, unknown>) => ({ type: 'content_block_start', index, content_block });
  if (block.type === 'text') {
    yield begin({ type: 'text', text: '' });
    for (const text of String(block.text).match(/\S+\s*/g) ?? []) yield delta({ type: 'text_delta', text });
  } else if (block.type === 'thinking') {
    yield begin({ type: 'thinking', thinking: '', signature: '' });
    for (const thinking of String(block.thinking).match(/\S+\s*/g) ?? [])
      yield delta({ type: 'thinking_delta', thinking });
    yield delta({ type: 'signature_delta', signature: block.signature });
  } else if (block.type === 'tool_use') {
    yield begin({ ...block, input: {} });
    const json = JSON.stringify(block.input);
    for (let at = 0; at < json.length; at += 7)
      yield delta({ type: 'input_json_delta', partial_json: json.slice(at, at + 7) });
  } else yield begin(block);
  yield { type: 'content_block_stop', index };
}
