// What an upstream may answer, in each format's words, whole and as events; and what each client must then see.

import { GEMINI_GIVES } from './gemini-words.ts';
import { RESPONSES_GIVES } from './responses-upstream-words.ts';
import { RESPONSES_SHOWS } from './responses-words.ts';

type Fields = Record<string, unknown>;
export type UpstreamName = 'openai-chat' | 'openai-responses' | 'anthropic-messages' | 'gemini';

export interface AnswerFeature {
  name: string;
  gives: Partial<Record<UpstreamName, Fields>>;
  /** A part of the whole answer, or of the stream put together. */
  shows: Partial<Record<'openai-chat' | 'anthropic-messages' | 'openai-responses', Fields>>;
  lossy?: string;
}

const completion = (message: Fields, finish = 'stop'): Fields => ({
  id: 'c1',
  object: 'chat.completion',
  created: 7,
  model: 'inside',
  choices: [{ index: 0, message: { role: 'assistant', content: null, ...message }, finish_reason: finish }],
  usage: {
    prompt_tokens: 17,
    completion_tokens: 6,
    total_tokens: 23,
    prompt_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
    completion_tokens_details: { reasoning_tokens: 2 },
  },
});
const message = (content: Fields[], stop: Fields = { stop_reason: 'end_turn' }): Fields => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'inside',
  content,
  stop_sequence: null,
  ...stop,
  usage: {
    input_tokens: 11,
    cache_read_input_tokens: 4,
    cache_creation_input_tokens: 2,
    output_tokens: 6,
    output_tokens_details: { thinking_tokens: 2 },
  },
});
const choice = (fields: Fields): Fields => ({ model: 'public', choices: [fields] });
const TEXT = { type: 'text', text: 'Hello there' };
const CALLS = [
  { id: 'c_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bāsel"}' } },
  { id: 'c_2', type: 'function', function: { name: 'clock', arguments: '{}' } },
];
const SIGNED_CALL = { extra_content: { google: { thought_signature: 'sig+/=é' } } };
const FREE = { id: 'c_1', type: 'custom', custom: { name: 'patch', input: '*** Bāsel' } };
const USES = [
  { type: 'tool_use', id: 'c_1', name: 'weather', input: { city: 'Bāsel' } },
  { type: 'tool_use', id: 'c_2', name: 'clock', input: {} },
];

const FEATURES: readonly AnswerFeature[] = [
  {
    name: 'Text',
    gives: { 'openai-chat': completion({ content: 'Hello there' }), 'anthropic-messages': message([TEXT]) },
    shows: {
      'openai-chat': choice({ message: { role: 'assistant', content: 'Hello there' }, finish_reason: 'stop' }),
      'anthropic-messages': { model: 'public', content: [TEXT], stop_reason: 'end_turn' },
    },
  },
  {
    name: 'Parallel tool calls',
    gives: {
      'openai-chat': completion({ tool_calls: CALLS }, 'tool_calls'),
      'anthropic-messages': message(USES, { stop_reason: 'tool_use' }),
    },
    shows: {
      'openai-chat': choice({ message: { tool_calls: CALLS }, finish_reason: 'tool_calls' }),
      'anthropic-messages': { content: USES, stop_reason: 'tool_use' },
    },
  },
  {
    name: 'Free-form tool call',
    gives: { 'openai-chat': completion({ tool_calls: [FREE] }, 'tool_calls') },
    shows: { 'openai-chat': choice({ message: { tool_calls: [FREE] }, finish_reason: 'tool_calls' }) },
  },
  {
    name: 'Reasoning',
    gives: {
      'openai-chat': completion({ reasoning_content: 'hm so', content: 'Hello there' }),
      'anthropic-messages': message([{ type: 'thinking', thinking: 'hm so', signature: 's' }, TEXT]),
    },
    shows: {
      'openai-chat': choice({ message: { reasoning_content: 'hm so', reasoning: 'hm so', content: 'Hello there' } }),
      'anthropic-messages': { content: [{ type: 'thinking', thinking: 'hm so' }, TEXT] },
    },
  },
  {
    name: 'Reasoning’s signature, byte for byte',
    gives: { 'anthropic-messages': message([{ type: 'thinking', thinking: 'hm', signature: 'sig+/=é' }, TEXT]) },
    shows: {
      'openai-chat': choice({ message: { reasoning_details: [{ text: 'hm', signature: 'sig+/=é' }] } }),
      'anthropic-messages': { content: [{ type: 'thinking', thinking: 'hm', signature: 'sig+/=é' }, TEXT] },
    },
  },
  {
    name: 'Gemini’s signature of a call',
    lossy: 'for a client that asked for no thinking the gateway remembers it',
    gives: {},
    shows: {
      'openai-chat': choice({
        message: {
          tool_calls: [{ id: 'c_1' }],
          reasoning_details: [
            { type: 'reasoning.encrypted', data: 'sig+/=é', id: 'c_1', format: 'google-gemini-v1', index: 0 },
          ],
        },
      }),
      'anthropic-messages': { content: [{ type: 'redacted_thinking', data: /^hp1\./ as never }, USES[0]] },
    },
  },
  {
    name: 'Google’s signature in a call (`extra_content`)',
    lossy: 'for a client that asked for no thinking the gateway remembers it',
    gives: { 'openai-chat': completion({ tool_calls: [{ ...CALLS[0], ...SIGNED_CALL }, CALLS[1]] }, 'tool_calls') },
    shows: {
      'openai-chat': choice({ message: { tool_calls: [{ ...CALLS[0], ...SIGNED_CALL }, CALLS[1]] } }),
      'anthropic-messages': { content: [{ type: 'redacted_thinking', data: /^hp1\./ as never }, ...USES] },
    },
  },
  {
    name: 'Reasoning that is hidden',
    gives: { 'anthropic-messages': message([{ type: 'redacted_thinking', data: 'enc+/=' }, TEXT]) },
    shows: {
      'openai-chat': choice({ message: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'enc+/=' }] } }),
      'anthropic-messages': { content: [{ type: 'redacted_thinking', data: 'enc+/=' }, TEXT] },
    },
  },
  {
    name: 'Encrypted reasoning, byte for byte',
    gives: {},
    shows: {
      'openai-chat': choice({
        message: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'enc+/=é', summary: 'hm', id: 'rs_1' }] },
      }),
      'anthropic-messages': { content: [{ type: 'thinking', thinking: 'hm', signature: /^hp1\./ }, TEXT] },
    },
  },
  {
    name: 'Encrypted reasoning without a summary',
    gives: {},
    shows: {
      'openai-chat': choice({ message: { reasoning_details: [{ type: 'reasoning.encrypted', data: 'enc+/=é' }] } }),
      'anthropic-messages': { content: [{ type: 'redacted_thinking', data: /^hp1\./ }, TEXT] },
    },
  },
  {
    name: 'Stopped at the output cap',
    gives: {
      'openai-chat': completion({ content: 'Hello there' }, 'length'),
      'anthropic-messages': message([TEXT], { stop_reason: 'max_tokens' }),
    },
    shows: {
      'openai-chat': choice({ finish_reason: 'length' }),
      'anthropic-messages': { stop_reason: 'max_tokens' },
    },
  },
  {
    name: 'Which stop sequence was met',
    lossy: 'the client’s format has no place for it',
    gives: { 'anthropic-messages': message([TEXT], { stop_reason: 'stop_sequence', stop_sequence: 'END' }) },
    shows: {
      'openai-chat': choice({ stop_sequence: 'END' }),
      'anthropic-messages': { stop_reason: 'stop_sequence', stop_sequence: 'END' },
    },
  },
  {
    name: 'Refused or filtered',
    gives: {
      'openai-chat': completion({ content: 'Hello there' }, 'content_filter'),
      'anthropic-messages': message([TEXT], { stop_reason: 'refusal' }),
    },
    shows: {
      'openai-chat': choice({ finish_reason: 'content_filter' }),
      'anthropic-messages': { stop_reason: 'refusal' },
    },
  },
  {
    name: 'Usage with cache reads',
    gives: {},
    shows: {
      'openai-chat': {
        usage: { prompt_tokens: 17, completion_tokens: 6, prompt_tokens_details: { cached_tokens: 4 } },
      },
      'anthropic-messages': { usage: { input_tokens: 13, cache_read_input_tokens: 4, output_tokens: 6 } },
    },
  },
  {
    name: 'Usage with cache reads and writes',
    gives: { 'openai-chat': completion({ content: 'Hello there' }), 'anthropic-messages': message([TEXT]) },
    shows: {
      'openai-chat': {
        usage: { prompt_tokens: 17, completion_tokens: 6, prompt_tokens_details: { cached_tokens: 4 } },
      },
      'anthropic-messages': {
        usage: { input_tokens: 11, cache_read_input_tokens: 4, cache_creation_input_tokens: 2, output_tokens: 6 },
      },
    },
  },
  {
    name: 'Usage of reasoning',
    gives: { 'openai-chat': completion({ content: 'Hello there' }), 'anthropic-messages': message([TEXT]) },
    shows: {
      'openai-chat': { usage: { completion_tokens_details: { reasoning_tokens: 2 } } },
      'anthropic-messages': { usage: { output_tokens: 6, output_tokens_details: { thinking_tokens: 2 } } },
    },
  },
];

/** With what clients of Responses see, and what upstreams of it and Gemini give: each together in a file of its own. */
export const ANSWER_FEATURES: readonly AnswerFeature[] = FEATURES.map((feature) => {
  const [responses, gemini] = [RESPONSES_GIVES[feature.name], GEMINI_GIVES[feature.name]];
  return {
    ...feature,
    gives: {
      ...feature.gives,
      ...(responses ? { 'openai-responses': responses } : {}),
      ...(gemini ? { gemini } : {}),
    },
    shows: { ...feature.shows, 'openai-responses': RESPONSES_SHOWS[feature.name]! },
  };
});
