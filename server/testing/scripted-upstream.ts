// A pretend upstream for tests, labelled as such: a real HTTP server on loopback that does what a script says and
// keeps its own journal, which is the oracle of the money tests.

/** What the upstream does for a model. Absent = answers well. */
export interface UpstreamScript {
  /** Before the answer's head. */
  headDelayMs?: number;
  status?: number;
  headers?: Record<string, string>;
  /** Sent as it is instead of an answer. */
  rawBody?: string;
  /** Words of the answer; each is one chunk. */
  words?: readonly string[];
  reasoning?: readonly string[];
  wordDelayMs?: number;
  /** null = reports none. */
  usage?: Record<string, unknown> | null;
  /** How a stream ends. */
  end?: 'done' | 'no-done' | 'cut' | 'stall' | 'error' | 'malformed';
  /** The name it answers with. */
  answersAs?: string;
  /** Tool calls of the answer, as OpenAI's objects. */
  toolCalls?: readonly Record<string, unknown>[];
  /** A pause between the finish chunk and the usage chunk. */
  usageDelayMs?: number;
  /** Usage of the first chunk: a placeholder, as Anthropic's is. */
  firstUsage?: Record<string, unknown>;
}

/** What the upstream saw and did: written by itself, never by the gateway. */
export interface JournalEntry {
  n: number;
  model: string;
  stream: boolean;
  /** Path and query as they were asked for. */
  target: string;
  body: Record<string, unknown>;
  headers: Record<string, string>;
  startedAt: number;
  /** Words that were written to the socket. */
  words: number;
  /** When the whole answer had been written. */
  finishedAt: number | null;
  /** When the other side closed early. */
  abortedAt: number | null;
}

export interface ScriptedUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1` */
  baseUrl: string;
  journal: JournalEntry[];
  script(model: string, script: UpstreamScript): void;
}

export function startScriptedUpstream(): ScriptedUpstream {
  const journal: JournalEntry[] = [];
  const scripts = new Map<string, UpstreamScript>();
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      if (pathname.endsWith('/models'))
        return Response.json({ object: 'list', data: [...scripts.keys()].map((id) => ({ id, object: 'model' })) });
      const body = (await request.json()) as Record<string, unknown>;
      const entry: JournalEntry = {
        n: journal.length,
        model: String(body.model),
        stream: body.stream === true,
        target: `${pathname}${search}`,
        body,
        headers: Object.fromEntries(request.headers),
        startedAt: performance.now(),
        words: 0,
        finishedAt: null,
        abortedAt: null,
      };
      journal.push(entry);
      request.signal.addEventListener('abort', () => {
        if (entry.finishedAt === null) entry.abortedAt = performance.now();
      });
      return answer(scripts.get(entry.model) ?? {}, entry);
    },
  });
  return {
    baseUrl: `http://127.0.0.1:${server.port}/v1`,
    journal,
    script: (model, script) => void scripts.set(model, script),
    [Symbol.dispose]: () => void server.stop(true),
  };
}

async function answer(script: UpstreamScript, entry: JournalEntry): Promise<Response> {
  if (script.headDelayMs) await Bun.sleep(script.headDelayMs);
  const { status = 200, headers = {} } = script;
  if (status !== 200 && script.rawBody === undefined)
    return Response.json({ error: { message: `scripted ${status}`, type: 'scripted' } }, { status, headers });
  if (script.rawBody !== undefined) return new Response(script.rawBody, { status, headers });
  if (!entry.stream) return wholeAnswer(script, entry);
  return new Response(streamedAnswer(script, entry) as unknown as BodyInit, {
    headers: { 'content-type': 'text/event-stream', 'x-request-id': `up-${entry.n}`, ...headers },
  });
}

const WORDS = ['Hello', ' from', ' the', ' scripted', ' upstream', '.'];

/** The usage the upstream reports unless the script says otherwise: 11 prompt tokens, one a word. */
export function scriptedUsage(words: number): Record<string, unknown> {
  return { prompt_tokens: 11, completion_tokens: words, total_tokens: 11 + words };
}

function head(script: UpstreamScript, entry: JournalEntry): Record<string, unknown> {
  return { id: `chatcmpl-${entry.n}`, created: 1_780_000_000, model: script.answersAs ?? entry.model };
}

function wholeAnswer(script: UpstreamScript, entry: JournalEntry): Response {
  const words = script.words ?? WORDS;
  entry.words = words.length;
  entry.finishedAt = performance.now();
  const message = {
    role: 'assistant',
    content: words.join(''),
    ...(script.reasoning ? { reasoning_content: script.reasoning.join('') } : {}),
    ...(script.toolCalls ? { tool_calls: script.toolCalls } : {}),
  };
  const usage = script.usage === undefined ? scriptedUsage(words.length) : script.usage;
  return Response.json(
    {
      ...head(script, entry),
      object: 'chat.completion',
      choices: [{ index: 0, message, finish_reason: 'stop' }],
      ...(usage === null ? {} : { usage }),
    },
    { headers: script.headers ?? {} },
  );
}

async function* streamedAnswer(script: UpstreamScript, entry: JournalEntry): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  const base = { ...head(script, entry), object: 'chat.completion.chunk' };
  const line = (value: unknown) => encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
  const options = entry.body.stream_options as { continuous_usage_stats?: boolean } | undefined;
  const running = () => (options?.continuous_usage_stats ? scriptedUsage(entry.words) : null);
  const chunk = (delta: object, finish_reason: string | null = null) =>
    line({ ...base, choices: [{ index: 0, delta, finish_reason }], usage: running() });
  const words = script.words ?? WORDS;
  yield chunk({ role: 'assistant', content: '' });
  if (script.firstUsage) yield line({ ...base, choices: [], usage: script.firstUsage });
  for (const thought of script.reasoning ?? []) yield chunk({ reasoning_content: thought });
  for (const word of words) {
    if (script.wordDelayMs) await Bun.sleep(script.wordDelayMs);
    entry.words += 1;
    yield chunk({ content: word });
  }
  if (script.toolCalls) yield chunk({ tool_calls: script.toolCalls });
  const { end = 'done' } = script;
  if (end === 'cut') return;
  if (end === 'stall') await Bun.sleep(600_000);
  if (end === 'error') yield line({ error: { message: 'scripted failure', type: 'server_error' } });
  if (end === 'malformed') yield encoder.encode('data: {"choices": [\n\n');
  if (end === 'error' || end === 'malformed') return;
  yield chunk({}, 'stop');
  if (script.usageDelayMs) await Bun.sleep(script.usageDelayMs);
  const usage = script.usage === undefined ? scriptedUsage(words.length) : script.usage;
  if (usage !== null) yield line({ ...base, choices: [], usage });
  entry.finishedAt = performance.now();
  if (end === 'done') yield encoder.encode('data: [DONE]\n\n');
}
