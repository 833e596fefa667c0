// Doubao on Volcengine's Ark. The 1.x models in yuan; the 2.x in dollars, as the only source found converts them.
// The vendor asks less for answers of at most 200 tokens; here they cost what longer ones do, never less than billed.
import { LITELLM, lobe, type PriceSheet, READ_ON } from './sheet.ts';

const hosts = ['ark.cn-beijing.volces.com'];

export const DOUBAO: readonly PriceSheet[] = [
  {
    preset: 'doubao',
    hosts,
    currency: 'CNY',
    source: {
      url: lobe('volcengine.ts', 'd46bc9c9e3a5c7c1ddc333d0d329991b688e0b7d'),
      vendor: 'https://www.volcengine.com/docs/82379/1544106',
      readOn: READ_ON,
    },
    rows: {
      'doubao-seed-1-6-251015': { 0: [0.8, 8, 0.16], 32_000: [1.2, 16, 0.16], 128_000: [2.4, 24, 0.16] },
      'doubao-seed-1-6-thinking-250715': { 0: [0.8, 8, 0.16], 32_000: [1.2, 16, 0.16], 128_000: [2.4, 24, 0.16] },
      'doubao-seed-1-6-vision-250815': { 0: [0.8, 8, 0.16], 32_000: [2.4, 16, 0.16], 128_000: [4.8, 24, 0.16] },
      'doubao-seed-1-6-lite-251015': { 0: [0.3, 2.4, 0.06], 32_000: [0.6, 4, 0.06], 128_000: [1.2, 12, 0.06] },
      'doubao-seed-1-6-flash-250828': { 0: [0.15, 1.5, 0.03], 32_000: [0.3, 3, 0.03], 128_000: [0.6, 6, 0.03] },
      'doubao-1-5-ui-tars-250428': [3.5, 12],
      'doubao-1-5-thinking-vision-pro-250428': [3, 9],
      'doubao-1-5-thinking-pro-250415': [4, 16],
      'doubao-1-5-thinking-pro-m-250428': [4, 16],
      'doubao-1-5-pro-32k-250115': [0.8, 2],
      'doubao-1-5-pro-256k-250115': [5, 9],
      'doubao-1-5-lite-32k-250115': [0.3, 0.6],
      'doubao-1-5-vision-pro-32k-250115': [3, 9],
      'doubao-1-5-vision-pro-250328': [3, 9],
      'doubao-1-5-vision-lite-250315': [1.5, 4.5],
      'doubao-vision-pro-32k-241028': [3, 9],
      'doubao-vision-lite-32k-241015': [1.5, 4.5],
      'doubao-lite-4k-character-240828': [0.3, 0.6],
      'doubao-lite-32k-240828': [0.3, 0.6],
      'doubao-lite-128k-240828': [0.8, 1],
      'doubao-pro-32k-241215': [0.8, 2],
      'doubao-pro-256k-241115': [5, 9],
      'deepseek-v3-1-terminus': [4, 12, 0.8],
      'deepseek-r1-250528': [4, 16],
      'deepseek-v3-250324': [2, 8],
      'kimi-k2-250905': [4, 16, 0.8],
    },
  },
  {
    preset: 'doubao',
    hosts,
    currency: 'USD',
    source: { url: LITELLM, vendor: 'https://www.volcengine.com/docs/82379/1544106', readOn: READ_ON },
    rows: {
      'doubao-seed-2-0-pro-260215': { 0: [0.46, 2.3], 32_000: [0.7, 3.5], 128_000: [1.4, 7] },
      'doubao-seed-2-0-code-preview-260215': { 0: [0.46, 2.3], 32_000: [0.7, 3.5], 128_000: [1.4, 7] },
      'doubao-seed-2-0-lite-260215': { 0: [0.087, 0.52], 32_000: [0.13, 0.78], 128_000: [0.26, 1.6] },
      'doubao-seed-2-0-mini-260215': { 0: [0.029, 0.29], 32_000: [0.058, 0.58], 128_000: [0.12, 1.2] },
      'doubao-seed-2-1-pro-260628': [0.8625, 4.3125, 0.1725],
      'doubao-seed-2-1-pro-260915': [0.8625, 4.3125, 0.1725],
      'doubao-seed-2-1-turbo-260628': [0.43125, 2.15625, 0.08625],
      'doubao-seed-2-1-lite-260915': [0.115, 0.388126, 0.023],
    },
  },
];
