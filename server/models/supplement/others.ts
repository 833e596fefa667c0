// What the published table lacks of vendors it otherwise knows: Kimi, MiniMax, DeepSeek and Perplexity's Agent API, in dollars.
import { LITELLM, type PriceSheet, READ_ON } from './sheet.ts';

const source = (vendor: string) => ({ url: LITELLM, vendor, readOn: READ_ON });

export const OTHERS: readonly PriceSheet[] = [
  {
    preset: 'moonshotai',
    hosts: ['api.moonshot.ai', 'api.moonshot.cn'],
    currency: 'USD',
    source: source('https://platform.kimi.ai/docs/pricing/chat'),
    rows: {
      'kimi-k3.1-pro': [2, 10, 0.2],
      'kimi-k3.1-pro-highspeed': [4, 20, 0.2],
      'moonshot-v1-auto': [2, 5],
    },
  },
  {
    preset: 'minimax',
    hosts: ['api.minimax.io', 'api.minimaxi.com'],
    currency: 'USD',
    source: source('https://platform.minimax.io/docs/guides/pricing-paygo'),
    rows: {
      'MiniMax-M2.1-lightning': [0.3, 2.4, 0.03],
      'MiniMax-M2.5-lightning': [0.3, 2.4, 0.03],
    },
  },
  {
    preset: 'deepseek',
    hosts: ['api.deepseek.com'],
    currency: 'USD',
    source: source('https://api-docs.deepseek.com/quick_start/pricing'),
    rows: { 'deepseek-flash': [0.3, 1.2, 0.006] },
  },
  {
    preset: 'perplexity',
    hosts: ['api.perplexity.ai'],
    currency: 'USD',
    source: {
      url: 'https://github.com/iyulab/TokenMeter/releases/tag/v0.16.0',
      vendor: 'https://docs.perplexity.ai/docs/agent-api/models',
      readOn: READ_ON,
    },
    rows: { 'perplexity/sonar': [0.25, 2.5, 0.0625] },
  },
];
