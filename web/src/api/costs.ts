// The cost report (003): lines by what they are counted under, and the file.
import type { CostsQuery, CostsReply } from '@hallpass/shared/costs.ts';

import { send, sendJson } from './http.ts';

export type { CostsQuery, CostsReply };

const COSTS = '/api/admin/costs';

/** @throws Problem. */
export function readCosts(token: string, query: CostsQuery): Promise<CostsReply> {
  return sendJson<CostsReply>(`${COSTS}?${new URLSearchParams(query).toString()}`, { token });
}

/** Every line as CSV. @throws Problem. */
export async function exportCosts(token: string, query: CostsQuery): Promise<{ name: string; content: Blob }> {
  const response = await send(`${COSTS}/export?${new URLSearchParams(query).toString()}`, { token });
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { name: name ?? 'hallpass-costs.csv', content: await response.blob() };
}
