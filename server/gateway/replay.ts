// Tells a kept answer again, whole or as the events of a stream. Pure.
interface KeptAnswer {
  id?: unknown;
  created?: unknown;
  model?: unknown;
  choices?: { index?: number; message?: Record<string, unknown>; finish_reason?: unknown }[];
}

/** @param json the whole answer, as a chat completion. */
export function replayOf(json: string, { callId, stream }: { callId: string; stream: boolean }): Response {
  const headers = { 'x-hallpass-call-id': callId, 'idempotent-replayed': 'true' };
  if (!stream) return new Response(json, { headers: { ...headers, 'content-type': 'application/json' } });
  return new Response(eventsOf(JSON.parse(json) as KeptAnswer), {
    headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  });
}

/** One chunk with all of an answer, one with its finish, and the end mark. */
function eventsOf({ id, created, model, choices = [] }: KeptAnswer): string {
  const chunk = (index: number, delta: object, finish_reason: unknown) =>
    `data: ${JSON.stringify({ id, object: 'chat.completion.chunk', created, model, choices: [{ index, delta, finish_reason }] })}\n\n`;
  const events = choices.flatMap(({ index = 0, message = {}, finish_reason = 'stop' }) => [
    chunk(index, message, null),
    chunk(index, {}, finish_reason),
  ]);
  return `${events.join('')}data: [DONE]\n\n`;
}
