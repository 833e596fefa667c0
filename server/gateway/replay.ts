// Tells a kept answer again, whole or as the events of a stream. Pure.
import type { ClientFormat } from './protocols/protocol.ts';

interface KeptAnswer {
  id?: unknown;
  created?: unknown;
  model?: unknown;
  choices?: { index?: number; message?: Record<string, unknown>; finish_reason?: unknown }[];
}

export interface Replay {
  callId: string;
  format: ClientFormat['name'];
  stream: boolean;
  /** The client asked for a chunk with the tokens. */
  wantsUsage: boolean;
  promptTokens: number;
  completionTokens: number;
  /** The policy under which the repetition is asked. */
  contentPolicy: string;
}

/** What is kept of their whole answers is the answer; of pictures and sounds it is only a description. */
const KEPT_WHOLE: ReadonlySet<ClientFormat['name']> = new Set([
  'openai-chat',
  'openai-responses',
  'openai-completions',
  'openai-embeddings',
  'anthropic-messages',
]);

/** @returns undefined where what is kept is not enough to tell the answer again in the client's own format. */
export function replayOf(json: string, replay: Replay): Response | undefined {
  const { callId, format, stream, contentPolicy } = replay;
  // Of another format's stream the text alone is kept, and not its events.
  if (stream ? format !== 'openai-chat' : !KEPT_WHOLE.has(format)) return undefined;
  const headers = {
    'x-hallpass-call-id': callId,
    'x-hallpass-content-policy': contentPolicy,
    'idempotent-replayed': 'true',
  };
  if (!stream) return new Response(json, { headers: { ...headers, 'content-type': 'application/json' } });
  return new Response(eventsOf(JSON.parse(json) as KeptAnswer, replay), {
    headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  });
}

/** One chunk with all of an answer, one with its finish, the tokens where they are asked for, and the end mark. */
function eventsOf({ id, created, model, choices = [] }: KeptAnswer, replay: Replay): string {
  const event = (fields: object) =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, ...fields })}\n\n`;
  const chunk = (index: number, delta: object, finish_reason: unknown) =>
    event({ choices: [{ index, delta, finish_reason }] });
  const events = choices.flatMap(({ index = 0, message = {}, finish_reason = 'stop' }) => [
    chunk(index, withBothNames(message), null),
    chunk(index, {}, finish_reason),
  ]);
  const { promptTokens: prompt_tokens, completionTokens: completion_tokens } = replay;
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  if (replay.wantsUsage) events.push(event({ choices: [], usage }));
  return `${events.join('')}data: [DONE]\n\n`;
}

/** Reasoning goes out under both names. */
function withBothNames(message: Record<string, unknown>): Record<string, unknown> {
  const { reasoning_content: reasoning } = message;
  return reasoning === undefined ? message : { ...message, reasoning };
}
