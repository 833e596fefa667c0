// The suite of the wire formats: every feature through every pair of a client's format and an upstream's. Its verdicts
// are tested, and written into docs/protocols.md.
import { AppError } from '../../lib/app-error.ts';
import { anthropicMessages } from './anthropic-messages/client.ts';
import { openaiChat } from './openai-chat/client.ts';
import { openaiResponses } from './openai-responses/client.ts';
import type { AnswerContext, Bridge, ClientFormat, UpstreamProtocol } from './protocol.ts';
import { SignatureMemory } from './signature-memory.ts';
import { ANSWER_FEATURES, type AnswerFeature, type UpstreamName } from './suite/answers.ts';
import { REQUEST_FEATURES, type RequestFeature } from './suite/request-features.ts';
import { geminiEvents } from './suite/gemini-words.ts';
import { responsesEvents } from './suite/responses-events.ts';
import { assembled, chatEvents, messagesEvents } from './suite/stream-words.ts';

export type Verdict =
  | { kind: 'works' }
  | { kind: 'refused'; param: string }
  /** Neither refused nor whole. */
  | { kind: 'lossy'; detail: string }
  /** One of the two formats has no words for it. */
  | { kind: 'none' };

export interface Pair {
  client: ClientFormat;
  upstream: UpstreamProtocol & UpstreamName;
  bridge: Bridge;
}

const CLIENTS = [openaiChat, openaiResponses, anthropicMessages];
/** Whole answers as the events each upstream streams. */
export const EVENTS: Record<UpstreamName, (whole: Record<string, unknown>) => string[]> = {
  'openai-chat': chatEvents,
  'openai-responses': responsesEvents,
  'anthropic-messages': messagesEvents,
  gemini: geminiEvents,
};

export const PAIRS: readonly Pair[] = CLIENTS.flatMap((client) =>
  (Object.keys(EVENTS) as UpstreamName[]).flatMap((upstream) => {
    const bridge = client.bridge(upstream);
    return bridge ? [{ client, upstream, bridge }] : [];
  }),
);

/** What becomes of a request. */
export function requestVerdict(feature: RequestFeature, { client, upstream, bridge }: Pair): Verdict {
  const name = client.name as keyof RequestFeature['asks'];
  const asked = feature.asks[name];
  // Where both speak the same, what is not looked for is what this format has no words for.
  if (!asked || (!bridge.translates && !feature.finds[upstream])) return { kind: 'none' };
  try {
    const request = client.check({ model: 'public', ...asked });
    const memory = new SignatureMemory();
    const draft = {
      upstreamModel: upstream === 'gemini' ? 'gemini-3.8-flash' : 'inside',
      outputTokens: null,
      maxTokensField: 'max_tokens',
      memory,
      owner: 'o',
    };
    const body = bridge.body(request, draft);
    const expected = feature.finds[upstream];
    return expected && matches(body, expected) ? { kind: 'works' } : { kind: 'lossy', detail: feature.lossy ?? '' };
  } catch (error) {
    if (error instanceof AppError) return { kind: 'refused', param: error.options.param ?? '' };
    throw error;
  }
}

/** What becomes of an answer, whole and streamed alike. */
export function answerVerdict(feature: AnswerFeature, pair: Pair): Verdict {
  const given = feature.gives[pair.upstream];
  const expected = feature.shows[pair.client.name as keyof AnswerFeature['shows']];
  if (!given || !expected) return { kind: 'none' };
  const seen = [wholeSeen(pair, given), streamSeen(pair, EVENTS[pair.upstream](given))];
  return seen.every((answer) => matches(answer, expected))
    ? { kind: 'works' }
    : { kind: 'lossy', detail: feature.lossy ?? '' };
}

export function wholeSeen(pair: Pair, given: Record<string, unknown>): unknown {
  const reading = pair.bridge.readWhole(JSON.stringify(given), contextOf(pair));
  return reading && JSON.parse(reading.relay);
}

/** The client's stream, put together. */
export function streamSeen(pair: Pair, events: readonly string[]): unknown {
  return assembled(pair.client.name, streamText(pair, events));
}

/** What a client gets of these events. */
export function streamText(pair: Pair, events: readonly string[]): string {
  const reader = pair.bridge.reader(contextOf(pair));
  let usage;
  let text = '';
  for (const data of events) {
    const reading = reader.read(data);
    if (reading.kind === 'error' || reading.kind === 'malformed') return text + reader.failure({ error: reading.kind });
    usage = reading.usage ?? usage;
    if (reading.kind === 'done') break;
    if (reading.relay !== undefined) text += reader.framed ? reading.relay : `data: ${reading.relay}\n\n`;
  }
  return text + reader.ending(usage).join('');
}

export function contextOf({ client }: Pair): AnswerContext {
  const thinking = client.name === 'anthropic-messages' ? { thinking: { type: 'adaptive' } } : {};
  const asked = {
    model: 'public',
    max_tokens: 100,
    stream: true,
    stream_options: { include_usage: true },
    ...thinking,
  };
  const inOwnWords: Record<string, object> = {
    'openai-responses': { model: 'public', input: 'hi', stream: true, include: ['reasoning.encrypted_content'] },
    'openai-completions': { ...asked, prompt: 'hi' },
  };
  const request = client.check(inOwnWords[client.name] ?? { ...asked, messages: [{ role: 'user', content: 'hi' }] });
  const memory = new SignatureMemory();
  return { request, model: 'public', upstreamModel: 'inside', id: 'call_1', created: 7, memory, owner: 'o' };
}

/** Whether everything expected is there; a pattern is looked for in the value's JSON text. */
export function matches(actual: unknown, expected: unknown): boolean {
  if (expected instanceof RegExp)
    return expected.test(typeof actual === 'string' ? actual : (JSON.stringify(actual) ?? ''));
  if (typeof expected !== 'object' || expected === null) return actual === expected;
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) && expected.length !== (actual as unknown[]).length) return false;
  return Object.entries(expected).every(([name, value]) => matches((actual as Record<string, unknown>)[name], value));
}

export { ANSWER_FEATURES, type AnswerFeature, REQUEST_FEATURES };
