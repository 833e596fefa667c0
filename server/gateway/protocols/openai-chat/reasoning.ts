// Reasoning in the wild: which fields it comes in, and the two names it goes out under.

/** A message or a delta, as far as it is looked at. */
export interface Delta {
  role?: unknown;
  content?: unknown;
  reasoning_content?: unknown;
  reasoning?: unknown;
  reasoning_details?: unknown;
  refusal?: unknown;
  tool_calls?: unknown;
  extra_content?: unknown;
}

/**
 * Clients read reasoning under either name, so it goes out under both. OpenRouter's `reasoning_details` stay as they
 * came, for the client to send back; their text is used where neither name has any.
 * @returns whether a name was added.
 */
export function nameReasoningTwice(message: Delta): boolean {
  const { reasoning_content: old, reasoning: now } = message;
  if (old === undefined && now === undefined && message.reasoning_details === undefined) return false;
  if (isText(old) && isText(now)) return false;
  const text = reasoningOf(message);
  if (text === '' || (old === text && now === text)) return false;
  message.reasoning_content = text;
  message.reasoning = text;
  return true;
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** The reasoning of a message or delta, whichever name it came under. */
export function reasoningOf({ reasoning_content: old, reasoning: now, reasoning_details: details }: Delta): string {
  if (isText(old)) return old;
  if (isText(now)) return now;
  if (!Array.isArray(details)) return '';
  const parts = details as ({ text?: unknown; summary?: unknown } | null)[];
  return parts.map((part) => (isText(part?.text) ? part.text : isText(part?.summary) ? part.summary : '')).join('');
}

interface CallPiece {
  function?: { name?: unknown; arguments?: unknown; input?: undefined };
  custom?: { name?: unknown; input?: unknown; arguments?: undefined };
}

/** Everything in a delta that a model was paid for writing; reasoning under two names counts once. */
export function textOf(delta: Delta): string {
  let text = typeof delta.content === 'string' ? delta.content : '';
  text += reasoningOf(delta);
  if (typeof delta.refusal === 'string') text += delta.refusal;
  if (Array.isArray(delta.tool_calls)) {
    for (const call of delta.tool_calls as CallPiece[]) {
      const { name, arguments: known, input } = call?.function ?? call?.custom ?? {};
      const written = known ?? input;
      text += `${typeof name === 'string' ? name : ''}${typeof written === 'string' ? written : ''}`;
    }
  }
  return text;
}
