// A pretend upstream that speaks Gemini's own format, for tests and labelled as such. It keeps a journal of what it saw
// and refuses what the real one refuses, in Google's words.
import { geminiEvents } from '../gateway/protocols/suite/gemini-words.ts';

type Fields = Record<string, unknown>;

/** What the next answer holds. */
export interface GeminiScript {
  parts?: readonly Fields[];
  finishReason?: string;
  usage?: Fields;
  /** Sent instead of an answer, with its own `code` as status. */
  error?: Fields;
  /** Comes alone in a stream that began with 200, the way `end` says. */
  lateError?: Fields;
  /** The prompt is blocked for this reason: there is no candidate. */
  blockReason?: string;
  /** The events of a stream as they are, instead of any other. */
  events?: readonly Fields[];
  /** How a stream ends. `bare` = an error outside of any event, behind the last one. */
  end?: 'finish' | 'cut' | 'error' | 'bare';
}

export interface GeminiUpstream extends Disposable {
  /** `http://127.0.0.1:PORT/v1beta` */
  baseUrl: string;
  journal: { target: string; body: Fields; headers: Record<string, string> }[];
  script: GeminiScript;
  /** Decides each answer by what was asked, where it is set. */
  decide?: (body: Fields) => GeminiScript;
}

export const GEMINI_USAGE = {
  promptTokenCount: 11,
  cachedContentTokenCount: 4,
  candidatesTokenCount: 5,
  thoughtsTokenCount: 3,
  totalTokenCount: 19,
};
export const OVERLOADED = { code: 503, message: 'The model is overloaded.', status: 'UNAVAILABLE' };
const MODELS = [
  { name: 'models/gemini-3.8-flash', supportedGenerationMethods: ['generateContent', 'countTokens'] },
  { name: 'models/gemini-embedding-2', supportedGenerationMethods: ['embedContent'] },
];

export function startGeminiUpstream(): GeminiUpstream {
  const journal: GeminiUpstream['journal'] = [];
  const server = Bun.serve({
    port: 0,
    hostname: '127.0.0.1',
    idleTimeout: 0,
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const headers = Object.fromEntries(request.headers);
      if (!headers['x-goog-api-key']) return failure({ code: 403, message: 'No key.', status: 'PERMISSION_DENIED' });
      if (pathname.endsWith('/models')) return Response.json({ models: MODELS });
      const body = (await request.json()) as Fields;
      journal.push({ target: pathname + search, body, headers });
      const refused = refusal(pathname, body);
      if (refused) return failure({ code: 400, message: refused, status: 'INVALID_ARGUMENT' });
      return answer(upstream.decide?.(body) ?? upstream.script, pathname.endsWith(':streamGenerateContent'));
    },
  });
  const upstream: GeminiUpstream = {
    baseUrl: `http://127.0.0.1:${server.port}/v1beta`,
    journal,
    script: {},
    [Symbol.dispose]: () => void server.stop(true),
  };
  return upstream;
}

function failure(error: Fields): Response {
  return Response.json({ error }, { status: error.code as number });
}

/** Some of what the real one answers 400 to. */
function refusal(pathname: string, { contents }: Fields): string | undefined {
  if (!/^\/v1(beta)?\/models\/[^/:]+:(stream)?[gG]enerateContent$/.test(pathname)) return 'no such method';
  const turns = contents as { role?: string; parts?: Fields[] }[] | undefined;
  if (!Array.isArray(turns) || turns.length === 0) return 'contents are not specified';
  for (const [index, { role, parts = [] }] of turns.entries()) {
    if (role !== undefined && role !== 'user' && role !== 'model') return 'Please use a valid role: user, model.';
    const calls = parts.filter(({ functionCall }) => functionCall);
    if (calls[0] && !calls[0].thoughtSignature && /gemini-3/.test(pathname))
      return 'Function call is missing a thought_signature in functionCall parts.';
    const results = (turns[index + 1]?.parts ?? []).filter(({ functionResponse }) => functionResponse);
    if (calls.length !== results.length)
      return 'Please ensure that the number of function response parts is equal to the number of function call parts.';
  }
  return undefined;
}

function answer(script: GeminiScript, isStream: boolean): Response {
  if (script.error) return failure(script.error);
  const whole = wholeOf(script);
  if (!isStream) return Response.json(whole);
  const events = script.blockReason ? [JSON.stringify(whole)] : script.lateError ? [] : geminiEvents(whole);
  const { end = 'finish' } = script;
  const sent = end === 'finish' || end === 'bare' ? events : events.slice(0, -1);
  const given = script.events?.map((event) => JSON.stringify(event));
  const { lateError: error = OVERLOADED } = script;
  if (end === 'error') sent.push(JSON.stringify({ error }));
  const bare = end === 'bare' ? `${JSON.stringify({ error }, null, 2)}\n` : '';
  return new Response((given ?? sent).map((data) => `data: ${data}\r\n\r\n`).join('') + bare, {
    headers: { 'content-type': 'text/event-stream' },
  });
}

function wholeOf({ parts, finishReason = 'STOP', usage, blockReason }: GeminiScript): Fields {
  const head = { modelVersion: 'gemini-inside', responseId: 'resp_scripted' };
  if (blockReason !== undefined)
    return { promptFeedback: { blockReason }, usageMetadata: { promptTokenCount: 9, totalTokenCount: 9 }, ...head };
  const content = { role: 'model', parts: parts ?? [{ text: 'Hello from the scripted upstream.' }] };
  return {
    candidates: [{ content, finishReason, index: 0 }],
    usageMetadata: { ...GEMINI_USAGE, ...usage },
    ...head,
  };
}
