import { describe, expect, test } from 'bun:test';

import { ChunkReader, type ChunkRules } from './chunk.ts';

const base = { id: 'c1', object: 'chat.completion.chunk', created: 7, model: 'up-model' };
const chunk = (delta: object, more: object = {}, finish: string | null = null) =>
  JSON.stringify({ ...base, choices: [{ index: 0, delta, finish_reason: finish }], ...more });

function reader(rules: Partial<ChunkRules> = {}): ChunkReader {
  return new ChunkReader({ publicModel: undefined, wantsUsage: false, ...rules });
}

/** What a chunk in the middle of a stream becomes: the one before it had the role. */
function relayOf(data: string, rules: Partial<ChunkRules> = {}): string | undefined {
  const chat = reader(rules);
  chat.read(chunk({ role: 'assistant' }));
  return relayed(chat, data);
}

function relayed(chat: ChunkReader, data: string): string | undefined {
  const reading = chat.read(data);
  return reading.kind === 'chunk' ? reading.relay : undefined;
}

describe('a chat stream event', () => {
  test('keeps its bytes when nothing asks for a rewrite', () => {
    const odd = chunk({ content: 'a', unknown_field: { deep: [1, 2.5] } }, { service_tier: 'x', obfuscation: 'zz' });
    expect(relayOf(odd)).toBe(odd);
  });

  test('loses `usage: null` when the client did not ask for usage, and keeps it when it did (C07)', () => {
    const data = chunk({ content: 'a' }, { usage: null });
    expect(relayOf(data)).toBe(chunk({ content: 'a' }));
    expect(relayOf(data, { wantsUsage: true })).toBe(data);
    const middle = JSON.stringify({ usage: null, ...base, choices: [] });
    expect(JSON.parse(relayOf(middle)!)).not.toHaveProperty('usage');
  });

  test('says `usage: null` where the upstream leaves it out, to a client that asked (C07)', () => {
    expect(relayOf(chunk({ content: 'a' }), { wantsUsage: true })).toBe(chunk({ content: 'a' }, { usage: null }));
    const renamed = relayOf(chunk({ content: 'a "model":"up-model"' }), { wantsUsage: true, publicModel: 'm' });
    expect(JSON.parse(renamed!)).toMatchObject({ usage: null, model: 'm' });
    expect(JSON.parse(relayOf('{}', { wantsUsage: true })!)).toEqual({ usage: null });
    expect(JSON.parse(relayOf('{"usage":false}', { wantsUsage: true })!)).toEqual({ usage: null });
    const chat = reader({ wantsUsage: true });
    expect(JSON.parse(chat.heartbeat())).toMatchObject({ usage: null });
  });

  test('the first chunk of each answer carries the role (C02)', () => {
    const chat = reader();
    const ofAnswer = (index: number, content: string) =>
      JSON.stringify({ ...base, choices: [{ index, delta: { content }, finish_reason: null }] });
    const first = relayed(chat, ofAnswer(0, 'a'));
    expect(JSON.parse(first!).choices[0].delta).toEqual({ content: 'a', role: 'assistant' });
    expect(relayed(chat, ofAnswer(0, 'b'))).toBe(ofAnswer(0, 'b'));
    expect(JSON.parse(relayed(chat, ofAnswer(1, 'c'))!).choices[0].delta.role).toBe('assistant');
  });

  test('several answers are finished when each has its reason, and only one that called a tool says so (C11)', () => {
    const chat = reader();
    const finished = (data: string) => (chat.read(data) as { finished?: boolean }).finished;
    const of = (index: number, delta: object, finish_reason: string | null) =>
      JSON.stringify({ ...base, choices: [{ index, delta, finish_reason }] });
    expect(finished(of(1, { content: 'b' }, null))).toBe(false);
    expect(finished(of(0, { tool_calls: [{ index: 0, id: 't' }] }, null))).toBe(false);
    expect(JSON.parse(relayed(chat, of(1, {}, 'stop'))!).choices[0].finish_reason).toBe('stop');
    expect(finished(of(0, { content: 'a' }, null))).toBe(false);
    expect(JSON.parse(relayed(chat, of(0, {}, 'stop'))!).choices[0].finish_reason).toBe('tool_calls');
    expect(finished(JSON.stringify({ ...base, choices: [], usage: {} }))).toBe(true);
  });

  test.each(['{"choices":[null]}', '{"choices":[1,"x"]}', '{"choices":[{"delta":"x"}]}', '{"choices":{}}'])(
    'junk is relayed, not stumbled over: %s',
    (data) => expect(reader().read(data)).toMatchObject({ kind: 'chunk', text: '' }),
  );

  test('shows the public model name, also where the name stands in the text too', () => {
    const data = chunk({ content: 'the "model":"up-model" says' });
    const renamed = JSON.parse(relayOf(data, { publicModel: 'class-model' })!);
    expect(renamed.model).toBe('class-model');
    expect(renamed.choices[0].delta.content).toBe('the "model":"up-model" says');
  });

  test('carries reasoning under both names', () => {
    expect(JSON.parse(relayOf(chunk({ reasoning: 'hm' }))!).choices[0].delta).toEqual({
      reasoning: 'hm',
      reasoning_content: 'hm',
    });
    expect(JSON.parse(relayOf(chunk({ reasoning_content: 'hm' }))!).choices[0].delta.reasoning).toBe('hm');
  });

  test('gets a finish_reason key when the upstream left it out (C04)', () => {
    const data = JSON.stringify({ ...base, choices: [{ index: 0, delta: { content: 'a' } }] });
    expect(JSON.parse(relayOf(data)!).choices[0].finish_reason).toBeNull();
  });

  test('ends with tool_calls when tools were called, even if the upstream says stop (C06)', () => {
    const chat = reader();
    chat.read(chunk({ tool_calls: [{ index: 0, id: 't', function: { name: 'f', arguments: '{}' } }] }));
    const last = chat.read(chunk({}, {}, 'stop'));
    expect(last.kind === 'chunk' && JSON.parse(last.relay!).choices[0].finish_reason).toBe('tool_calls');
  });

  test('usage comes out of its own chunk, and goes to the client only if asked for', () => {
    const data = JSON.stringify({ ...base, choices: [], usage: { prompt_tokens: 3, completion_tokens: 4 } });
    expect(reader().read(data)).toMatchObject({ usage: { promptTokens: 3, completionTokens: 4 } });
    expect(reader().read(data)).not.toHaveProperty('usageRelay');
    expect(reader({ wantsUsage: true }).read(data)).toMatchObject({ usageRelay: data });
  });

  test('a usage chunk without the list of choices gets an empty one', () => {
    const data = JSON.stringify({ ...base, usage: { prompt_tokens: 3, completion_tokens: 4 } });
    const reading = reader({ wantsUsage: true }).read(data);
    expect(JSON.parse((reading as { usageRelay: string }).usageRelay).choices).toEqual([]);
  });

  test('running totals: the choices go on without them, the last report counts', () => {
    const chat = reader({ wantsUsage: true });
    for (const completion_tokens of [1, 2]) {
      const reading = chat.read(chunk({ content: 'a' }, { usage: { prompt_tokens: 3, completion_tokens } }));
      expect(reading).toMatchObject({ usage: { completionTokens: completion_tokens } });
      expect(JSON.parse((reading as { relay: string }).relay).usage).toBeNull();
    }
  });

  test('usage merged into the finish chunk becomes a chunk of its own (C07)', () => {
    const data = chunk({}, { usage: { prompt_tokens: 3, completion_tokens: 4 } }, 'stop');
    const asked = reader({ wantsUsage: true }).read(data);
    if (asked.kind !== 'chunk') throw new Error('not a chunk');
    expect(JSON.parse(asked.relay!)).toMatchObject({ usage: null, choices: [{ finish_reason: 'stop' }] });
    expect(JSON.parse(asked.usageRelay!)).toMatchObject({ choices: [], usage: { prompt_tokens: 3 } });
    expect(JSON.parse(relayOf(data)!)).not.toHaveProperty('usage');
  });

  test('chunks without choices anywhere are relayed (C08)', () => {
    const data = JSON.stringify({ ...base, choices: [], prompt_filter_results: [] });
    expect(relayOf(data)).toBe(data);
  });

  test('knows the end, errors and broken JSON', () => {
    expect(reader().read('[DONE]')).toEqual({ kind: 'done' });
    expect(reader().read('{"error":{"message":"x"}}').kind).toBe('error');
    expect(reader().read('{"choices": [').kind).toBe('malformed');
    expect(reader().read('null').kind).toBe('malformed');
    expect(reader().read('7').kind).toBe('malformed');
  });

  test('a heartbeat is a valid chunk of the same answer with an empty delta', () => {
    const chat = reader({ publicModel: 'class-model' });
    // Azure's filters come first, without an id.
    chat.read(JSON.stringify({ ...base, id: '', choices: [], prompt_filter_results: [] }));
    chat.read(chunk({ content: 'a' }));
    expect(JSON.parse(chat.heartbeat())).toEqual({
      ...base,
      model: 'class-model',
      choices: [{ index: 0, delta: {}, finish_reason: null }],
    });
  });

  test('counts everything the model wrote once', () => {
    const reading = reader().read(
      chunk({
        content: 'a',
        reasoning: 'b',
        reasoning_content: 'b',
        refusal: 'c',
        tool_calls: [{ function: { name: 'd', arguments: 'e' } }],
      }),
    );
    expect(reading.kind === 'chunk' && reading.text).toBe('abcde');
  });
});
