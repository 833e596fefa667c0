import { describe, expect, test } from 'bun:test';

import { SignatureMemory } from '../signature-memory.ts';
import { anthropicMessages } from './client.ts';
import { messagesPass } from './pass.ts';

type Fields = Record<string, unknown>;

const USE = { type: 'tool_use', id: 'call_1', name: 'now', input: {} };
const SIGNED = { type: 'thinking', thinking: 'hm', signature: 'sig+/=é' };
const UNSIGNED = { type: 'thinking', thinking: 'hm', signature: '' };

function sent(content: Fields[], upstreamModel: string, memory = new SignatureMemory()): unknown {
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content: 'noon' }] },
  ];
  const request = anthropicMessages.check({ model: 'public', max_tokens: 9, messages });
  const draft = { upstreamModel, outputTokens: null, maxTokensField: 'max_tokens', memory, owner: 'o' };
  const body = messagesPass.body(request, draft) as { messages: { content: unknown }[] };
  return body.messages.length === 3 ? body.messages[1]!.content : body.messages;
}

describe('thinking without a signature', () => {
  const bare = [
    { type: 'thinking', thinking: 'hm' },
    { type: 'redacted_thinking', data: '' },
  ];

  test.each([UNSIGNED, ...bare])('%j does not reach a Claude, which refuses it', (block) => {
    expect(sent([block, USE], 'claude-opus-4-6')).toEqual([USE]);
    expect(sent([block, SIGNED, USE], 'anthropic.claude-sonnet-5-v1')).toEqual([SIGNED, USE]);
  });

  test.each([UNSIGNED, ...bare])('%j reaches others as it came: they check none, and some want it back', (block) => {
    expect(sent([block, USE], 'deepseek-reasoner')).toEqual([block, USE]);
  });

  test('is put back as it was signed where its call is remembered, to nobody else and to no other', () => {
    const memory = new SignatureMemory();
    const from = 'anthropic-messages';
    memory.remember('o', 'call_1', { reasoning: [{ type: 'reasoning', text: 'hm', signature: 'sig+/=é', from }] });
    expect(sent([UNSIGNED, USE], 'claude-opus-4-6', memory)).toEqual([SIGNED, USE]);
    const others = new SignatureMemory();
    others.remember('p', 'call_1', { reasoning: [{ type: 'reasoning', text: 'hm', signature: 'sig+/=é', from }] });
    others.remember('o', 'call_2', { reasoning: [{ type: 'reasoning', text: 'hm', signature: 'sig+/=é', from }] });
    expect(sent([UNSIGNED, USE], 'claude-opus-4-6', others)).toEqual([USE]);
    const request = anthropicMessages.check({
      model: 'public',
      max_tokens: 9,
      messages: [{ role: 'assistant', content: [UNSIGNED, USE] }],
    });
    expect(messagesPass.carriedBytes!(request, memory, 'o')).toBe(2 + SIGNED.signature.length);
    expect(messagesPass.carriedBytes!(request, others, 'o')).toBe(0);
  });

  test('a message that was nothing else goes whole; what is signed stays byte for byte', () => {
    expect(sent([UNSIGNED], 'claude-opus-4-6')).toHaveLength(2);
    expect(sent([SIGNED, USE], 'claude-opus-4-6')).toEqual([SIGNED, USE]);
  });
});
