// Every feature through every pair of formats, and the streams that real upstreams send.
import { describe, expect, test } from 'bun:test';

import {
  ANSWER_FEATURES,
  answerVerdict,
  contextOf,
  EVENTS,
  type Pair,
  PAIRS,
  REQUEST_FEATURES,
  requestVerdict,
  streamSeen,
  streamText,
} from './protocol.suite.ts';

const named = PAIRS.map((pair) => [`${pair.client.name} → ${pair.upstream}`, pair] as const);
const toChat = PAIRS.filter(({ upstream }) => upstream === 'openai-chat');

describe.each(named)('%s', (_name, pair) => {
  test.each(REQUEST_FEATURES.map((feature) => [feature.name, feature] as const))('asks: %s', (_feature, feature) => {
    const verdict = requestVerdict(feature, pair);
    // The same format on both sides loses and refuses nothing.
    if (!pair.bridge.translates) expect(['works', 'none']).toContain(verdict.kind);
    if (verdict.kind === 'refused') expect(verdict.param).not.toBe('');
    // What is lost is lost knowingly: the reason stands in the docs.
    if (verdict.kind === 'lossy') expect(verdict.detail).not.toBe('');
  });

  test.each(ANSWER_FEATURES.map((feature) => [feature.name, feature] as const))(
    'is answered: %s',
    (_feature, feature) => {
      const verdict = answerVerdict(feature, pair);
      if (!pair.bridge.translates) expect(['works', 'none']).toContain(verdict.kind);
      if (verdict.kind === 'lossy') expect(verdict.detail).not.toBe('');
    },
  );
});

const chunk = (delta: object, finish: string | null = null) =>
  JSON.stringify({ id: 'c1', created: 7, model: 'inside', choices: [{ index: 0, delta, finish_reason: finish }] });
const callsSeen = (pair: Pair, pieces: object[]) => {
  const events = [
    chunk({ role: 'assistant' }),
    ...pieces.map((piece) => chunk({ tool_calls: [piece] })),
    chunk({}, 'stop'),
    '[DONE]',
  ];
  const seen = streamSeen(pair, events) as {
    content: { type: string; name: string; input: unknown }[];
    stop_reason: string;
  };
  expect(seen.stop_reason).toBe('tool_use');
  return seen.content.map(({ name, input }) => [name, input]);
};

describe('tool calls as upstreams of chat completions really send them', () => {
  const pair = toChat.find(({ client }) => client.name === 'anthropic-messages')!;
  const expected = [
    ['weather', { city: 'Bern' }],
    ['clock', { zone: 'UTC' }],
  ];
  const call = (index: number | undefined, id: string | null | undefined, name: string | undefined, text: string) => ({
    ...(index === undefined ? {} : { index }),
    ...(id === undefined ? {} : { id }),
    function: { ...(name === undefined ? {} : { name }), arguments: text },
  });
  test.each([
    [
      'piece by piece',
      [
        call(0, 'a', 'weather', ''),
        call(0, undefined, undefined, '{"city":'),
        call(0, undefined, undefined, '"Bern"}'),
        call(1, 'b', 'clock', '{"zone":"UTC"}'),
      ],
    ],
    [
      'interleaved',
      [
        call(0, 'a', 'weather', '{"city":'),
        call(1, 'b', 'clock', '{"zone":'),
        call(0, undefined, undefined, '"Bern"}'),
        call(1, undefined, undefined, '"UTC"}'),
      ],
    ],
    [
      'without an index',
      [
        call(undefined, 'a', 'weather', '{"city":"Bern"}'),
        call(undefined, 'b', 'clock', '{"zone":'),
        call(undefined, undefined, undefined, '"UTC"}'),
      ],
    ],
    ['all at index 0', [call(0, 'a', 'weather', '{"city":"Bern"}'), call(0, 'b', 'clock', '{"zone":"UTC"}')]],
    ['with shifted indexes', [call(1, 'a', 'weather', '{"city":"Bern"}'), call(2, 'b', 'clock', '{"zone":"UTC"}')]],
    [
      'arguments before the name',
      [
        call(0, undefined, undefined, '{"city":'),
        call(0, 'a', 'weather', '"Bern"}'),
        call(1, 'b', 'clock', '{"zone":"UTC"}'),
      ],
    ],
    [
      'the name again with a null id',
      [
        call(0, 'a', 'weather', '{"city":'),
        call(0, null, 'weather', '"Bern"}'),
        call(1, 'b', 'clock', '{"zone":"UTC"}'),
      ],
    ],
    ['without ids', [call(0, undefined, 'weather', '{"city":"Bern"}'), call(1, undefined, 'clock', '{"zone":"UTC"}')]],
  ])('%s', (_name, pieces) => {
    expect(callsSeen(pair, pieces)).toEqual(expected);
  });
});

/** How each upstream says in its stream that it gives up, and how many of its events end an answer. */
const STREAMS: Record<string, { broken: unknown; endEvents: number }> = {
  'anthropic-messages': {
    broken: { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } },
    endEvents: 2,
  },
  'openai-responses': {
    broken: { type: 'response.failed', response: { error: { code: 'server_error', message: 'Overloaded' } } },
    endEvents: 1,
  },
  gemini: { broken: { error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } }, endEvents: 2 },
};
const translated = PAIRS.filter(({ client, bridge }) => client.name === 'openai-chat' && bridge.translates);

describe.each(translated.map((pair) => [pair.upstream, pair] as const))(
  'C02–C10 from a stream of %s',
  (upstream, pair) => {
    const { broken: error, endEvents } = STREAMS[upstream]!;
    const tool = ANSWER_FEATURES.find(({ name }) => name === 'Parallel tool calls')!;
    const events = (feature = tool) => EVENTS[upstream](feature.gives[upstream]!);
    const chunks = (text: string) =>
      text
        .split('\n\n')
        .filter((event) => event !== '' && event !== 'data: [DONE]')
        .map((event) => JSON.parse(event.slice('data: '.length)) as ChunkSeen);

    test('C02 the first chunk carries the role', () => {
      const [first, ...rest] = chunks(streamText(pair, events()));
      expect(first!.choices[0]!.delta.role).toBe('assistant');
      expect(rest.filter(({ choices }) => choices[0]?.delta.role)).toEqual([]);
    });
    test('C03 the same id, created and model in all chunks', () => {
      const heads = chunks(streamText(pair, events())).map(({ id, created, model }) => `${id} ${created} ${model}`);
      expect(new Set(heads)).toEqual(new Set(['call_1 7 public']));
    });
    test('C04 finish_reason is there in every choice, null until the end', () => {
      const reasons = chunks(streamText(pair, events())).flatMap(({ choices }) =>
        choices.map((choice) => choice.finish_reason),
      );
      expect(reasons.slice(0, -1).every((reason) => reason === null)).toBe(true);
      expect(reasons.at(-1)).toBe('tool_calls');
    });
    test('C05 the last choice has an empty delta and the reason', () => {
      const last = chunks(streamText(pair, events())).findLast(({ choices }) => choices.length > 0)!;
      expect(last.choices).toEqual([{ index: 0, delta: {}, finish_reason: 'tool_calls' }]);
    });
    test('C06 tool_calls when tools were called, even if the upstream said otherwise', () => {
      // Gemini has no word of its own for calls; an answer of Responses is completed like any other.
      const given = events().map((data) => data.replace('"tool_use","stop_sequence"', '"end_turn","stop_sequence"'));
      expect(given.join('')).toMatch(/"end_turn"|"STOP"|"response.completed"/);
      expect(streamText(pair, given)).toContain('"finish_reason":"tool_calls"');
    });
    test('C07 usage in a chunk of its own after the finish, null in all others', () => {
      const seen = chunks(streamText(pair, events()));
      expect(seen.at(-1)).toMatchObject({ choices: [], usage: { prompt_tokens: 17 } });
      expect(seen.slice(0, -1).every(({ usage }) => usage === null)).toBe(true);
    });
    test('C08 chunks without choices are accepted anywhere', () => {
      const [messages] = toChat.filter(({ client }) => client.name === 'anthropic-messages');
      const empty = JSON.stringify({ id: '', choices: [], prompt_filter_results: [] });
      const given = [
        empty,
        chunk({ content: 'Hel' }),
        empty,
        chunk({ content: 'lo' }),
        chunk({}, 'stop'),
        empty,
        '[DONE]',
      ];
      expect(streamSeen(messages!, given)).toMatchObject({ content: [{ type: 'text', text: 'Hello' }] });
    });
    test('C09 exactly one [DONE] on success, none after an error', () => {
      expect(streamText(pair, events()).match(/\[DONE\]/g)).toHaveLength(1);
      const broken = streamText(pair, [...events().slice(0, 1), JSON.stringify(error)]);
      expect(broken).not.toContain('[DONE]');
      expect(broken.match(/"error"/g)).toHaveLength(2);
    });
    test('C10 without a finish the answer is not finished', () => {
      const reader = pair.bridge.reader(contextOf(pair));
      const finished = events()
        .slice(0, -endEvents)
        .map((data) => reader.read(data))
        .map((reading) => reading.kind === 'chunk' && reading.finished);
      expect(finished).not.toContain(true);
    });
  },
);

interface ChunkSeen {
  id: string;
  created: number;
  model: string;
  usage: object | null;
  choices: { index: number; delta: { role?: string }; finish_reason: string | null }[];
}
