// An error that comes as the data of an event, in the forms that upstreams give it.

type Fields = Record<string, unknown>;

/**
 * Beside an `error` there are: Google's list of one, vLLM's older `object: "error"`, Responses' `response.failed` and bare
 * `error`, and a web framework's own `detail` or `message`, where a server fails behind its model.
 * @returns what it says; undefined when the event is none.
 */
export function errorInEvent(event: unknown): unknown {
  if (typeof event !== 'object' || event === null) return undefined;
  if (Array.isArray(event)) return event.length === 1 ? errorInEvent(event[0]) : undefined;
  const { error, type, object, response, choices, detail, message } = event as Fields;
  if (error !== undefined && error !== null) return error;
  if (type === 'response.failed') return (response as Fields | null | undefined)?.error ?? event;
  if (type === 'error' || object === 'error') return event;
  const isPlain = type === undefined && object === undefined && choices === undefined;
  return isPlain && (typeof detail === 'string' || typeof message === 'string') ? event : undefined;
}
