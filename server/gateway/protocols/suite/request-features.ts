// What a request may ask for, in each client's words, and what each upstream must then find in the body it gets.

import { GEMINI_DETAIL, GEMINI_FINDS, GEMINI_SEAL, GOOGLE_SIGNED } from './gemini-words.ts';
import {
  chat,
  message,
  PNG,
  ADDRESS,
  SCHEMA,
  chatTool,
  messagesTool,
  CHAT_TOOLS,
  MESSAGES_TOOLS,
  field,
  CALL,
  USE,
  chatHistory,
  messagesHistory,
  SIGNED,
  DETAIL,
  ENCRYPTED,
  FREE_TOOL,
  type Fields,
  type RequestFeature,
} from './request-words.ts';
import { RESPONSES_FINDS } from './responses-upstream-words.ts';
import { RESPONSES_ASKS } from './responses-words.ts';

export type { RequestFeature };

const FEATURES: readonly RequestFeature[] = [
  {
    name: 'Text',
    asks: { 'openai-chat': chat('hi'), 'anthropic-messages': message('hi') },
    finds: { 'openai-chat': { messages: [{ role: 'user' }] }, 'anthropic-messages': { messages: [{ role: 'user' }] } },
  },
  {
    name: 'System prompt',
    asks: {
      'openai-chat': {
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'hi' },
        ],
      },
      'anthropic-messages': message('hi', { system: 'Be brief.' }),
    },
    finds: {
      'openai-chat': { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user' }] },
      'anthropic-messages': { system: /Be brief\./ as never },
    },
  },
  {
    name: 'Developer role',
    asks: {
      'openai-chat': {
        messages: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'hi' },
        ],
      },
    },
    finds: {
      'openai-chat': { messages: [{ role: /^(developer|system)$/, content: 'Be brief.' }, { role: 'user' }] },
      'anthropic-messages': { system: /Be brief\./ as never },
    },
  },
  {
    name: 'System message between turns',
    lossy: 'it moves to the front, among the other system messages',
    asks: {
      'openai-chat': {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'system', content: 'Now in French.' },
          { role: 'user', content: 'b' },
        ],
      },
    },
    finds: { 'openai-chat': { messages: [{ role: 'user' }, { role: 'system' }, { role: 'user' }] } },
  },
  {
    name: 'Picture as data',
    asks: {
      'openai-chat': chat([{ type: 'image_url', image_url: { url: `data:image/png;base64,${PNG}` } }]),
      'anthropic-messages': message([
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
      ]),
    },
    finds: {
      'openai-chat': { messages: [{ content: [{ image_url: { url: `data:image/png;base64,${PNG}` } }] }] },
      'anthropic-messages': {
        messages: [{ content: [{ source: { type: 'base64', media_type: 'image/png', data: PNG } }] }],
      },
    },
  },
  {
    name: 'Picture by address',
    asks: {
      'openai-chat': chat([{ type: 'image_url', image_url: { url: ADDRESS } }]),
      'anthropic-messages': message([{ type: 'image', source: { type: 'url', url: ADDRESS } }]),
    },
    finds: {
      'openai-chat': { messages: [{ content: [{ image_url: { url: ADDRESS } }] }] },
      'anthropic-messages': { messages: [{ content: [{ source: { type: 'url', url: ADDRESS } }] }] },
    },
  },
  {
    name: 'Picture, low detail',
    asks: { 'openai-chat': chat([{ type: 'image_url', image_url: { url: ADDRESS, detail: 'low' } }]) },
    finds: { 'openai-chat': { messages: [{ content: [{ image_url: { detail: 'low' } }] }] } },
  },
  {
    name: 'Document or file',
    asks: {
      'openai-chat': chat([{ type: 'file', file: { file_id: 'file_1' } }]),
      'anthropic-messages': message([
        { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } },
      ]),
    },
    finds: {
      'openai-chat': { messages: [{ content: [{ type: 'file' }] }] },
      'anthropic-messages': { messages: [{ content: [{ type: 'document' }] }] },
    },
  },
  {
    name: 'Audio',
    asks: { 'openai-chat': chat([{ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }]) },
    finds: { 'openai-chat': { messages: [{ content: [{ type: 'input_audio' }] }] } },
  },
  field('Tools', CHAT_TOOLS, MESSAGES_TOOLS),
  field(
    'Tool with a strict schema',
    { tools: [chatTool({ strict: true })] },
    { tools: [messagesTool({ strict: true })] },
  ),
  field(
    'Forced tool',
    { ...CHAT_TOOLS, tool_choice: { type: 'function', function: { name: 'weather' } } },
    { ...MESSAGES_TOOLS, tool_choice: { type: 'tool', name: 'weather' } },
  ),
  field('Some tool', { ...CHAT_TOOLS, tool_choice: 'required' }, { ...MESSAGES_TOOLS, tool_choice: { type: 'any' } }),
  field('No tool', { ...CHAT_TOOLS, tool_choice: 'none' }, { ...MESSAGES_TOOLS, tool_choice: { type: 'none' } }),
  {
    ...field(
      'One tool at a time',
      { ...CHAT_TOOLS, parallel_tool_calls: false },
      { ...MESSAGES_TOOLS, tool_choice: { type: 'auto', disable_parallel_tool_use: true } },
    ),
    lossy: 'Gemini cannot be told so: calls beside the first are left out of its answer',
  },
  field(
    'Tool the upstream runs',
    { web_search_options: {} },
    { tools: [{ type: 'web_search_20250305', name: 'web_search' }] },
  ),
  {
    name: 'Free-form tool',
    asks: { 'openai-chat': chat('hi', { tools: [FREE_TOOL] }) },
    finds: { 'openai-chat': { tools: [FREE_TOOL] } },
  },
  {
    name: 'Tool’s result',
    asks: { 'openai-chat': chatHistory('sunny'), 'anthropic-messages': messagesHistory('sunny') },
    finds: {
      'openai-chat': {
        messages: [{}, { tool_calls: [CALL] }, { role: 'tool', tool_call_id: 'call_1', content: 'sunny' }],
      },
      'anthropic-messages': {
        messages: [{}, { content: [USE] }, { content: [{ tool_use_id: 'call_1', content: /sunny/ }] }],
      },
    },
  },
  {
    name: 'Tool’s result that failed',
    lossy: 'the text begins with “Error: ” instead of the mark',
    asks: { 'anthropic-messages': messagesHistory('no such city', { is_error: true }) },
    finds: { 'anthropic-messages': { messages: [{}, {}, { content: [{ is_error: true }] }] } },
  },
  {
    name: 'Picture in a tool’s result',
    asks: { 'anthropic-messages': messagesHistory([{ type: 'image', source: { type: 'url', url: ADDRESS } }]) },
    finds: { 'anthropic-messages': { messages: [{}, {}, { content: [{ content: [{ type: 'image' }] }] }] } },
  },
  {
    name: 'Picture as data in a tool’s result',
    asks: {
      'anthropic-messages': messagesHistory([
        { type: 'image', source: { type: 'base64', media_type: 'image/png', data: PNG } },
      ]),
    },
    finds: { 'anthropic-messages': { messages: [{}, {}, { content: [{ content: [{ type: 'image' }] }] }] } },
  },
  {
    ...field('Answer by a schema', undefined, { output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
    asks: {
      'openai-chat': chat('hi', {
        response_format: { type: 'json_schema', json_schema: { name: 'answer', schema: SCHEMA, strict: true } },
      }),
      'anthropic-messages': message('hi', { output_config: { format: { type: 'json_schema', schema: SCHEMA } } }),
    },
    finds: {
      'openai-chat': { response_format: { type: 'json_schema', json_schema: { schema: SCHEMA, strict: true } } },
      'anthropic-messages': { output_config: { format: { type: 'json_schema', schema: SCHEMA } } },
    },
  },
  field('Answer as any JSON', { response_format: { type: 'json_object' } }, undefined),
  field('How much to say', { verbosity: 'low' }, undefined),
  {
    name: 'How hard to think',
    asks: {
      'openai-chat': chat('hi', { reasoning_effort: 'high', max_tokens: 4_000 }),
      'anthropic-messages': message('hi', {
        max_tokens: 4_000,
        thinking: { type: 'adaptive' },
        output_config: { effort: 'high' },
      }),
    },
    finds: {
      'openai-chat': { reasoning_effort: 'high' },
      'anthropic-messages': { thinking: { type: /^(adaptive|enabled)$/ } },
    },
  },
  {
    name: 'Budget of thinking in tokens',
    lossy: 'it becomes low (below 4,096), medium or high (from 16,384)',
    asks: { 'anthropic-messages': message('hi', { thinking: { type: 'enabled', budget_tokens: 1_500 } }) },
    finds: { 'anthropic-messages': { thinking: { type: 'enabled', budget_tokens: 1_500 } } },
  },
  {
    name: 'Signed reasoning sent back',
    lossy: 'only the format that signed it can read it, so it stays behind',
    asks: {
      'openai-chat': {
        ...CHAT_TOOLS,
        reasoning_effort: 'high',
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [CALL], reasoning_details: [DETAIL] },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        ],
      },
      'anthropic-messages': messagesHistory('sunny', {}, [SIGNED]),
    },
    finds: {
      'openai-chat': { messages: [{}, { reasoning_details: [DETAIL] }, {}] },
      'anthropic-messages': { messages: [{}, { content: [SIGNED, USE] }, {}] },
    },
  },
  {
    name: 'Gemini’s signature of a call sent back',
    lossy: 'only the format that signed it can read it, so it stays behind',
    asks: {
      'openai-chat': {
        ...CHAT_TOOLS,
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [CALL], reasoning_details: [GEMINI_DETAIL] },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        ],
      },
      'anthropic-messages': messagesHistory('sunny', {}, [{ type: 'redacted_thinking', data: GEMINI_SEAL }]),
    },
    finds: {
      'openai-chat': { messages: [{}, { reasoning_details: [GEMINI_DETAIL] }, {}] },
    },
  },
  {
    name: 'Google’s signature of a call sent back (`extra_content`)',
    lossy: 'only the format that signed it can read it, so it stays behind',
    asks: {
      'openai-chat': {
        ...CHAT_TOOLS,
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [{ ...CALL, ...GOOGLE_SIGNED }] },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        ],
      },
    },
    finds: { 'openai-chat': { messages: [{}, { tool_calls: [GOOGLE_SIGNED] }, {}] } },
  },
  {
    name: 'Encrypted reasoning sent back',
    lossy: 'only the format that signed it can read it, so it stays behind',
    asks: {
      'openai-chat': {
        ...CHAT_TOOLS,
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: null, tool_calls: [CALL], reasoning_details: [ENCRYPTED] },
          { role: 'tool', tool_call_id: 'call_1', content: 'sunny' },
        ],
      },
    },
    finds: { 'openai-chat': { messages: [{}, { reasoning_details: [ENCRYPTED] }, {}] } },
  },
  {
    name: 'Reasoning without a signature sent back',
    lossy: 'only signed reasoning is accepted there, so it stays behind',
    asks: {
      'openai-chat': {
        messages: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: 'a', reasoning_content: 'hm' },
          { role: 'user', content: 'b' },
        ],
      },
      'anthropic-messages': messagesHistory('sunny', {}, [{ ...SIGNED, signature: '' }]),
    },
    finds: {
      'openai-chat': { messages: [{}, { reasoning_content: 'hm' }, {}] },
      'anthropic-messages': { messages: [{}, { content: [{ type: 'thinking', thinking: 'hm' }, {}] }, {}] },
    },
  },
  field('Stop sequences', { stop: ['END'] }, { stop_sequences: ['END'] }),
  field('Temperature and top-p', { temperature: 0.5, top_p: 0.9 }, { temperature: 0.5, top_p: 0.9 }),
  field('Temperature above 1', { temperature: 1.5 }, undefined),
  field('Top-k', undefined, { top_k: 5 }),
  field('Seed', { seed: 7 }, undefined),
  field('Penalties', { presence_penalty: 0.5, frequency_penalty: 0.5 }, undefined),
  field('Several answers', { n: 2 }, undefined),
  field('Log probabilities', { logprobs: true }, undefined),
  {
    ...field('Id of the end user', { user: 'u1' }, { metadata: { user_id: 'u1' } }),
    lossy: 'a hint without a counterpart; the answer is the same',
  },
  {
    ...field('Key of the prompt’s cache', { prompt_cache_key: 'k' }, undefined),
    lossy: 'a hint without a counterpart; the answer is the same',
  },
  {
    name: 'Marks of the prompt’s cache',
    lossy: 'these upstreams cache by themselves; the answer is the same',
    asks: { 'anthropic-messages': message([{ type: 'text', text: 'hi', cache_control: { type: 'ephemeral' } }]) },
    finds: { 'anthropic-messages': { messages: [{ content: [{ cache_control: { type: 'ephemeral' } }] }] } },
  },
  { name: 'An earlier response by its id', asks: {}, finds: {} },
  { name: 'Kept by the upstream', asks: {}, finds: {} },
  {
    name: 'Answer begun by the caller',
    asks: {
      'openai-chat': {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
      'anthropic-messages': {
        max_tokens: 100,
        messages: [
          { role: 'user', content: 'a' },
          { role: 'assistant', content: 'b' },
        ],
      },
    },
    finds: {
      'openai-chat': { messages: [{}, { role: 'assistant' }] },
      'anthropic-messages': { messages: [{}, { role: 'assistant' }] },
    },
  },
  field('A field nobody knows', { vendor_thing: 1 }, { vendor_thing: 1 }),
];

/** With the words of Responses and of Gemini, which stand together in files of their own. */
export const REQUEST_FEATURES: readonly RequestFeature[] = FEATURES.map((feature) => {
  const asked = RESPONSES_ASKS[feature.name];
  const found = RESPONSES_FINDS[feature.name] as Fields | undefined;
  const gemini = GEMINI_FINDS[feature.name];
  return {
    ...feature,
    asks: { ...feature.asks, ...(asked ? { 'openai-responses': asked } : {}) },
    finds: {
      ...feature.finds,
      ...(found ? { 'openai-responses': found } : {}),
      ...(gemini ? { gemini } : {}),
    },
  };
});
