// Every answer and every event that is written here, against the shapes OpenAI publishes. What passes through is the
// upstream's own.
import { expect, test } from 'bun:test';

import { ERRORS, type ErrorCode } from '@hallpass/shared/errors.ts';

import { errorAnswer } from '../../http/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { problemsOf, type Sample } from '../../testing/published-types.ts';
import { ANSWER_FEATURES, contextOf, EVENTS, type Pair, PAIRS, streamText, wholeSeen } from './protocol.suite.ts';
import { SseParser } from './sse.ts';

const WHOLE: Record<string, Sample['type']> = {
  'openai-chat': 'ChatCompletion',
  'openai-responses': 'Response',
};
const EVENT: Record<string, Sample['type']> = {
  'openai-chat': 'ChatCompletionChunk',
  'openai-responses': 'ResponseStreamEvent',
};
const written = PAIRS.filter(({ client, bridge }) => bridge.translates && client.name in WHOLE);

const eventsIn = (text: string): unknown[] => {
  const parser = new SseParser();
  const data = [...parser.push(new TextEncoder().encode(text)), ...parser.end()];
  return data.filter((event) => event !== '[DONE]').map((event) => JSON.parse(event) as unknown);
};

function samplesOf(pair: Pair): Sample[] {
  const { client, upstream, bridge } = pair;
  const given = ANSWER_FEATURES.flatMap(({ name, gives }) =>
    gives[upstream] ? [{ name, answer: gives[upstream] }] : [],
  );
  const from = (name: string, how: string) => `${client.name} → ${upstream}, ${name}, ${how}`;
  const type = EVENT[client.name]!;
  const events = given.flatMap(({ name, answer }) =>
    eventsIn(streamText(pair, EVENTS[upstream](answer))).map((value) => ({
      type,
      value,
      from: from(name, 'streamed'),
    })),
  );
  const beats = eventsIn(bridge.reader(contextOf(pair)).heartbeat()).map((value) => ({
    type,
    value,
    from: from('a heartbeat', 'streamed'),
  }));
  const wholes = given.map(({ name, answer }) => ({
    type: WHOLE[client.name]!,
    value: wholeSeen(pair, answer),
    from: from(name, 'whole'),
  }));
  return [...wholes, ...events, ...beats];
}

const errors = (Object.keys(ERRORS) as ErrorCode[]).map((code): Sample => {
  const value = errorAnswer(new AppError(code), 'openai', 'en').body;
  return { type: 'ErrorObject', value, from: code };
});

/** Each must be found, or the check finds nothing. */
function wrongSamples(): Sample[] {
  const choice = { index: 0, delta: {}, finish_reason: null };
  const chunk = { id: 'c', object: 'chat.completion.chunk', created: 7, model: 'm', choices: [choice] };
  const wrong = [
    { ...chunk, created: undefined },
    { ...chunk, created: '7' },
    { ...chunk, choices: [{ index: 0, delta: {} }] },
    { ...chunk, choices: [{ ...choice, finish_reason: 'end_turn' }] },
    { ...chunk, object: 'chat.completion' },
  ];
  return wrong.map((value, index) => ({ type: 'ChatCompletionChunk', value, from: `wrong ${index}` }));
}

test('every response, event and error that is written here has its published shape, and what has it not is found', () => {
  const samples = written.flatMap(samplesOf);
  expect(samples.length).toBeGreaterThan(80);
  // One run of the compiler, for it takes seconds.
  const found = problemsOf([...samples, ...errors, ...wrongSamples()]);
  expect(found.filter((line) => !line.startsWith('wrong'))).toEqual([]);
  expect(found.map((line) => line.slice(0, 7))).toEqual(['wrong 0', 'wrong 1', 'wrong 2', 'wrong 3', 'wrong 4']);
}, 60_000);
