// Models with their routes, and what their calls are charged.
import type { AdminModel, AdminModelUpdate, ModelRoute } from '@hallpass/shared/admin-models.ts';
import type { PriceInput } from '@hallpass/shared/channel-models.ts';
import type { PriceImportReport, PriceRow } from '@hallpass/shared/prices.ts';

import { sendJson } from './http.ts';

export type { AdminModel, AdminModelUpdate, ModelRoute, PriceImportReport, PriceInput, PriceRow };

const MODELS = '/api/admin/models';
const PRICES = '/api/admin/prices';
/** The public file holds 1.5 MB. */
const IMPORT_TIMEOUT_MS = 60_000;

/** @throws Problem. */
export async function listAdminModels(token: string): Promise<AdminModel[]> {
  return (await sendJson<{ data: AdminModel[] }>(MODELS, { token })).data;
}

/** Fields left out stay. @throws Problem. */
export function saveModel(token: string, id: string, body: AdminModelUpdate): Promise<AdminModel> {
  return sendJson<AdminModel>(`${MODELS}/${encodeURIComponent(id)}`, { method: 'PUT', body, token });
}

/** @throws Problem. */
export function listPrices(token: string): Promise<PriceRow[]> {
  return sendJson<PriceRow[]>(PRICES, { token });
}

/** @param prices null takes one's own price away. @throws Problem. */
export function setRoutePrice(token: string, routeId: string, prices: PriceInput | null): Promise<PriceRow[]> {
  const path = `${PRICES}/routes/${encodeURIComponent(routeId)}`;
  return sendJson<PriceRow[]>(path, prices ? { method: 'PUT', body: prices, token } : { method: 'DELETE', token });
}

/** @param dryRun only judges the file. @throws Problem. */
export function importPrices(token: string, file: unknown, dryRun: boolean): Promise<PriceImportReport> {
  const options = { method: 'POST', body: file, token, timeoutMs: IMPORT_TIMEOUT_MS } as const;
  return sendJson<PriceImportReport>(`${PRICES}/import${dryRun ? '?dry_run=true' : ''}`, options);
}

/** @throws Problem. */
export async function restorePrices(token: string): Promise<void> {
  await sendJson(`${PRICES}/restore`, { method: 'POST', token });
}
