// A pretend upstream for tests, labelled as such, that speaks chat completions, Responses and Messages alike. It answers “hello” with
// hello, else calls the first tool it is offered, tells what a tool's result said, fails on “fail” and breaks its stream on “break”.
import { responsesEvents } from '../gateway/protocols/suite/responses-events.ts';
import { responseOf } from '../gateway/protocols/suite/responses-upstream-words.ts';
import { chatEvents, messagesEvents } from '../gateway/protocols/suite/stream-words.ts';

type Fields = Record<string, unknown>;

export interface ToolUpstreams extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: { path: string; body: Fields }[];
}

/** What is said next, whatever the format. */
interface Said {
  text?: string;
  call?: { name: string; input: Fields };
}

/** @param input what the tool is called with. @param wanted the tool's name; else the first one offered is called. */
export function startToolUpstreams(input: Fields = { city: 'Bern' }, wanted?: string): ToolUpstreams {
  const journal: ToolUpstreams['journal'] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    async fetch(request) {
      const { pathname } = new URL(request.url);
      const body = (await request.json()) as Fields;
      journal.push({ path: pathname, body });
      const { write, events: eventsOf, isNamed } = formatAt(pathname);
      const last = lastOf(body);
      if (lastText(last) === 'fail')
        return Response.json(
          { error: { type: 'invalid_request_error', message: 'scripted failure' } },
          { status: 400 },
        );
      const whole = write(say(body, last, input, wanted));
      if (!body.stream) return Response.json(whole);
      const events = eventsOf(whole);
      const sent = lastText(last) === 'break' ? events.slice(0, 3) : events;
      const named = (data: string) => (isNamed ? `event: ${(JSON.parse(data) as { type: string }).type}\n` : '');
      const text = sent.map((data) => `${named(data)}data: ${data}\n\n`).join('');
      return new Response(text, { headers: { 'content-type': 'text/event-stream' } });
    },
  });
  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    journal,
    [Symbol.dispose]: () => void server.stop(true),
  };
}

function formatAt(path: string) {
  if (path.endsWith('/messages')) return { write: message, events: messagesEvents, isNamed: true };
  if (path.endsWith('/responses')) return { write: response, events: responsesEvents, isNamed: true };
  return { write: completion, events: chatEvents, isNamed: false };
}

function lastOf({ messages, input }: Fields): Fields {
  if (Array.isArray(messages)) return messages.at(-1) as Fields;
  return Array.isArray(input) ? (input.at(-1) as Fields) : { role: 'user', content: input };
}

function say(body: Fields, last: Fields, input: Fields, wanted: string | undefined): Said {
  const result = resultOf(last);
  if (result !== undefined) return { text: `The tool said: ${result}` };
  const tools = (body.tools ?? []) as { name?: string; function?: { name: string } }[];
  // Agents tell of their surroundings first, and where a format wants one message that stands in the same.
  if (lastPart(last) === 'hello') return { text: 'Hello!' };
  const names = tools.map((tool) => tool.function?.name ?? tool.name);
  const name = names.includes(wanted) ? wanted : names[0];
  return name === undefined ? { text: 'Hello!' } : { call: { name, input } };
}

function lastText({ content }: Fields): string {
  if (typeof content === 'string') return content;
  return ((content ?? []) as Fields[]).map(({ text }) => (typeof text === 'string' ? text : '')).join('');
}

function lastPart({ content }: Fields): string {
  return Array.isArray(content) ? lastText({ content: content.slice(-1) }) : lastText({ content });
}

function resultOf(last: Fields): string | undefined {
  if (last.role === 'tool') return lastText(last);
  if (last.type === 'function_call_output') return lastText({ content: last.output });
  if (!Array.isArray(last.content)) return undefined;
  const result = (last.content as Fields[]).find(({ type }) => type === 'tool_result');
  return result && lastText(result);
}

function completion({ text, call }: Said): Fields {
  const calls = call && [
    { id: 'call_1', type: 'function', function: { name: call.name, arguments: JSON.stringify(call.input) } },
  ];
  const message = { role: 'assistant', content: text ?? null, ...(calls ? { tool_calls: calls } : {}) };
  return {
    id: 'c1',
    object: 'chat.completion',
    created: 7,
    model: 'inside',
    choices: [{ index: 0, message, finish_reason: call ? 'tool_calls' : 'stop' }],
    usage: { prompt_tokens: 11, completion_tokens: 5, total_tokens: 16 },
  };
}

function message({ text, call }: Said): Fields {
  return {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'inside',
    content: call ? [{ type: 'tool_use', id: 'toolu_1', ...call }] : [{ type: 'text', text }],
    stop_reason: call ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 11, output_tokens: 5 },
  };
}

function response({ text, call }: Said): Fields {
  const content = [{ type: 'output_text', text, annotations: [], logprobs: [] }];
  const known = { id: 'item_1', status: 'completed' };
  const item = call
    ? { ...known, type: 'function_call', call_id: 'call_1', name: call.name, arguments: JSON.stringify(call.input) }
    : { ...known, type: 'message', role: 'assistant', content };
  const usage = { input_tokens: 11, output_tokens: 5, total_tokens: 16 };
  return responseOf([item], { usage });
}
