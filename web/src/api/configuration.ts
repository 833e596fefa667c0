// The configuration as one file.
import type { ConfigurationFile, ImportReport } from '@hallpass/shared/configuration.ts';

import { sendJson } from './http.ts';

export type { ConfigurationFile, ImportReport };

const CONFIGURATION = '/api/admin/configuration';
const TIMEOUT_MS = 60_000;

/** @throws Problem. */
export function exportConfiguration(token: string, passphrase: string): Promise<ConfigurationFile> {
  const options = { method: 'POST', body: { passphrase }, token, timeoutMs: TIMEOUT_MS } as const;
  return sendJson<ConfigurationFile>(`${CONFIGURATION}/export`, options);
}

/** @param dryRun only tells what would change. @throws Problem. */
export function importConfiguration(
  token: string,
  body: { file: unknown; passphrase: string },
  dryRun: boolean,
): Promise<ImportReport> {
  const options = { method: 'POST', body, token, timeoutMs: TIMEOUT_MS } as const;
  return sendJson<ImportReport>(`${CONFIGURATION}/import${dryRun ? '?dry_run=true' : ''}`, options);
}
