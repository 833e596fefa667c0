// The demo model: what answers while no channel exists, so that a first chat needs no key and no network.
import { channelOptions } from '../channels/rules.ts';
import type { CatalogModel } from './catalog.ts';
import { freePrices } from './pricing.ts';

export const DEMO_MODEL = 'hallpass-demo';

export const demoModel: CatalogModel = {
  id: 'model_demo',
  publicName: DEMO_MODEL,
  displayName: 'Hallpass Demo',
  type: 'chat',
  provider: 'hallpass',
  description: null,
  capabilities: ['reasoning', 'tools'],
  contextWindow: 8_192,
  maxOutputTokens: 2_048,
  createdAt: 0,
  routes: [
    {
      id: 'route_demo',
      upstreamModel: DEMO_MODEL,
      priority: 0,
      weight: 1,
      channel: {
        id: 'channel_demo',
        name: 'Demo',
        preset: null,
        protocol: 'demo',
        baseUrl: 'demo:',
        authType: 'none',
        keyUsageMode: 'single',
        rpmLimit: null,
        tpmLimit: null,
        options: channelOptions('{}', 'demo:'),
        keys: [],
      },
      prices: freePrices('demo', '1'),
      priceGuessed: false,
    },
  ],
};
