// The administrator's prices: what is charged and why, one's own price of a model or route, the price file.
import { z } from 'zod';

import { priceInputSchema } from '@hallpass/shared/channel-models.ts';
import {
  priceFileSchema,
  priceImportQuery,
  priceImportReport,
  priceListSchema,
  priceRestoreReply,
} from '@hallpass/shared/prices.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { importPrices, restorePrices } from './import-prices.ts';
import { type PricedKind, setOwnPrice } from './own-prices.ts';
import { listPrices } from './price-list.ts';

const shared = { guard: 'admin', tag: 'prices', method: 'post' } as const;
const idParams = z.object({ id: z.string().regex(/^[\w-]{1,100}$/) });

const ownPrice = (kind: PricedKind): Route[] => [
  defineRoute({
    ...shared,
    method: 'put',
    path: `/api/admin/prices/${kind}s/:id`,
    summary: `Set one's own price of a ${kind}; the very next call is charged by it`,
    params: idParams,
    body: priceInputSchema,
    response: priceListSchema,
    handler: ({ ctx, params: { id }, body, user, http }) =>
      setOwnPrice(ctx, { kind, id, prices: body, by: user!, ip: http.get('ip') }),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `/api/admin/prices/${kind}s/:id`,
    summary: `Take one's own price of a ${kind} away, so that an imported or published one applies`,
    params: idParams,
    response: priceListSchema,
    handler: ({ ctx, params: { id }, user, http }) =>
      setOwnPrice(ctx, { kind, id, prices: null, by: user!, ip: http.get('ip') }),
  }),
];

export const priceRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/prices',
    summary: 'What the calls of every model and route are charged, and where the price comes from',
    response: priceListSchema,
    handler: ({ ctx }) => listPrices(ctx),
  }),
  ...ownPrice('model'),
  ...ownPrice('route'),
  defineRoute({
    ...shared,
    path: '/api/admin/prices/import',
    summary: 'Import a price file in LiteLLM’s shape; dry_run=true only reports',
    query: priceImportQuery,
    body: priceFileSchema,
    response: priceImportReport,
    // The public file holds 1.5 MB.
    maxBodyBytes: 8 * 1024 * 1024,
    handler: ({ ctx, body, query, user, http }) =>
      importPrices(ctx, { file: body, dryRun: query.dry_run === 'true', by: user!, ip: http.get('ip') }),
  }),
  defineRoute({
    ...shared,
    path: '/api/admin/prices/restore',
    summary: 'Put the imported prices before these in force again',
    response: priceRestoreReply,
    handler: async ({ ctx, user, http }) => {
      const { version, entries } = await restorePrices(ctx, user!, http.get('ip'));
      return { version, models: Object.keys(entries).length };
    },
  }),
];
