// Thinking in a history that its upstream cannot verify. Claude signs its thinking and answers 400 to any other; the
// thinking of a model behind another format has no signature, and neither has what a client kept without it.
import type { ChatRequest } from '../../request-body.ts';
import { isSealed } from '../openai-responses/sealed-reasoning.ts';
import type { UpstreamDraft } from '../protocol.ts';
import type { SignatureMemory } from '../signature-memory.ts';

type Block = Record<string, unknown>;
interface Message {
  role?: unknown;
  content?: unknown;
}

/** Other vendors of this format sign nothing, or nothing they check, and some want their thinking back as it was. */
const VERIFIES = /claude/i;

const isThinking = (block: Block | null) => block?.type === 'thinking' || block?.type === 'redacted_thinking';

const signatureOf = (block: Block | null): unknown => (block?.type === 'thinking' ? block.signature : block?.data);

/**
 * The messages to send in place of the client's; nothing where those can stay as they are. What another format signed
 * goes; what has no signature is put back as it was signed where the call it led to is remembered, and goes otherwise:
 * Claude answers without it.
 */
export function withReadableThinking(
  messages: unknown,
  { upstreamModel, memory, owner }: Pick<UpstreamDraft, 'upstreamModel' | 'memory' | 'owner'>,
): { messages?: unknown } {
  const verifies = VERIFIES.test(upstreamModel);
  const isUnreadable = (block: Block | null) => {
    if (!isThinking(block)) return false;
    const signature = signatureOf(block);
    if (typeof signature !== 'string' || signature === '') return verifies;
    return isSealed(signature);
  };
  const has = ({ content }: Message) => Array.isArray(content) && content.some(isUnreadable);
  if (!Array.isArray(messages) || !(messages as Message[]).some(has)) return {};
  const kept = (messages as Message[]).flatMap((message) => {
    if (!has(message)) return [message];
    const content = (message.content as (Block | null)[]).filter((block) => !isUnreadable(block));
    // Reasoning of its own that is still there says how it goes on.
    const restored = verifies && !content.some(isThinking) ? signedFor(content) : [];
    return content.length === 0 ? [] : [{ ...message, content: [...restored, ...content] }];
  });
  return { messages: kept };

  function signedFor(content: readonly (Block | null)[]): Block[] {
    const call = content.find((block) => block?.type === 'tool_use');
    const { reasoning = [] } = (call && memory.recall(owner, String(call.id))) ?? {};
    return reasoning.flatMap(({ from, text, signature, redacted }) => {
      if (from !== 'anthropic-messages') return [];
      return [
        redacted ? { type: 'redacted_thinking', data: signature } : { type: 'thinking', thinking: text, signature },
      ];
    });
  }
}

/** The most that may be put back, which the client did not send. */
export function rememberedBytes({ fields }: ChatRequest, memory: SignatureMemory, owner: string): number {
  const messages = Array.isArray(fields.messages) ? (fields.messages as (Message | null)[]) : [];
  let bytes = 0;
  for (const message of messages) {
    const content = Array.isArray(message?.content) ? (message.content as (Block | null)[]) : [];
    if (!content.some((block) => isThinking(block) && !signatureOf(block))) continue;
    for (const block of content)
      if (block?.type === 'tool_use')
        for (const { text, signature = '' } of memory.recall(owner, String(block.id))?.reasoning ?? [])
          bytes += Buffer.byteLength(text) + signature.length;
  }
  return bytes;
}
