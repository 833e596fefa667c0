// The administrator's call log (requirement 001 §2.4): pages, one call, and the file.
import type { CallLogDetail, CallLogEntry, CallLogPage } from '@hallpass/shared/call-log.ts';

import { send, sendJson } from './http.ts';

export type { CallLogDetail, CallLogEntry, CallLogPage };

const LOGS = '/api/admin/logs';

/** The server's filters, by name; empty ones are left out. */
export type LogFilter = Readonly<Record<string, string>>;

function query(filter: LogFilter): string {
  const named = Object.entries(filter).filter(([, value]) => value !== '');
  return named.length > 0 ? `?${new URLSearchParams(named).toString()}` : '';
}

/** Newest first. @param cursor `next_cursor` of the page before. @throws Problem. */
export function listCalls(token: string, filter: LogFilter, cursor = ''): Promise<CallLogPage> {
  return sendJson<CallLogPage>(LOGS + query({ ...filter, cursor }), { token });
}

/** @throws Problem. */
export function readCall(token: string, id: string): Promise<CallLogDetail> {
  return sendJson<CallLogDetail>(`${LOGS}/${encodeURIComponent(id)}`, { token });
}

/** All calls the filter lets through, as CSV. @throws Problem. */
export async function exportCalls(token: string, filter: LogFilter): Promise<{ name: string; content: Blob }> {
  const response = await send(`${LOGS}/export${query(filter)}`, { token });
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { name: name ?? 'hallpass-calls.csv', content: await response.blob() };
}
