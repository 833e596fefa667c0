// Puts the signed reasoning that led to a tool call back where a client has dropped it.
import type { Part, Prompt, ReasoningPart, Turn } from './neutral.ts';
import type { AnswerContext } from './protocol.ts';
import type { SignatureMemory } from './signature-memory.ts';

/** Remembers what went before a call, if any of it is signed. */
export function remember(
  { memory, owner }: Pick<AnswerContext, 'memory' | 'owner'>,
  callId: string,
  reasoning: readonly ReasoningPart[],
): void {
  const signed = reasoning.filter(({ signature }) => signature);
  if (signed.length > 0) memory.remember(owner, callId, { reasoning: signed });
}

/** The same turns, with remembered reasoning in those that call a tool and bring none of their own. */
export function withRemembered(turns: readonly Turn[], memory: SignatureMemory, owner: string): Turn[] {
  return turns.map((turn) => (needsReasoning(turn) ? { ...turn, parts: restored(turn.parts, memory, owner) } : turn));
}

/** How many bytes `withRemembered` adds at most. */
export function carriedBytes({ turns }: Prompt, memory: SignatureMemory, owner: string): number {
  let bytes = 0;
  for (const { parts } of turns.filter(needsReasoning))
    for (const part of parts)
      if (part.type === 'call') {
        const { reasoning = [] } = memory.recall(owner, part.id) ?? {};
        for (const { text, signature = '' } of reasoning) bytes += Buffer.byteLength(text) + signature.length;
      }
  return bytes;
}

function needsReasoning({ role, parts }: Turn): boolean {
  return (
    role === 'assistant' &&
    parts.some(({ type }) => type === 'call') &&
    !parts.some((part) => part.type === 'reasoning' && part.signature)
  );
}

/** What led to the first call opens the turn, as upstreams ask; what led to a later one stands right before it. */
function restored(parts: readonly Part[], memory: SignatureMemory, owner: string): Part[] {
  const restoredParts: Part[] = [];
  let isFirst = true;
  for (const part of parts) {
    if (part.type !== 'call') {
      restoredParts.push(part);
      continue;
    }
    const found = memory.recall(owner, part.id);
    restoredParts.splice(isFirst ? 0 : restoredParts.length, 0, ...(found?.reasoning ?? []));
    restoredParts.push(part);
    isFirst = false;
  }
  return restoredParts;
}
