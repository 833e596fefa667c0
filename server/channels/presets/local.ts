// Servers a school runs itself. Small models write their reasoning between <think> tags, so it is looked for.
import { presets } from './row.ts';

export const LOCAL = presets('local', [
  {
    // Knows `stream_options`; fetches pictures that are named by address.
    id: 'ollama',
    label: 'Ollama',
    urls: ['http://127.0.0.1:11434/v1'],
    auth: 'none',
    options: { think_tags: true },
    key: null,
    docs: 'https://docs.ollama.com/api/openai-compatibility',
    readOn: '2026-11-29',
  },
  {
    // Reports running totals with every chunk, so a call that is hung up on is charged by the server's own count.
    id: 'vllm',
    unverified: true,
    label: 'vLLM',
    urls: ['http://127.0.0.1:8000/v1'],
    auth: 'none',
    options: { stream_usage: 'continuous', think_tags: true },
    key: null,
    docs: 'https://docs.vllm.ai/en/latest/serving/openai_compatible_server/',
  },
  {
    id: 'lmstudio',
    label: 'LM Studio',
    urls: ['http://127.0.0.1:1234/v1'],
    auth: 'none',
    options: { think_tags: true },
    key: null,
    docs: 'https://lmstudio.ai/docs/developer/openai-compat',
  },
  {
    id: 'llamacpp',
    label: 'llama.cpp',
    urls: ['http://127.0.0.1:8080/v1'],
    auth: 'none',
    options: { think_tags: true },
    key: null,
    docs: 'https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md',
    source: 'https://www.mintlify.com/ggml-org/llama.cpp/inference/server',
    readOn: '2026-11-29',
  },
]);
