// What of a Responses request can be said in another format.
import { anything, type Shape } from '../known-shape.ts';

type Fields = Record<string, unknown>;

const PARTS: Readonly<Record<string, Shape>> = {
  input_text: anything('type text'),
  input_image: anything('type image_url detail'),
};
const content: Shape = ({ type }) => (Object.hasOwn(PARTS, String(type)) ? PARTS[String(type)] : undefined);

const RESULT: Shape = { ...anything('type id call_id status'), output: content };

/** What the model itself said comes back with more than its reader looks for: ids, states, phases. */
function itemOf({ type, role }: Fields): Shape | undefined {
  if (type === 'function_call_output' || type === 'custom_tool_call_output') return RESULT;
  if ((type === undefined || type === 'message') && role !== 'assistant')
    return { ...anything('type id role status'), content };
  return undefined;
}

/** `defer_loading` changes when a tool is read, not what it is. */
const TOOLS: Readonly<Record<string, Shape>> = {
  function: anything('type name description parameters strict defer_loading'),
  custom: { ...anything('type name description defer_loading'), format: anything('type syntax definition') },
  namespace: { ...anything('type name description'), tools: (tool) => toolOf(tool) },
};

function toolOf({ type }: Fields): Shape | undefined {
  return Object.hasOwn(TOOLS, String(type)) ? TOOLS[String(type)] : undefined;
}

export const RESPONSES_FIELDS: Shape = {
  ...anything('model instructions stream stream_options max_output_tokens temperature top_p parallel_tool_calls user'),
  ...anything('safety_identifier prompt_cache_key metadata include store truncation service_tier background'),
  ...anything('previous_response_id conversation top_logprobs prompt client_metadata'),
  input: itemOf,
  tools: toolOf,
  tool_choice: ({ type }) => (type === 'function' || type === 'custom' ? anything('type name namespace') : undefined),
  text: { verbosity: null, format: anything('type name description schema strict') },
  // What it sees of earlier reasoning is what the client sends.
  reasoning: anything('effort summary generate_summary context'),
};
