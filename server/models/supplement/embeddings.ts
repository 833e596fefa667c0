// Models for embeddings, which the published table mostly lacks: their answers have no output, so only the input costs.
// Those of SiliconFlow, Doubao, Baidu, MiniMax and Tencent were looked for and no source that says a price was found.
import { LITELLM, type PriceSheet, READ_ON } from './sheet.ts';

const source = (vendor: string, url = LITELLM) => ({ url, vendor, readOn: READ_ON });

export const EMBEDDINGS: readonly PriceSheet[] = [
  {
    preset: 'qwen',
    hosts: ['dashscope.aliyuncs.com'],
    currency: 'CNY',
    source: source(
      'https://help.aliyun.com/zh/model-studio/embedding-interfaces-compatible-with-openai',
      'https://help.aliyun.com/document_detail/2975738.html',
    ),
    rows: {
      'text-embedding-v4': [0.5, 0],
      'text-embedding-v3': [0.5, 0],
      'text-embedding-v2': [0.7, 0],
      'text-embedding-v1': [0.7, 0],
    },
  },
  {
    preset: 'qwen',
    hosts: ['dashscope-intl.aliyuncs.com'],
    currency: 'USD',
    source: source(
      'https://www.alibabacloud.com/help/en/model-studio/embedding-interfaces-compatible-with-openai',
      'https://www.alibabacloud.com/help/zh/model-studio/embedding-interfaces-compatible-with-openai',
    ),
    rows: { 'text-embedding-v4': [0.07, 0], 'text-embedding-v3': [0.07, 0] },
  },
  {
    preset: 'zhipuai',
    hosts: ['open.bigmodel.cn'],
    currency: 'CNY',
    source: source('https://bigmodel.cn/pricing', 'https://docs.bigmodel.cn/cn/guide/models/embedding/embedding-3.md'),
    rows: { 'embedding-3': [0.5, 0] },
  },
  {
    preset: 'google',
    hosts: ['generativelanguage.googleapis.com'],
    currency: 'USD',
    source: source('https://ai.google.dev/gemini-api/docs/pricing'),
    rows: { 'gemini-embedding-2-preview': [0.2, 0] },
  },
  {
    preset: 'mistral',
    hosts: ['api.mistral.ai'],
    currency: 'USD',
    source: source('https://mistral.ai/pricing'),
    rows: { 'codestral-embed': [0.15, 0], 'codestral-embed-2505': [0.15, 0] },
  },
  {
    preset: 'cohere',
    hosts: ['api.cohere.ai'],
    currency: 'USD',
    source: source('https://cohere.com/pricing'),
    rows: {
      'embed-v5.0-pro': [0.12, 0],
      'embed-v5.0-fast': [0.08, 0],
      'embed-english-v3.0': [0.1, 0],
      'embed-multilingual-v3.0': [0.1, 0],
    },
  },
  {
    preset: 'fireworks',
    hosts: ['api.fireworks.ai'],
    currency: 'USD',
    source: source('https://fireworks.ai/pricing'),
    rows: {
      'accounts/fireworks/models/qwen3-embedding-8b': [0.1, 0],
      'nomic-ai/nomic-embed-text-v1': [0.008, 0],
      'nomic-ai/nomic-embed-text-v1.5': [0.008, 0],
      'WhereIsAI/UAE-Large-V1': [0.016, 0],
      'thenlper/gte-base': [0.008, 0],
      'thenlper/gte-large': [0.016, 0],
    },
  },
  {
    preset: 'together',
    hosts: ['api.together.ai'],
    currency: 'USD',
    source: source('https://www.together.ai/pricing'),
    rows: { 'BAAI/bge-base-en-v1.5': [0.008, 0] },
  },
  {
    preset: 'perplexity',
    hosts: ['api.perplexity.ai'],
    currency: 'USD',
    source: source('https://docs.perplexity.ai/docs/embeddings/quickstart'),
    rows: {
      'pplx-embed-v1-0.6b': [0.004, 0],
      'pplx-embed-v1-4b': [0.03, 0],
      'pplx-embed-context-v1-0.6b': [0.008, 0],
      'pplx-embed-context-v1-4b': [0.05, 0],
    },
  },
];
