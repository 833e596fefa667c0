// Field by field: what a client may send is translated, refused by its name, or one of the hints that the docs list.
import { describe, expect, test } from 'bun:test';

import { AppError } from '../../lib/app-error.ts';
import { openaiCompletions } from '../protocols/openai-completions/client.ts';
import { contextOf, type Pair, PAIRS } from './protocol.suite.ts';
import { SignatureMemory } from './signature-memory.ts';
import { HINTS } from './suite/hints.ts';

type Fields = Record<string, unknown>;
type ClientName = keyof typeof HINTS;

const TOOL = { name: 'weather', parameters: { type: 'object', properties: {} } };
const BASE: Record<ClientName, Fields> = {
  'openai-chat': { messages: [{ role: 'user', content: 'hi' }], tools: [{ type: 'function', function: TOOL }] },
  'openai-responses': { input: 'hi', tools: [{ type: 'function', ...TOOL }] },
  'anthropic-messages': {
    max_tokens: 3_000,
    messages: [{ role: 'user', content: 'hi' }],
    tools: [{ name: 'weather', input_schema: TOOL.parameters }],
  },
};
/** Every field that the formats publish beside those above, with a value that says something. */
const FIELDS: Record<ClientName, Fields> = {
  'openai-chat': {
    audio: { voice: 'alloy', format: 'wav' },
    frequency_penalty: 0.5,
    function_call: 'none',
    functions: [TOOL],
    logit_bias: { 50_256: -100 },
    logprobs: true,
    max_completion_tokens: 50,
    max_tokens: 50,
    metadata: { a: 'b' },
    modalities: ['text', 'audio'],
    moderation: { model: 'm' },
    n: 2,
    parallel_tool_calls: false,
    prediction: { type: 'content', content: 'x' },
    presence_penalty: 0.5,
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    reasoning_effort: 'high',
    response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' }, strict: true } },
    safety_identifier: 's',
    seed: 7,
    service_tier: 'flex',
    stop: ['END'],
    store: true,
    stream: true,
    stream_options: { include_usage: true },
    temperature: 0.5,
    tool_choice: 'required',
    top_logprobs: 3,
    top_p: 0.5,
    user: 'u',
    verbosity: 'low',
    web_search_options: {},
  },
  'openai-responses': {
    background: true,
    client_metadata: { a: 'b' },
    context_management: [{ type: 'compaction' }],
    conversation: 'conv_1',
    include: ['message.output_text.logprobs'],
    instructions: 'Be brief.',
    max_output_tokens: 50,
    max_tool_calls: 1,
    metadata: { a: 'b' },
    parallel_tool_calls: false,
    previous_response_id: 'resp_1',
    prompt: { id: 'pmpt_1' },
    prompt_cache_key: 'k',
    prompt_cache_retention: '24h',
    reasoning: { effort: 'high' },
    'reasoning.summary': 'auto',
    safety_identifier: 's',
    service_tier: 'flex',
    store: true,
    stream: true,
    stream_options: { include_obfuscation: false },
    temperature: 0.5,
    text: { format: { type: 'json_schema', name: 'a', schema: { type: 'object' } } },
    'text.verbosity': 'low',
    tool_choice: 'required',
    top_logprobs: 3,
    top_p: 0.5,
    truncation: 'auto',
    user: 'u',
  },
  'anthropic-messages': {
    cache_control: { type: 'ephemeral' },
    container: 'c_1',
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    'context_management.edits.clear_thinking': undefined,
    inference_geo: 'us',
    mcp_servers: [{ type: 'url', url: 'https://example.com', name: 'm' }],
    'metadata.user_id': 'u',
    'metadata.else': 'u',
    'output_config.format': { type: 'json_schema', schema: { type: 'object' } },
    'output_config.task_budget': { type: 'tokens', total: 9 },
    service_tier: 'standard_only',
    speed: 'fast',
    stop_sequences: ['END'],
    stream: true,
    system: 'Be brief.',
    temperature: 0.5,
    thinking: { type: 'enabled', budget_tokens: 2_000 },
    tool_choice: { type: 'any' },
    top_k: 5,
    top_p: 0.5,
  },
};
const translated = PAIRS.filter(({ bridge }) => bridge.translates);

/** `a.b` stands within `a`. */
function withField(base: Fields, path: string, value: unknown): Fields {
  if (path === 'context_management.edits.clear_thinking')
    return { ...base, context_management: { edits: [{ type: 'clear_thinking_20251015' }] } };
  const [name, inner] = path.split('.') as [string, string | undefined];
  return { ...base, [name]: inner === undefined ? value : { [inner]: value } };
}

function bodyOf({ client, bridge, upstream }: Pair, fields: Fields): Fields {
  const request = client.check({ model: 'public', ...fields });
  const upstreamModel = upstream === 'gemini' ? 'gemini-3.8-flash' : 'inside';
  return bridge.body(request, {
    upstreamModel,
    outputTokens: null,
    maxTokensField: 'max_tokens',
    memory: new SignatureMemory(),
    owner: 'o',
  } as Parameters<typeof bridge.body>[1]);
}

/** The name of what was refused; undefined when it went through. */
function refusedIn(pair: Pair, fields: Fields): string | undefined {
  try {
    bodyOf(pair, fields);
  } catch (error) {
    if (error instanceof AppError && error.code === 'unsupported_parameter') return error.options.param;
    throw error;
  }
  return undefined;
}

describe.each(translated.map((pair) => [`${pair.client.name} → ${pair.upstream}`, pair] as const))('%s', (_, pair) => {
  const name = pair.client.name as ClientName;
  const base = JSON.stringify(bodyOf(pair, BASE[name]));

  test.each(Object.entries(FIELDS[name]))('%s is translated, refused by name, or a known hint', (field, value) => {
    const asked = withField(BASE[name], field, value);
    const refused = refusedIn(pair, asked);
    if (refused !== undefined) return expect(refused).toStartWith(field.split('.')[0]!);
    // How an answer comes is not in Gemini's body but in its address.
    const isInAddress = field === 'stream' && pair.upstream === 'gemini';
    if (JSON.stringify(bodyOf(pair, asked)) === base && !isInAddress) expect(Object.keys(HINTS[name])).toContain(field);
  });
});

const pairOf = (client: ClientName, upstream: string) =>
  PAIRS.find((pair) => pair.client.name === client && pair.upstream === upstream)!;

test.each([
  ['input_examples', [{ city: 'Bern' }]],
  ['defer_loading', true],
  ['allowed_callers', ['code_execution_20250825']],
])('a tool’s %s changes what the model does, so it is refused by name', (field, value) => {
  const [tool] = BASE['anthropic-messages'].tools as Fields[];
  const ask = (more: Fields) => ({ ...BASE['anthropic-messages'], tools: [{ ...tool, ...more }] });
  const pair = pairOf('anthropic-messages', 'openai-chat');
  expect(refusedIn(pair, ask({ [field]: value }))).toBe(`tools.0.${field}`);
  const plain = { allowed_callers: ['direct'], defer_loading: false, eager_input_streaming: true };
  expect(refusedIn(pair, ask(plain))).toBeUndefined();
});

test.each(['openai-responses', 'anthropic-messages', 'gemini'] as const)(
  'what an answer’s schema is for reaches %s',
  (upstream) => {
    const schema = { name: 'a', description: 'A town’s weather', schema: { type: 'object' } };
    const asked = { ...BASE['openai-chat'], response_format: { type: 'json_schema', json_schema: schema } };
    expect(JSON.stringify(bodyOf(pairOf('openai-chat', upstream), asked))).toContain('A town’s weather');
  },
);

test('a tool’s result may repeat the tool’s name; a person’s name is refused', () => {
  const call = { id: 'c', type: 'function', function: { name: 'weather', arguments: '{}' } };
  const pair = pairOf('openai-chat', 'anthropic-messages');
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c', name: 'weather', content: 'sunny' },
  ];
  expect(refusedIn(pair, { messages })).toBeUndefined();
  expect(refusedIn(pair, { messages: [{ role: 'user', name: 'Ann', content: 'hi' }] })).toBe('messages.0.name');
});

test('thinking without a signature stays behind on Claude, which refuses it, and goes back to models that sign nothing', () => {
  const { client, bridge } = pairOf('anthropic-messages', 'anthropic-messages');
  const signed = { type: 'thinking', thinking: 'b', signature: 'sig+/=é' };
  const content = [{ type: 'thinking', thinking: 'a', signature: '' }, signed, { type: 'text', text: 'c' }];
  const messages = [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content },
    { role: 'user', content: 'go on' },
  ];
  const request = client.check({ model: 'public', max_tokens: 9, messages });
  const sent = (upstreamModel: string) =>
    (bridge.body(request, { upstreamModel, outputTokens: null } as never).messages as { content: unknown }[])[1]!
      .content;
  expect(sent('claude-sonnet-5')).toEqual([signed, { type: 'text', text: 'c' }]);
  expect(sent('glm-5')).toEqual(content);
});

test('a refusal is the text of a completion, whole and streamed', () => {
  const bridge = openaiCompletions.bridge('openai-chat')!;
  const request = openaiCompletions.check({ model: 'public', prompt: 'hi', stream: true });
  const context = { ...contextOf(PAIRS[0]!), request };
  const message = { role: 'assistant', content: null, refusal: 'I cannot.' };
  const whole = { object: 'chat.completion', choices: [{ index: 0, message, finish_reason: 'stop' }] };
  const answer = JSON.parse(bridge.readWhole(JSON.stringify(whole), context)!.relay) as { choices: { text: string }[] };
  expect(answer.choices[0]!.text).toBe('I cannot.');
  const chunk = { choices: [{ index: 0, delta: { refusal: 'I cannot.' }, finish_reason: null }] };
  const reading = bridge.reader(context).read(JSON.stringify(chunk));
  expect(reading).toMatchObject({ relay: expect.stringContaining('"text":"I cannot."') });
});
