// The administrator's price file: import with a report, and the way back.
import { priceFileSchema, priceImportQuery, priceImportReport, priceRestoreReply } from '@hallpass/shared/prices.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { importPrices, restorePrices } from './import-prices.ts';

const shared = { guard: 'admin', tag: 'prices', method: 'post' } as const;

export const priceRoutes: readonly Route[] = [
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
