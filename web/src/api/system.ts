// What needs an administrator's attention, and how the server is.
import type { AlertsReply, AlertTest, AlertView } from '@hallpass/shared/alerts.ts';
import type { Consistency, SystemHealth } from '@hallpass/shared/system.ts';

import { sendJson } from './http.ts';

export type { AlertsReply, AlertTest, AlertView, Consistency, SystemHealth };

const ALERTS = '/api/admin/alerts';
const HEALTH = '/api/admin/health';
/** A mail server and a receiver may each take their time. */
const TEST_TIMEOUT_MS = 30_000;

/** @throws Problem. */
export function readAlerts(token: string): Promise<AlertsReply> {
  return sendJson<AlertsReply>(ALERTS, { token });
}

/** @throws Problem. */
export function testAlerts(token: string): Promise<AlertTest> {
  return sendJson<AlertTest>(`${ALERTS}/test`, { method: 'POST', token, timeoutMs: TEST_TIMEOUT_MS });
}

/** @throws Problem. */
export function readHealth(token: string): Promise<SystemHealth> {
  return sendJson<SystemHealth>(HEALTH, { token });
}

/** @throws Problem. */
export function checkConsistency(token: string): Promise<Consistency> {
  return sendJson<Consistency>(`${HEALTH}/consistency`, { method: 'POST', token, timeoutMs: TEST_TIMEOUT_MS });
}
