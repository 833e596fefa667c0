// Every answer and every event that is written here, against the shapes OpenAI and Anthropic publish. What passes through is the
// upstream's own.
import { expect, test } from 'bun:test';

import { ERRORS, type ErrorCode } from '@hallpass/shared/errors.ts';

import { errorAnswer } from '../../http/errors.ts';
import { AppError } from '../../lib/app-error.ts';
import { createGatewayApp } from '../../testing/gateway-app.ts';
import { problemsOf, type Sample } from '../../testing/published-types.ts';
import { deltaUsage, messagesUsage } from './anthropic-messages/usage.ts';
import { ANSWER_FEATURES, contextOf, EVENTS, type Pair, PAIRS, streamText, wholeSeen } from './protocol.suite.ts';
import { openaiCompletions } from './openai-completions/client.ts';
import { SseParser } from './sse.ts';

const WHOLE: Record<string, Sample['type']> = {
  'openai-chat': 'ChatCompletion',
  'openai-responses': 'Response',
  'openai-completions': 'Completion',
  'anthropic-messages': 'Message',
};
const EVENT: Record<string, Sample['type']> = {
  'openai-chat': 'ChatCompletionChunk',
  'openai-responses': 'ResponseStreamEvent',
  'openai-completions': 'CompletionChunk',
  'anthropic-messages': 'MessageStreamEvent',
};
const completions = (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).map((upstream): Pair => ({
  client: openaiCompletions,
  upstream,
  bridge: openaiCompletions.bridge(upstream)!,
}));
const written = [...PAIRS, ...completions].filter(({ client, bridge }) => bridge.translates && client.name in WHOLE);

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
  const failure = errorAnswer(
    new AppError('stream_cut'),
    client.name === 'anthropic-messages' ? 'messages' : 'openai',
    'en',
  );
  const failures = eventsIn(bridge.reader(contextOf(pair)).failure(failure.body)).map((value) => ({
    type: client.name.startsWith('openai-c') ? ('ErrorObject' as const) : type,
    value,
    from: from('a failure', 'streamed'),
  }));
  const wholes = given.map(({ name, answer }) => ({
    type: WHOLE[client.name]!,
    value: wholeSeen(pair, answer),
    from: from(name, 'whole'),
  }));
  return [...wholes, ...events, ...beats, ...failures];
}

const errors = (Object.keys(ERRORS) as ErrorCode[]).flatMap((code): Sample[] => {
  const bodyFor = (family: 'openai' | 'messages') => errorAnswer(new AppError(code), family, 'en', 'req_1').body;
  return [
    { type: 'ErrorObject', value: bodyFor('openai'), from: code },
    { type: 'ErrorResponse', value: bodyFor('messages'), from: `${code} of Messages` },
  ];
});

/** What is answered without a model's words: by this server itself, or with its name for the model put in. */
async function others(): Promise<Sample[]> {
  await using gateway = await createGatewayApp();
  await gateway.addModel('m');
  const data = [{ object: 'embedding', index: 0, embedding: [0.25, -0.5] }];
  const vectors = { object: 'list', model: 'inside', data, usage: { prompt_tokens: 7, total_tokens: 7 } };
  const script = { rawBody: JSON.stringify(vectors), headers: { 'content-type': 'application/json' } };
  await gateway.addModel('inside', script, { model_id: undefined, models: [{ name: 'v', upstream_model: 'inside' }] });
  const key = await gateway.pass();
  const ask = async (type: Sample['type'], path: string, json?: object, headers = {}): Promise<Sample> => {
    const response = await gateway.app.request(path, { token: key, headers, ...(json ? { json } : {}) });
    expect([path, response.status]).toEqual([path, 200]);
    return { type, value: await response.json(), from: path };
  };
  return [
    await ask('ModelList', '/v1/models'),
    await ask('MessagesModelList', '/v1/models', undefined, { 'anthropic-version': '2023-06-01' }),
    await ask('MessageTokensCount', '/v1/messages/count_tokens', {
      model: 'm',
      messages: [{ role: 'user', content: 'hi' }],
    }),
    await ask('CreateEmbeddingResponse', '/v1/embeddings', { model: 'v', input: 'hi' }),
  ];
}

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
  const others: Sample[] = [
    { type: 'Completion', value: { ...chunk, object: 'text_completion', choices: [{ index: 0 }] }, from: 'wrong 5' },
    { type: 'CreateEmbeddingResponse', value: { object: 'list', model: 'v', data: [] }, from: 'wrong 6' },
    { type: 'ModelList', value: { object: 'list', data: [{ id: 'm', object: 'model' }] }, from: 'wrong 7' },
  ];
  const message = {
    ...{ id: 'm', type: 'message', role: 'assistant', model: 'm', container: null, diagnostics: null },
    ...{ stop_reason: 'end_turn', stop_sequence: null, stop_details: null, usage: messagesUsage(undefined) },
  };
  const text = { type: 'text', text: 'hi', citations: null };
  const tool = { type: 'tool_use', id: 't', name: 'n', input: {} };
  const messages = [
    { ...message, content: [{ ...text, citations: undefined }] },
    { ...message, content: [tool] },
    { ...message, content: [text], usage: deltaUsage(undefined) },
    { ...message, content: [text], container: undefined },
  ].map((value, index): Sample => ({ type: 'Message', value, from: `wrong ${index + 8}` }));
  const events = [
    { type: 'content_block_start', index: 0, content_block: { ...text, citations: undefined } },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: deltaUsage(undefined) },
  ].map((value, index): Sample => ({ type: 'MessageStreamEvent', value, from: `wrong ${index + 12}` }));
  const error = { type: 'error', error: { type: 'api_error', message: 'x' } };
  return [
    ...[...messages, ...events, { type: 'ErrorResponse', value: error, from: 'wrong 14' } as const],
    ...wrong.map((value, index): Sample => ({ type: 'ChatCompletionChunk', value, from: `wrong ${index}` })),
    ...others,
  ];
}

test('every response, event and error that is written here has its published shape, and what has it not is found', async () => {
  const samples = written.flatMap(samplesOf);
  expect(samples.length).toBeGreaterThan(150);
  // One run of the compiler, for it takes seconds.
  const found = problemsOf([...samples, ...errors, ...(await others()), ...wrongSamples()]);
  expect(found.filter((line) => !line.startsWith('wrong'))).toEqual([]);
  const wrong = found.map((line) => /^wrong \d+/.exec(line)?.[0]);
  expect(new Set(wrong)).toEqual(new Set(Array.from({ length: 15 }, (_, index) => `wrong ${index}`)));
}, 60_000);
