// The words in which the suite's requests are written for clients of chat completions and of Messages.

export type Fields = Record<string, unknown>;
export type Words = Partial<Record<'openai-chat' | 'anthropic-messages' | 'openai-responses', Fields>>;

export interface RequestFeature {
  name: string;
  /** Beside the model's name; a format without words for it is left out. */
  asks: Words;
  /** A part of the upstream's body. */
  finds: Words & { gemini?: Fields };
  /** Why it does not arrive whole where it is neither found nor refused. */
  lossy?: string;
}

export const chat = (content: unknown, more: Fields = {}): Fields => ({
  messages: [{ role: 'user', content }],
  ...more,
});
export const message = (content: unknown, more: Fields = {}): Fields => ({
  max_tokens: 2_000,
  messages: [{ role: 'user', content }],
  ...more,
});
export const PNG = 'iVBORw0KGgo=';
export const ADDRESS = 'https://pictures.example/a.png';
export const SCHEMA = {
  type: 'object',
  properties: { city: { type: 'string' } },
  required: ['city'],
  additionalProperties: false,
};
export const chatTool = (more: Fields = {}) => ({
  type: 'function',
  function: { name: 'weather', description: 'The weather', parameters: SCHEMA, ...more },
});
export const messagesTool = (more: Fields = {}) => ({
  name: 'weather',
  description: 'The weather',
  input_schema: SCHEMA,
  ...more,
});
export const CHAT_TOOLS = { tools: [chatTool()] };
export const MESSAGES_TOOLS = { tools: [messagesTool()] };

/** The same field under another name, asked for and found alike. */
export function field(name: string, inChat: Fields | undefined, inMessages: Fields | undefined): RequestFeature {
  const words: Words = {};
  const finds: Words = {};
  if (inChat) {
    words['openai-chat'] = chat('hi', inChat);
    finds['openai-chat'] = inChat;
  }
  if (inMessages) {
    words['anthropic-messages'] = message('hi', inMessages);
    finds['anthropic-messages'] = inMessages;
  }
  return { name, asks: words, finds };
}

export const CALL = { id: 'call_1', type: 'function', function: { name: 'weather', arguments: '{"city":"Bern"}' } };
export const USE = { type: 'tool_use', id: 'call_1', name: 'weather', input: { city: 'Bern' } };
export const chatHistory = (content: unknown) => ({
  ...CHAT_TOOLS,
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: null, tool_calls: [CALL] },
    { role: 'tool', tool_call_id: 'call_1', content },
  ],
});
export const messagesHistory = (content: unknown, more: Fields = {}, before: Fields[] = []) => ({
  max_tokens: 2_000,
  ...MESSAGES_TOOLS,
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', content: [...before, USE] },
    { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'call_1', content, ...more }] },
  ],
});
export const SIGNED = { type: 'thinking', thinking: 'hm', signature: 'sig+/=é' };
export const DETAIL = {
  type: 'reasoning.text',
  text: 'hm',
  signature: 'sig+/=é',
  format: 'anthropic-claude-v1',
  index: 0,
};

export const ENCRYPTED = {
  type: 'reasoning.encrypted',
  data: 'enc+/=é',
  summary: 'hm',
  id: 'rs_1',
  format: 'openai-responses-v1',
  index: 0,
};
/** As chat completions nest it. */
export const FREE_TOOL = {
  type: 'custom',
  custom: { name: 'patch', format: { type: 'grammar', grammar: { syntax: 'lark', definition: 'start: /.+/' } } },
};
