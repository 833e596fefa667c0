// /api/admin/configuration.
import { configurationFile, exportBody, importBody, importQuery, importReply } from '@hallpass/shared/configuration.ts';

import { byOf } from '../http/acting.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { exportConfiguration } from './export.ts';
import { importConfiguration } from './import.ts';

const path = '/api/admin/configuration';
const shared = { guard: 'admin', tag: 'settings', method: 'post' } as const;

export const configurationRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    path: `${path}/export`,
    summary: 'The whole configuration as one file; upstream keys are sealed under the passphrase',
    body: exportBody,
    response: configurationFile,
    handler: (input) => exportConfiguration(input.ctx, input.body.passphrase, byOf(input)),
  }),
  defineRoute({
    ...shared,
    path: `${path}/import`,
    summary: 'Add and change what a configuration file holds, all or nothing; dry_run=true only reports',
    query: importQuery,
    body: importBody,
    response: importReply,
    maxBodyBytes: 16 * 1024 * 1024,
    handler: (input) => {
      const { file, passphrase } = input.body;
      const dryRun = input.query.dry_run === 'true';
      return importConfiguration(input.ctx, { file, passphrase, dryRun, by: byOf(input) });
    },
  }),
];
