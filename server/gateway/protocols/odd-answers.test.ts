// Answers that are not as the textbook has them, and requests that ask for little things: what becomes of them.
import { describe, expect, test } from 'bun:test';

import { chatEvents } from './suite/stream-words.ts';
import { openaiCompletions } from './openai-completions/client.ts';
import { contextOf, EVENTS, type Pair, PAIRS, streamSeen, streamText, wholeSeen } from './protocol.suite.ts';
import { SignatureMemory } from './signature-memory.ts';

type Fields = Record<string, unknown>;

const fromChat = PAIRS.filter(({ upstream, bridge }) => upstream === 'openai-chat' && bridge.translates);
const toChat = PAIRS.filter(({ client, bridge }) => client.name === 'openai-chat' && bridge.translates);
const pairOf = (client: string, upstream: string) =>
  PAIRS.find((pair) => pair.client.name === client && pair.upstream === upstream)!;
const named = (pairs: readonly Pair[]) =>
  pairs.map((pair) => [`${pair.client.name} → ${pair.upstream}`, pair] as const);

const answer = (message: Fields, finish = 'stop') => ({
  id: 'a',
  object: 'chat.completion',
  model: 'inside',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: { prompt_tokens: 3, completion_tokens: 4, total_tokens: 7 },
});
const callWith = (written: string) => ({
  tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'now', arguments: written } }],
});

describe.each(named(fromChat))('%s', (_name, pair) => {
  test.each(['', ' '])('a call without arguments (“%s”) has an empty object of them', (written) => {
    const told = answer(callWith(written), 'tool_calls');
    for (const seen of [wholeSeen(pair, told), streamSeen(pair, EVENTS['openai-chat'](told))])
      expect(JSON.stringify(seen)).toMatch(/"arguments":"\s?\{\}"|"input":\{\}/);
  });

  test('a call that the output cap cut off is not made whole', () => {
    const text = streamText(pair, chatEvents(answer(callWith(''), 'length')));
    expect(text).not.toContain('{}"');
  });

  test('thinking in a list of chunks, as Mistral writes it, is thinking, and the text is the text', () => {
    const content = [
      { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
      { type: 'text', text: 'Hello' },
    ];
    const chunk = (delta: Fields, finish: string | null = null) =>
      JSON.stringify({ id: 'a', choices: [{ index: 0, delta, finish_reason: finish }] });
    const events = [chunk({ content: [content[0]] }), chunk({ content: 'Hello' }), chunk({}, 'stop'), '[DONE]'];
    const whole = JSON.stringify(wholeSeen(pair, answer({ content })));
    for (const seen of [whole, JSON.stringify(streamSeen(pair, events))]) {
      expect(seen).toContain('"text":"Hello"');
      expect(seen).toMatch(/"(thinking|text)":"hm"/);
    }
  });

  test.each(['error', 'insufficient_system_resource', 'abort'])(
    'an answer that ended with %s is no answer',
    (reason) => {
      const told = answer({ content: 'Half an ans' }, reason);
      const reading = pair.bridge.readWhole(JSON.stringify(told), contextOf(pair));
      expect(reading).toMatchObject({ relay: '', usage: { promptTokens: 3, completionTokens: 4 } });
      expect(reading!.failure).toContain(reason);
      const reader = pair.bridge.reader(contextOf(pair));
      const kinds = EVENTS['openai-chat'](told).map((data) => reader.read(data));
      expect(kinds.find(({ kind }) => kind === 'error')).toMatchObject({
        error: { message: expect.stringContaining(reason) },
      });
      expect(kinds.some((one) => one.kind === 'chunk' && one.finished)).toBe(false);
    },
  );
});

test('an upstream of Responses that writes no arguments calls with an empty object too', () => {
  const pair = pairOf('openai-chat', 'openai-responses');
  const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'now', arguments: '' };
  const response = { id: 'resp_1', object: 'response', status: 'completed', output: [item] };
  const calls = [{ function: { name: 'now', arguments: '{}' } }];
  expect(wholeSeen(pair, response)).toMatchObject({ choices: [{ message: { tool_calls: calls } }] });
  const seen = streamText(pair, EVENTS['openai-responses'](response));
  expect(seen.match(/"arguments":"\{\}"/g)).toHaveLength(1);
});

test('a refusal is the text of a text completion', () => {
  const pair: Pair = {
    client: openaiCompletions,
    upstream: 'openai-chat',
    bridge: openaiCompletions.bridge('openai-chat')!,
  };
  const request = openaiCompletions.check({ model: 'public', prompt: 'Once', stream: true });
  const context = { ...contextOf(pairOf('openai-chat', 'openai-chat')), request };
  const told = answer({ refusal: 'I will not.' });
  expect(JSON.parse(pair.bridge.readWhole(JSON.stringify(told), context)!.relay)).toMatchObject({
    choices: [{ text: 'I will not.', finish_reason: 'stop' }],
  });
  const reader = pair.bridge.reader(context);
  const chunk = (delta: Fields, finish: string | null) =>
    JSON.stringify({ id: 'a', choices: [{ index: 0, delta, finish_reason: finish }] });
  const relayed = [chunk({ refusal: 'I will ' }, null), chunk({ refusal: 'not.' }, 'stop')].map((data) => {
    const reading = reader.read(data);
    return reading.kind === 'chunk' ? (reading.relay ?? '') : '';
  });
  const pieces = [...relayed.join('').matchAll(/"text":"([^"]*)"/g)].map(([, text]) => text);
  expect(pieces.join('')).toBe('I will not.');
});

/** The upstream's body, or what is refused of it. */
function asked({ client, upstream, bridge }: Pair, fields: Fields): Fields | string {
  const draft = {
    upstreamModel: upstream === 'gemini' ? 'gemini-3.8-flash' : 'inside',
    outputTokens: null,
    maxTokensField: 'max_tokens',
    memory: new SignatureMemory(),
    owner: 'o',
  };
  try {
    const body = bridge.body(
      client.check({ model: 'public', messages: [{ role: 'user', content: 'hi' }], ...fields }),
      draft,
    );
    return JSON.parse(JSON.stringify(body)) as Fields;
  } catch (error) {
    return String((error as { options?: { param?: string } }).options?.param);
  }
}

describe.each(named(toChat))('%s', (_name, pair) => {
  test('an empty list of stop sequences says nothing', () => {
    expect(asked(pair, { stop: [] })).toEqual(asked(pair, {}));
    expect(asked(pair, { stop: 5 })).toBe('stop');
  });

  test('a tool that must be called and is not offered is refused', () => {
    expect(asked(pair, { tool_choice: 'required' })).toBe('tool_choice');
    expect(asked(pair, { tool_choice: 'auto' })).toBeObject();
  });

  test('what an answer’s format is for is told', () => {
    const json_schema = { name: 'answer', description: 'The city', schema: { type: 'object', description: 'One' } };
    const body = asked(pair, { response_format: { type: 'json_schema', json_schema } });
    expect(JSON.stringify(body)).toMatch(/"description":"The city(\\nOne)?"/);
  });

  test('the name of the tool beside its result is told by the call’s id', () => {
    const call = { id: 'c', type: 'function', function: { name: 'now', arguments: '{}' } };
    const messages = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: null, tool_calls: [call], annotations: [] },
      { role: 'tool', tool_call_id: 'c', name: 'now', content: 'noon' },
    ];
    expect(asked(pair, { messages })).toBeObject();
    expect(asked(pair, { messages: [{ role: 'user', name: 'ann', content: 'hi' }] })).toBe('messages.0.name');
  });

  test('how much to say reaches those that know it, and is refused by name elsewhere', () => {
    const knows = pair.upstream === 'openai-responses';
    expect(asked(pair, { verbosity: 'low' })).toEqual(
      knows ? expect.objectContaining({ text: { verbosity: 'low' } }) : 'verbosity',
    );
    expect(asked(pair, { verbosity: 'medium' })).toBeObject();
    expect(asked(pair, { verbosity: 'loud' })).toBe('verbosity');
  });
});

test('a client of Responses keeps the strictness it asks for, and how much to say', () => {
  const pair = pairOf('openai-responses', 'openai-chat');
  const format = { type: 'json_schema', name: 'answer', schema: { type: 'object' } };
  const sent = (more: Fields) =>
    asked(pair, { messages: undefined, input: 'hi', text: { format: { ...format, ...more }, verbosity: 'high' } });
  expect(sent({})).toMatchObject({ verbosity: 'high', response_format: { json_schema: { strict: false } } });
  expect(sent({ strict: true })).toMatchObject({ response_format: { json_schema: { strict: true } } });
  expect(asked(pair, { input: 'hi', messages: undefined, instructions: ['a'] })).toBe('instructions');
});

test.each([
  [{ thinking: { type: 'sometimes' } }, 'thinking'],
  [{ thinking: { type: 'enabled' } }, 'thinking'],
  [{ output_config: { effort: 'heroic' } }, 'output_config.effort'],
  [{ output_config: { task_budget: { type: 'tokens', total: 5 } } }, 'output_config.task_budget'],
  [{ temperature: '1' }, 'temperature'],
  [{ tools: [{ name: 'a', input_schema: {}, input_examples: [{}] }] }, 'tools.0.input_examples'],
  [{ context_management: { edits: [null] } }, 'context_management'],
])('a client of Messages that asks for %j is told so', (fields, param) => {
  for (const upstream of ['openai-chat', 'openai-responses', 'gemini'])
    expect(asked(pairOf('anthropic-messages', upstream), { max_tokens: 9, ...fields })).toBe(param);
});
