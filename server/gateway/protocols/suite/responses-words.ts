// The suite's features in the words of OpenAI's Responses, by the feature's name: what clients ask and what they see.

import { GEMINI_SEAL } from './gemini-words.ts';

type Fields = Record<string, unknown>;

const ask = (content: unknown, more: Fields = {}): Fields => ({ input: [{ role: 'user', content }], ...more });
const PNG = 'iVBORw0KGgo=';
const ADDRESS = 'https://pictures.example/a.png';
const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const tool = (more: Fields = {}): Fields => ({
  type: 'function',
  name: 'weather',
  description: 'The weather',
  parameters: SCHEMA,
  ...more,
});
const TOOLS = { tools: [tool()] };
const CALL = { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' };
const history = (output: unknown, before: Fields[] = [], more: Fields = {}): Fields => ({
  ...TOOLS,
  ...more,
  input: [
    { role: 'user', content: 'hi' },
    ...before,
    CALL,
    { type: 'function_call_output', call_id: 'call_1', output },
  ],
});
const picture = (more: Fields = {}) => ({ type: 'input_image', image_url: ADDRESS, ...more });

export const RESPONSES_ASKS: Record<string, Fields> = {
  Text: { input: 'hi' },
  'System prompt': { input: 'hi', instructions: 'Be brief.' },
  'Developer role': {
    input: [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'hi' },
    ],
  },
  'System message between turns': {
    input: [
      { role: 'user', content: 'a' },
      { role: 'system', content: 'Now in French.' },
      { role: 'user', content: 'b' },
    ],
  },
  'Picture as data': ask([picture({ image_url: `data:image/png;base64,${PNG}` })]),
  'Picture by address': ask([picture()]),
  'Picture, low detail': ask([picture({ detail: 'low' })]),
  'Document or file': ask([{ type: 'input_file', file_id: 'file_1' }]),
  Tools: ask('hi', TOOLS),
  'Tool with a strict schema': ask('hi', { tools: [tool({ strict: true })] }),
  'Forced tool': ask('hi', { ...TOOLS, tool_choice: { type: 'function', name: 'weather' } }),
  'Some tool': ask('hi', { ...TOOLS, tool_choice: 'required' }),
  'No tool': ask('hi', { ...TOOLS, tool_choice: 'none' }),
  'One tool at a time': ask('hi', { ...TOOLS, parallel_tool_calls: false }),
  'Free-form tool': ask('hi', {
    tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: 'start: /.+/' } }],
  }),
  'Tool the upstream runs': ask('hi', { tools: [{ type: 'code_interpreter' }] }),
  'Tool’s result': history('sunny'),
  'Picture in a tool’s result': history([picture()]),
  'Picture as data in a tool’s result': history([picture({ image_url: `data:image/png;base64,${PNG}` })]),
  'Gemini’s signature of a call sent back': history('sunny', [
    {
      type: 'reasoning',
      id: 'rs_1',
      summary: [],
      encrypted_content: GEMINI_SEAL,
    },
  ]),
  'Answer by a schema': ask('hi', {
    text: { format: { type: 'json_schema', name: 'answer', schema: SCHEMA, strict: true } },
  }),
  'Answer as any JSON': ask('hi', { text: { format: { type: 'json_object' } } }),
  'How much to say': ask('hi', { text: { verbosity: 'low' } }),
  'How hard to think': ask('hi', { reasoning: { effort: 'high' }, max_output_tokens: 4_000 }),
  'Reasoning without a signature sent back': {
    input: [
      { role: 'user', content: 'a' },
      { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }] },
      { role: 'assistant', content: [{ type: 'output_text', text: 'a' }] },
      { role: 'user', content: 'b' },
    ],
  },
  'Encrypted reasoning sent back': history('sunny', [
    { type: 'reasoning', id: 'rs_1', summary: [{ type: 'summary_text', text: 'hm' }], encrypted_content: 'enc+/=é' },
  ]),
  'Temperature and top-p': ask('hi', { temperature: 0.5, top_p: 0.9 }),
  'Temperature above 1': ask('hi', { temperature: 1.5 }),
  'Log probabilities': ask('hi', { top_logprobs: 3 }),
  'Id of the end user': ask('hi', { user: 'u1' }),
  'Key of the prompt’s cache': ask('hi', { prompt_cache_key: 'k' }),
  'Kept by the upstream': ask('hi', { store: true }),
  'A field nobody knows': ask('hi', { vendor_thing: 1 }),
  'An earlier response by its id': { input: 'hi', previous_response_id: 'resp_1' },
};

const text = (said: string) => ({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: said }] });
const TEXT = text('Hello there');
const reasoning = (thought: string) => ({ type: 'reasoning', summary: [{ type: 'summary_text', text: thought }] });

export const RESPONSES_SHOWS: Record<string, Fields> = {
  Text: { status: 'completed', model: 'public', output: [TEXT] },
  'Parallel tool calls': {
    output: [
      { type: 'function_call', call_id: 'c_1', name: 'weather', arguments: '{"city":"Bāsel"}' },
      { type: 'function_call', call_id: 'c_2', name: 'clock', arguments: '{}' },
    ],
  },
  'Free-form tool call': {
    output: [{ type: 'custom_tool_call', call_id: 'c_1', name: 'patch', input: '*** Bāsel' }],
  },
  'Encrypted reasoning, byte for byte': { output: [{ ...reasoning('hm'), encrypted_content: 'enc+/=é' }, TEXT] },
  'Encrypted reasoning without a summary': {
    output: [{ type: 'reasoning', summary: [], encrypted_content: 'enc+/=é' }, TEXT],
  },
  'Usage of reasoning': { usage: { output_tokens_details: { reasoning_tokens: 2 } } },
  Reasoning: { output: [reasoning('hm so'), TEXT] },
  'Reasoning’s signature, byte for byte': { output: [{ ...reasoning('hm'), encrypted_content: /^hp1\./ }, TEXT] },
  'Gemini’s signature of a call': {
    output: [
      { type: 'reasoning', encrypted_content: /^hp1\./ },
      { type: 'function_call', call_id: 'c_1', name: 'weather', arguments: '{"city":"Bāsel"}' },
    ],
  },
  'Google’s signature in a call (`extra_content`)': {
    output: [
      { type: 'reasoning', encrypted_content: /^hp1\./ },
      { type: 'function_call', call_id: 'c_1', name: 'weather', arguments: '{"city":"Bāsel"}' },
      { type: 'function_call', call_id: 'c_2', name: 'clock', arguments: '{}' },
    ],
  },
  'Reasoning that is hidden': { output: [{ type: 'reasoning', summary: [], encrypted_content: /^hp1\./ }, TEXT] },
  'Stopped at the output cap': { status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } },
  'Which stop sequence was met': { stop_sequence: 'END' },
  'Refused or filtered': { status: 'incomplete', incomplete_details: { reason: 'content_filter' } },
  'Usage with cache reads': {
    usage: { input_tokens: 17, output_tokens: 6, input_tokens_details: { cached_tokens: 4 } },
  },
  'Usage with cache reads and writes': {
    usage: { input_tokens: 17, output_tokens: 6, input_tokens_details: { cached_tokens: 4 } },
  },
};
