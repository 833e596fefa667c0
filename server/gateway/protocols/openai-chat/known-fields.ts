// What of a chat completion request can be said in another format.
import { anything, type Shape } from '../known-shape.ts';

type Fields = Record<string, unknown>;

const PARTS: Readonly<Record<string, Shape>> = {
  text: anything('type text cache_control'),
  refusal: anything('type refusal'),
  // An address alone is accepted in its place.
  image_url: { ...anything('type cache_control'), image_url: anything('url detail') },
};
const content: Shape = ({ type }) => (Object.hasOwn(PARTS, String(type)) ? PARTS[String(type)] : undefined);

const MESSAGES: Readonly<Record<string, Shape>> = {
  system: { role: null, content },
  developer: { role: null, content },
  user: { role: null, content },
  // The call's id says which tool it was.
  tool: { ...anything('role tool_call_id name'), content },
};

const FUNCTION = anything('name description parameters strict');
const FORMAT = { type: null, grammar: anything('syntax definition') };

function toolOf({ type }: Fields): Shape | undefined {
  if (type === 'custom') return { type: null, custom: { ...anything('name description'), format: FORMAT } };
  return type === undefined || type === null || type === 'function'
    ? { ...anything('type cache_control'), function: FUNCTION }
    : undefined;
}

/** What clients repeat of an answer holds more than its reader looks for: see `readMessage`. */
export const CHAT_FIELDS: Shape = {
  ...anything('model stream max_tokens max_completion_tokens temperature top_p stop seed parallel_tool_calls'),
  ...anything('reasoning_effort verbosity user safety_identifier prompt_cache_key presence_penalty frequency_penalty'),
  ...anything('n logprobs store service_tier modalities'),
  stream_options: anything('include_usage include_obfuscation continuous_usage_stats'),
  messages: ({ role }) => (Object.hasOwn(MESSAGES, String(role)) ? MESSAGES[String(role)] : undefined),
  tools: toolOf,
  tool_choice: ({ type }) =>
    type === 'function' || type === 'custom'
      ? { type: null, function: anything('name'), custom: anything('name') }
      : undefined,
  response_format: { type: null, json_schema: anything('name description schema strict') },
};
