// What of a request of Anthropic's Messages can be said in another format.
import { anything, type Shape } from '../known-shape.ts';

type Fields = Record<string, unknown>;

/** Answers come back with more than their readers look for: who called a tool, where a text was found. */
const BLOCKS: Readonly<Record<string, Shape>> = {
  text: anything('type text cache_control citations'),
  image: { ...anything('type cache_control'), source: anything('type media_type data url') },
  tool_result: { ...anything('type tool_use_id is_error cache_control'), content: blockOf },
};

function blockOf({ type }: Fields): Shape | undefined {
  return Object.hasOwn(BLOCKS, String(type)) ? BLOCKS[String(type)] : undefined;
}

/** `defer_loading` and `eager_input_streaming` change when something is sent, not what is answered. */
const TOOL = anything('type name description input_schema strict cache_control defer_loading eager_input_streaming');

export const MESSAGES_FIELDS: Shape = {
  ...anything('model max_tokens stream temperature top_p top_k stop_sequences service_tier cache_control'),
  // Read edit by edit.
  context_management: null,
  system: blockOf,
  messages: { role: null, content: blockOf },
  tools: ({ type }) => (type === undefined || type === null || type === 'custom' ? TOOL : undefined),
  tool_choice: anything('type name disable_parallel_tool_use'),
  thinking: anything('type budget_tokens display'),
  output_config: { effort: null, format: anything('type schema') },
  metadata: anything('user_id'),
};
