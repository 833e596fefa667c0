// Reads an OpenAI chat stream: server-sent events in, parts of an answer out. Knows nothing of pages.
import { createParser } from 'eventsource-parser';

import { send } from './http.ts';
import { Problem, problemFromBody } from './problem.ts';

export interface ChatMessage {
  role: 'user' | 'assistant';
  content: string | ContentPart[];
}

export type ContentPart = { type: 'text'; text: string } | { type: 'image_url'; image_url: { url: string } };

export interface CompletionRequest {
  model: string;
  messages: ChatMessage[];
}

export type CompletionPart = { type: 'thinking' | 'text'; text: string } | { type: 'finish'; reason: string };

/** The stream ended without its `[DONE]`: what came is not a whole answer. */
export class CutStream extends Error {}

/** No single event of a chat stream comes near this; more is not a chat stream. */
const MAX_EVENT_CHARS = 4 * 1024 * 1024;

interface Delta {
  content?: unknown;
  reasoning_content?: unknown;
  reasoning?: unknown;
}

/**
 * Streams one answer. Ends normally only after `[DONE]`.
 * @throws Problem for an error answer or an error event; CutStream; the AbortError of `signal`.
 */
export async function* streamCompletion(
  request: CompletionRequest,
  { token, signal }: { token?: string | undefined; signal: AbortSignal },
): AsyncGenerator<CompletionPart> {
  const response = await send('/api/chat/completions', {
    method: 'POST',
    body: { ...request, stream: true },
    token,
    signal,
  });
  if (!response.body) throw new CutStream();
  yield* readParts(response.body, signal);
}

/** Exported for its tests. */
export async function* readParts(
  body: ReadableStream<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<CompletionPart> {
  const events: string[] = [];
  const parser = createParser({ onEvent: ({ data }) => void events.push(data), maxBufferSize: MAX_EVENT_CHARS });
  // A reader, not `for await`: phones' browsers cannot iterate a stream.
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { value, done } = await readOrCut(reader, signal);
      if (done) throw new CutStream();
      parser.feed(decoder.decode(value, { stream: true }));
      for (const data of events.splice(0)) {
        if (data === '[DONE]') return;
        yield* partsOf(data);
      }
    }
  } finally {
    // Also when the consumer stops listening: the server then stops the model.
    reader.cancel().catch(() => undefined);
  }
}

async function readOrCut(reader: ReadableStreamDefaultReader<Uint8Array>, signal: AbortSignal) {
  try {
    return await reader.read();
  } catch (error) {
    if (signal.aborted) throw error;
    throw new CutStream();
  }
}

function* partsOf(data: string): Generator<CompletionPart> {
  const event = parseEvent(data);
  if (event.error) throw problemFromBody(event);
  const choice = event.choices?.[0];
  const delta: Delta = choice?.delta ?? {};
  const thinking = delta.reasoning_content ?? delta.reasoning;
  if (typeof thinking === 'string' && thinking) yield { type: 'thinking', text: thinking };
  if (typeof delta.content === 'string' && delta.content) yield { type: 'text', text: delta.content };
  if (typeof choice?.finish_reason === 'string') yield { type: 'finish', reason: choice.finish_reason };
}

interface StreamEvent {
  error?: unknown;
  choices?: { delta?: Delta; finish_reason?: unknown }[];
}

function parseEvent(data: string): StreamEvent {
  try {
    return (JSON.parse(data) as StreamEvent | null) ?? {};
  } catch {
    // Half an event cannot come from a whole stream.
    throw new CutStream();
  }
}

/** Whether a failure is a cut rather than a refusal. */
export function isCut(error: unknown): boolean {
  return error instanceof CutStream || (error instanceof Problem && error.code === 'stream_cut');
}
