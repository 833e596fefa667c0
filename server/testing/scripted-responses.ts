// A pretend upstream that speaks OpenAI's Responses, for tests and labelled as such. It keeps a journal of what it saw.
import { responsesEvents } from '../gateway/protocols/suite/responses-events.ts';
import { responseOf } from '../gateway/protocols/suite/responses-upstream-words.ts';

type Fields = Record<string, unknown>;

/** What the next answer holds, item by item. */
export interface ResponsesScript {
  output?: readonly Fields[];
  /** Members of the response itself. */
  over?: Fields;
  status?: number;
  /** How a stream ends. */
  end?: 'completed' | 'cut' | 'failed' | 'error';
  /** Pause before each event, in ms. */
  delayMs?: number;
}

export interface ResponsesUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: { path: string; body: Fields; headers: Record<string, string>; aborted: boolean }[];
  script: ResponsesScript;
  /** What it sent last: the data of each event in order, or the whole answer. */
  sent: string[];
}

export const HELLO: Fields = {
  id: 'msg_scripted',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hello from the scripted upstream.', annotations: [], logprobs: [] }],
};

export function startResponsesUpstream(): ResponsesUpstream {
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const body = (await request.json()) as Fields;
      const headers = Object.fromEntries(request.headers);
      const entry = { path: new URL(request.url).pathname, body, headers, aborted: false };
      upstream.journal.push(entry);
      request.signal.addEventListener('abort', () => (entry.aborted = true));
      return answer(upstream, body);
    },
  });
  const upstream: ResponsesUpstream = {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    journal: [],
    script: {},
    sent: [],
    [Symbol.dispose]: () => void server.stop(true),
  };
  return upstream;
}

function answer(upstream: ResponsesUpstream, body: Fields): Response {
  const { status = 200, output = [HELLO], over } = upstream.script;
  if (status !== 200)
    return Response.json({ error: { message: `scripted ${status}`, type: 'invalid_request_error' } }, { status });
  const id = `resp_scripted_${upstream.journal.length}`;
  const whole = responseOf([...output], { id, model: body.model, store: body.store ?? true, ...over });
  if (!body.stream) {
    upstream.sent = [JSON.stringify(whole)];
    return new Response(upstream.sent[0], { headers: { 'content-type': 'application/json' } });
  }
  return new Response(stream(upstream, whole) as unknown as BodyInit, {
    headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req_scripted' },
  });
}

async function* stream({ script, sent }: ResponsesUpstream, whole: Fields): AsyncGenerator<Uint8Array> {
  sent.length = 0;
  const encoder = new TextEncoder();
  for (const data of endingAs(script, responsesEvents(whole))) {
    if (script.delayMs) await Bun.sleep(script.delayMs);
    sent.push(data);
    yield encoder.encode(`event: ${(JSON.parse(data) as { type: string }).type}\ndata: ${data}\n\n`);
  }
}

function endingAs({ end = 'completed' }: ResponsesScript, events: string[]): string[] {
  if (end === 'completed') return events;
  const begun = events.slice(0, -1);
  const error = { code: 'server_error', message: 'scripted failure' };
  if (end === 'failed') begun.push(JSON.stringify({ type: 'response.failed', response: { status: 'failed', error } }));
  if (end === 'error') begun.push(JSON.stringify({ type: 'error', ...error, param: null }));
  return begun;
}
