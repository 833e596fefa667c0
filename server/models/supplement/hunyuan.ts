// Tencent's Hunyuan: TokenHub in dollars, and the platform before it, closed on 2026-09-30, in yuan.
import { lobe, type PriceSheet, READ_ON } from './sheet.ts';

export const HUNYUAN: readonly PriceSheet[] = [
  {
    preset: 'hunyuan',
    hosts: ['tokenhub.tencentmaas.com'],
    currency: 'USD',
    source: {
      url: 'https://docs.openclaw.ai/zh-TW/providers/tencent',
      vendor: 'https://cloud.tencent.com/document/product/1823/131382',
      readOn: READ_ON,
    },
    rows: {
      'hy3-preview': { 0: [0.176, 0.587, 0.059], 16_000: [0.235, 0.939, 0.088], 32_000: [0.293, 1.173, 0.117] },
    },
  },
  {
    preset: 'hunyuan',
    hosts: ['api.hunyuan.cloud.tencent.com'],
    currency: 'CNY',
    source: {
      url: lobe('hunyuan.ts', '19c7d45f2f02933672b57d03cf26826172d080c1'),
      vendor: 'https://cloud.tencent.com/document/product/1729/97731',
      readOn: READ_ON,
    },
    rows: {
      'hunyuan-t1-latest': [1, 4],
      'hunyuan-t1-20250711': [1, 4],
      'hunyuan-t1-20250529': [1, 4],
      'hunyuan-t1-20250403': [1, 4],
      'hunyuan-t1-20250321': [1, 4],
      'hunyuan-lite': [0, 0],
      'hunyuan-standard': [0.8, 2],
      'hunyuan-standard-256K': [0.5, 2],
      'hunyuan-large': [4, 12],
      'hunyuan-large-longcontext': [6, 18],
      'hunyuan-turbo-latest': [2.4, 9.6],
      'hunyuan-turbo-20241223': [2.4, 9.6],
      'hunyuan-turbos-latest': [0.8, 2],
      'hunyuan-turbos-20250926': [0.8, 2],
      'hunyuan-turbos-20250604': [0.8, 2],
      'hunyuan-turbos-20250416': [0.8, 2],
      'hunyuan-turbos-20250313': [0.8, 2],
      'hunyuan-turbos-longtext-128k-20250325': [1.5, 6],
      'hunyuan-vision-1.5-instruct': [3, 9],
      'hunyuan-turbo-vision': [80, 80],
      'hunyuan-t1-vision-20250916': [3, 9],
      'hunyuan-t1-vision-20250619': [3, 9],
      'hunyuan-turbos-vision-20250619': [3, 9],
    },
  },
];
