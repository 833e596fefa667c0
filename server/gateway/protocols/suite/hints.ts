// Fields that a translation leaves behind without a word, because the answer does not depend on what they say. Whatever
// is not named here is translated or refused by name.

export const HINTS: Record<
  'openai-chat' | 'openai-responses' | 'anthropic-messages',
  Readonly<Record<string, string>>
> = {
  'openai-chat': {
    stream_options: 'usage is always asked for, and shown to those who ask',
    prompt_cache_key: 'only OpenAI’s formats have it',
    parallel_tool_calls: 'Gemini cannot be told so: calls beside the first are left out of its answer',
    user: 'Gemini has no place for it',
    safety_identifier: 'Gemini has no place for it',
  },
  'openai-responses': {
    stream_options: 'obfuscation is OpenAI’s own',
    prompt_cache_key: 'only OpenAI’s formats have it',
    parallel_tool_calls: 'Gemini cannot be told so: calls beside the first are left out of its answer',
    user: 'Gemini has no place for it',
    safety_identifier: 'Gemini has no place for it',
    metadata: 'it comes back in the answer; nothing is stored that it could be found by',
    client_metadata: 'what an agent tells OpenAI of itself',
    'text.verbosity': 'no other format can be told how wordy an answer should be',
    'reasoning.summary': 'what is shown of the reasoning is what the upstream shows',
  },
  'anthropic-messages': {
    service_tier: 'which capacity serves the call',
    cache_control: 'these upstreams cache by themselves',
    'metadata.user_id': 'Gemini has no place for it',
    'context_management.edits.clear_thinking': 'other formats never get old thinking twice',
  },
};
