// Plans: named sets of permissions that passes point to.
import type { PlanInput, PlanView } from '@hallpass/shared/plans.ts';

import { sendJson } from './http.ts';

export type { PlanInput, PlanView };

const PLANS = '/api/admin/plans';
const pathOf = (id: string) => `${PLANS}/${encodeURIComponent(id)}`;

/** The built-in ones first. @throws Problem. */
export async function listPlans(token: string): Promise<PlanView[]> {
  return (await sendJson<{ data: PlanView[] }>(PLANS, { token })).data;
}

/** @param id undefined makes a new one. @throws Problem. */
export function savePlan(token: string, id: string | undefined, body: Partial<PlanInput>): Promise<PlanView> {
  if (id === undefined) return sendJson<PlanView>(PLANS, { method: 'POST', body, token });
  return sendJson<PlanView>(pathOf(id), { method: 'PUT', body, token });
}

/** @throws Problem. */
export async function deletePlan(token: string, id: string): Promise<void> {
  await sendJson(pathOf(id), { method: 'DELETE', token });
}
