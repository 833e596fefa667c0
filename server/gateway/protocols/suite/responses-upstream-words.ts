// The suite's features in the words of an upstream of OpenAI's Responses, by the feature's name: what it must find in
// the body it gets, and what it answers.

type Fields = Record<string, unknown>;

const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
const TOOLS = [{ type: 'function', name: 'weather', description: 'The weather', parameters: SCHEMA }];

export const RESPONSES_FINDS: Record<string, unknown> = {
  Text: { model: 'inside', input: /hi/ },
  'System prompt': /Be brief\./,
  'Developer role': /"role":"(developer|system)","content":.{0,40}Be brief\./,
  'System message between turns': { input: [{ role: 'user' }, { role: 'system' }, { role: 'user' }] },
  'Picture as data': /"image_url":"data:image\/png;base64,iVBORw0KGgo="/,
  'Picture by address': /"image_url":"https:\/\/pictures\.example\/a\.png"/,
  'Picture, low detail': /"detail":"low"/,
  'Document or file': { input: [{ content: [{ type: 'input_file' }] }] },
  Tools: { tools: TOOLS },
  'Tool with a strict schema': { tools: [{ ...TOOLS[0], strict: true }] },
  'Forced tool': { tools: TOOLS, tool_choice: { type: 'function', name: 'weather' } },
  'Some tool': { tool_choice: 'required' },
  'No tool': { tool_choice: 'none' },
  'One tool at a time': { parallel_tool_calls: false },
  'Free-form tool': { tools: [{ type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark' } }] },
  'Tool the upstream runs': { tools: [{ type: 'code_interpreter' }] },
  'Tool’s result': {
    input: [
      {},
      { type: 'function_call', call_id: 'call_1', name: 'weather', arguments: '{"city":"Bern"}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'sunny' },
    ],
  },
  'Picture in a tool’s result': { input: [{}, {}, { output: [{ type: 'input_image' }] }] },
  'Picture as data in a tool’s result': {
    input: [{}, {}, { output: [{ type: 'input_image', image_url: 'data:image/png;base64,iVBORw0KGgo=' }] }],
  },
  'Answer by a schema': { text: { format: { type: 'json_schema', schema: SCHEMA, strict: true } } },
  'Answer as any JSON': { text: { format: { type: 'json_object' } } },
  'How much to say': { text: { verbosity: 'low' } },
  'How hard to think': { reasoning: { effort: 'high' } },
  'Encrypted reasoning sent back': {
    input: [{}, { type: 'reasoning', id: 'rs_1', encrypted_content: 'enc+/=é' }, { type: 'function_call' }, {}],
  },
  'Reasoning without a signature sent back': { input: [{}, { type: 'reasoning' }, {}, {}] },
  'Temperature and top-p': { temperature: 0.5, top_p: 0.9 },
  'Temperature above 1': { temperature: 1.5 },
  'Log probabilities': { top_logprobs: 3 },
  'Id of the end user': { user: 'u1' },
  'Key of the prompt’s cache': { prompt_cache_key: 'k' },
  'An earlier response by its id': { previous_response_id: 'resp_1' },
  'Kept by the upstream': { store: true },
  'A field nobody knows': { vendor_thing: 1 },
};

export function responseOf(output: Fields[], over: Fields = {}): Fields {
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 7,
    model: 'inside',
    status: 'completed',
    incomplete_details: null,
    error: null,
    output,
    usage: {
      input_tokens: 17,
      input_tokens_details: { cached_tokens: 4, cache_write_tokens: 2 },
      output_tokens: 6,
      output_tokens_details: { reasoning_tokens: 2 },
      total_tokens: 23,
    },
    ...over,
  };
}

const TEXT = {
  id: 'msg_1',
  type: 'message',
  status: 'completed',
  role: 'assistant',
  content: [{ type: 'output_text', text: 'Hello there', annotations: [], logprobs: [] }],
};
const call = (call_id: string, name: string, written: string): Fields => ({
  id: `fc_${call_id}`,
  type: 'function_call',
  status: 'completed',
  call_id,
  name,
  arguments: written,
});
const reasoning = (text: string, more: Fields = {}): Fields => ({
  id: 'rs_1',
  type: 'reasoning',
  summary: text === '' ? [] : [{ type: 'summary_text', text }],
  ...more,
});

export const RESPONSES_GIVES: Record<string, Fields> = {
  Text: responseOf([TEXT]),
  'Parallel tool calls': responseOf([call('c_1', 'weather', '{"city":"Bāsel"}'), call('c_2', 'clock', '{}')]),
  'Free-form tool call': responseOf([
    { id: 'ctc_1', type: 'custom_tool_call', status: 'completed', call_id: 'c_1', name: 'patch', input: '*** Bāsel' },
  ]),
  Reasoning: responseOf([reasoning('hm so'), TEXT]),
  'Encrypted reasoning, byte for byte': responseOf([reasoning('hm', { encrypted_content: 'enc+/=é' }), TEXT]),
  'Encrypted reasoning without a summary': responseOf([reasoning('', { encrypted_content: 'enc+/=é' }), TEXT]),
  'Stopped at the output cap': responseOf([TEXT], {
    status: 'incomplete',
    incomplete_details: { reason: 'max_output_tokens' },
  }),
  'Refused or filtered': responseOf([TEXT], {
    status: 'incomplete',
    incomplete_details: { reason: 'content_filter' },
  }),
  'Usage with cache reads and writes': responseOf([TEXT]),
  'Usage of reasoning': responseOf([TEXT]),
};
