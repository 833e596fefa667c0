// Vendors outside mainland China, through their OpenAI-compatible doors.
import { presets } from './row.ts';

export const INTERNATIONAL = presets('international', [
  {
    id: 'openai',
    unverified: true,
    label: 'OpenAI',
    urls: ['https://api.openai.com/v1'],
    options: { max_tokens_field: 'max_completion_tokens' },
    model: 'gpt-4.1-mini',
    key: 'https://platform.openai.com/api-keys',
    docs: 'https://platform.openai.com/docs/api-reference/chat',
  },
  {
    // Its v1 door needs no api-version; the dated one of a deployment does, and takes it as `options.query`.
    id: 'azure',
    label: 'Azure OpenAI',
    urls: [
      'https://{resource}.openai.azure.com/openai/v1',
      [
        'https://{resource}.openai.azure.com/openai/deployments/{deployment}',
        ['按部署，须填 api-version', '依部署，須填 api-version', 'By deployment; needs api-version'],
      ],
    ],
    auth: 'api-key',
    options: { max_tokens_field: 'max_completion_tokens' },
    key: 'https://portal.azure.com/',
    docs: 'https://learn.microsoft.com/azure/foundry/openai/api-version-lifecycle',
    note: [
      '模型名是部署名。用按部署的地址时，在选项 query 里写 api-version。',
      '模型名稱是部署名稱。用依部署的位址時，在選項 query 裡填 api-version。',
      'The model is your deployment’s name. With the deployment address, set api-version in the option query.',
    ],
  },
  {
    // Ignores logprobs, seed, response_format and others; n must be 1; thinking is not returned through this door.
    id: 'anthropic',
    label: 'Anthropic',
    urls: ['https://api.anthropic.com/v1'],
    model: 'claude-opus-5-5',
    key: 'https://platform.claude.com/settings/keys',
    docs: 'https://platform.claude.com/docs/en/cli-sdks-libraries/libraries/openai-sdk',
  },
  {
    id: 'google',
    label: 'Google Gemini',
    urls: ['https://generativelanguage.googleapis.com/v1beta/openai'],
    model: 'gemini-3.8-flash',
    key: 'https://aistudio.google.com/apikey',
    docs: 'https://ai.google.dev/gemini-api/docs/openai',
  },
  {
    // The same models by Gemini's own format: thoughts and their signatures come through this door.
    id: 'google-gemini',
    unverified: true,
    label: ['Google Gemini（原生接口）', 'Google Gemini（原生介面）', 'Google Gemini (its own API)'],
    urls: ['https://generativelanguage.googleapis.com/v1beta'],
    auth: 'x-goog-api-key',
    protocol: 'gemini',
    model: 'gemini-3.8-flash',
    key: 'https://aistudio.google.com/apikey',
    docs: 'https://ai.google.dev/api/generate-content',
  },
  {
    id: 'aws',
    unverified: true,
    label: 'Amazon Bedrock',
    urls: [
      'https://bedrock-runtime.{region}.amazonaws.com/openai/v1',
      ['https://bedrock-mantle.{region}.api.aws/v1', 'Mantle'],
      // Some models answer under this path alone, and say so by `isn't supported on this route`.
      ['https://bedrock-mantle.{region}.api.aws/openai/v1', 'Mantle /openai'],
    ],
    options: { max_tokens_field: 'max_completion_tokens' },
    key: 'https://console.aws.amazon.com/bedrock/home#/api-keys',
    docs: 'https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html',
    source: 'https://docs.aws.amazon.com/bedrock/latest/userguide/inference-responses-api.html',
    readOn: '2026-11-29',
  },
  {
    // `usage.cost` is in its own credits; what is charged here goes by tokens and prices.
    id: 'openrouter',
    label: 'OpenRouter',
    urls: ['https://openrouter.ai/api/v1'],
    model: 'openai/gpt-4.1-mini',
    key: 'https://openrouter.ai/settings/keys',
    docs: 'https://openrouter.ai/docs/use-cases/usage-accounting',
  },
  {
    // 422 `extra_forbidden` for both fields: eca#231 (2025-12), avante.nvim#2347 (2025-06). It reports usage unasked.
    id: 'mistral',
    unverified: true,
    label: 'Mistral AI',
    urls: ['https://api.mistral.ai/v1'],
    options: {
      max_tokens_field: 'max_tokens',
      rename_params: { max_completion_tokens: 'max_tokens', seed: 'random_seed' },
      drop_params: ['logprobs', 'top_logprobs', 'logit_bias', 'user', 'store'],
      stream_usage: 'unasked',
    },
    model: 'mistral-small-latest',
    key: 'https://console.mistral.ai/api-keys',
    docs: 'https://docs.mistral.ai/api/',
    source: 'https://github.com/avante-corp/avante.nvim/issues/2347',
  },
  {
    // 400 for these fields, and for n other than 1.
    id: 'groq',
    label: 'Groq',
    urls: ['https://api.groq.com/openai/v1'],
    options: { drop_params: ['logprobs', 'logit_bias', 'top_logprobs'] },
    model: 'openai/gpt-oss-20b',
    key: 'https://console.groq.com/keys',
    docs: 'https://console.groq.com/docs/openai',
  },
  {
    // Reasoning tokens are counted beside the completion; usage.ts adds them by the total.
    id: 'x-ai',
    label: 'xAI (Grok)',
    urls: ['https://api.x.ai/v1'],
    options: { max_tokens_field: 'max_completion_tokens', drop_params: ['search_parameters'] },
    model: 'grok-4.3',
    key: 'https://console.x.ai/',
    docs: 'https://docs.x.ai/docs/api-reference',
    source: 'https://docs.apiyi.com/en/api-capabilities/grok/overview',
  },
  {
    id: 'together',
    label: 'Together AI',
    urls: ['https://api.together.ai/v1'],
    model: 'openai/gpt-oss-20b',
    key: 'https://api.together.ai/settings/api-keys',
    docs: 'https://docs.together.ai/docs/inference/openai-compatibility',
    readOn: '2026-11-29',
  },
  {
    id: 'fireworks',
    label: 'Fireworks AI',
    urls: ['https://api.fireworks.ai/inference/v1'],
    key: 'https://app.fireworks.ai/settings/users/api-keys',
    docs: 'https://docs.fireworks.ai/tools-sdks/openai-compatibility',
    readOn: '2026-11-29',
  },
  {
    // Refuses `stream_options`, by the source; where it reports no usage unasked, ours is counted and flagged.
    id: 'cohere',
    unverified: true,
    label: 'Cohere',
    urls: ['https://api.cohere.ai/compatibility/v1'],
    options: {
      drop_params: ['store', 'metadata', 'logit_bias', 'top_logprobs', 'parallel_tool_calls'],
      stream_usage: 'unasked',
    },
    model: 'command-a-03-2025',
    key: 'https://dashboard.cohere.com/api-keys',
    docs: 'https://docs.cohere.com/docs/compatibility-api',
    source: 'https://strandsagents.com/docs/user-guide/concepts/model-providers/cohere/',
    readOn: '2026-11-29',
  },
  {
    // Chat completions (Sonar) ended on 2026-09-27; the Agent API answers Responses at the same host.
    id: 'perplexity',
    label: 'Perplexity',
    urls: ['https://api.perplexity.ai/v1'],
    protocol: 'openai-responses',
    model: 'perplexity/sonar',
    key: 'https://www.perplexity.ai/account/api/keys',
    docs: 'https://docs.perplexity.ai/docs/agent-api/openai-compatibility',
    readOn: '2026-11-29',
    note: [
      'Sonar 的 Chat Completions 已于 2026-09-27 停止，这里用 Responses 格式。检索等工具另收费，不在按 token 的价格之内。',
      'Sonar 的 Chat Completions 已於 2026-09-27 停止，這裡使用 Responses 格式。檢索等工具另收費，不在依 token 的價格之內。',
      'Sonar’s chat completions ended on 2026-09-27; this is its Responses door. Searches and other tools are billed beside the tokens.',
    ],
  },
  {
    // Kept because channels may name it: it answers 410 since its end.
    id: 'github',
    label: 'GitHub Models',
    urls: ['https://models.github.ai/inference'],
    key: 'https://github.com/settings/personal-access-tokens',
    docs: 'https://docs.github.com/en/github-models',
    source: 'https://github.blog/changelog/2026-07-30-github-models-is-now-retired/',
    readOn: '2026-11-29',
    note: [
      'GitHub 已于 2026-07-30 关闭 GitHub Models，此地址不再回答。请改用 Azure OpenAI 或其他厂商。',
      'GitHub 已於 2026-07-30 關閉 GitHub Models，此位址不再回答。請改用 Azure OpenAI 或其他廠商。',
      'GitHub closed GitHub Models on 2026-07-30: this address no longer answers. Please use Azure OpenAI or another vendor.',
    ],
  },
]);
