// Signed reasoning of another format in a Responses item: `encrypted_content` holds it whole, so that it comes back byte for
// byte with the next request, as clients of the Responses API already do.
import type { ReasoningPart } from '../neutral.ts';

const PREFIX = 'hp1.';

export const isSealed = (text: string): boolean => text.startsWith(PREFIX);

export function sealReasoning({ text, signature, redacted, from, id }: ReasoningPart): string {
  return PREFIX + Buffer.from(JSON.stringify({ text, signature, redacted, from, id })).toString('base64url');
}

/** undefined = it was not sealed here: only who made it can read it. */
export function openReasoning(sealed: string): ReasoningPart | undefined {
  if (!isSealed(sealed)) return undefined;
  try {
    const { text, signature, redacted, from, id } = JSON.parse(
      Buffer.from(sealed.slice(PREFIX.length), 'base64url').toString(),
    ) as Record<string, unknown>;
    if (typeof text !== 'string' || typeof signature !== 'string') return undefined;
    return {
      type: 'reasoning',
      text,
      signature,
      ...(redacted === true ? { redacted } : {}),
      ...(from === 'anthropic-messages' || from === 'openai-responses' || from === 'gemini' ? { from } : {}),
      ...(typeof id === 'string' ? { id } : {}),
    };
  } catch {
    return undefined;
  }
}
