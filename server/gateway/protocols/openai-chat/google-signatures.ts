// Thought signatures as Google's OpenAI-compatible door carries them: `extra_content.google.thought_signature`, in a tool
// call, or in the message for its text. Without them Gemini 3 answers 400 to a tool's result.
// https://ai.google.dev/gemini-api/docs/thought-signatures#openai
import type { ReasoningPart } from '../neutral.ts';
import type { AnswerContext, UpstreamDraft } from '../protocol.ts';
import { remember } from '../remember-reasoning.ts';
import type { SignatureMemory } from '../signature-memory.ts';

type Fields = Record<string, unknown>;

/** Who wants signatures back; others may refuse a field that they do not know. */
export const wantsSignatures = (upstreamModel: string): boolean => /gemini/i.test(upstreamModel);

/** What signs a call, or a message's text. */
export function signatureIn(holder: unknown): string | undefined {
  const { google } = ((holder as Fields | null)?.extra_content ?? {}) as { google?: Fields | null };
  const signature = google?.thought_signature;
  return typeof signature === 'string' && signature !== '' ? signature : undefined;
}

/** The member that carries it. */
export const signedWith = (signature: string): Fields => ({
  extra_content: { google: { thought_signature: signature } },
});

/** The same in the neutral form. @param id of the call that is signed; none = the text. */
export function sealOf(signature: string, id?: string): ReasoningPart {
  const known = id === undefined ? {} : { id };
  return { type: 'reasoning', text: '', redacted: true, from: 'gemini', signature, ...known };
}

/** Whether it is one of those: signs without words. */
export function isSeal({ from, redacted, text, signature }: ReasoningPart): boolean {
  return from === 'gemini' && redacted === true && text === '' && signature !== undefined;
}

/** A call of an answer that goes through as it is: its signature, for a client that drops it. */
export function rememberSigned(context: AnswerContext, calls: unknown): void {
  if (!Array.isArray(calls)) return;
  for (const call of calls as (Fields | null)[]) {
    const signature = signatureIn(call);
    if (signature !== undefined && typeof call?.id === 'string')
      remember(context, call.id, [sealOf(signature, call.id)]);
  }
}

interface Message {
  role?: unknown;
  tool_calls?: unknown;
}

/** The messages to send in place of the client's; nothing where those can stay as they are. */
export function withSignatures(
  messages: unknown,
  { upstreamModel, memory, owner }: Pick<UpstreamDraft, 'upstreamModel' | 'memory' | 'owner'>,
): { messages?: unknown } {
  if (memory.size === 0 || !wantsSignatures(upstreamModel) || !Array.isArray(messages)) return {};
  let changed = false;
  const signed = (messages as (Message | null)[]).map((message) => {
    const calls = unsignedCalls(message);
    const found = calls.map((call) => recalled(memory, owner, call));
    if (found.every((signature) => signature === undefined)) return message;
    changed = true;
    const restored = calls.map((call, index) => {
      const signature = found[index];
      return signature === undefined ? call : { ...call, ...signedWith(signature) };
    });
    return { ...message, tool_calls: restored };
  });
  return changed ? { messages: signed } : {};
}

/** The most that may be put back, which the client did not send. */
export function signatureBytes(fields: Fields, memory: SignatureMemory, owner: string): number {
  if (memory.size === 0 || !Array.isArray(fields.messages)) return 0;
  let bytes = 0;
  for (const message of fields.messages as (Message | null)[])
    for (const call of unsignedCalls(message)) {
      const signature = recalled(memory, owner, call);
      if (signature !== undefined) bytes += JSON.stringify(signedWith(signature)).length;
    }
  return bytes;
}

/** The calls of an assistant that brings no signature back; where it brings one, it knows what it sends. */
function unsignedCalls(message: Message | null): (Fields | null)[] {
  if (message?.role !== 'assistant' || !Array.isArray(message.tool_calls)) return [];
  const calls = message.tool_calls as (Fields | null)[];
  return calls.some((call) => signatureIn(call) !== undefined) ? [] : calls;
}

function recalled(memory: SignatureMemory, owner: string, call: Fields | null): string | undefined {
  if (typeof call?.id !== 'string') return undefined;
  const { id } = call;
  return memory.recall(owner, id)?.reasoning.find((part) => isSeal(part) && part.id === id)?.signature;
}
