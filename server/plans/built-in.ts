// The two plans of people without a pass. Their requests a minute are settings, read when a call is made.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { PlansTable } from '../db/tables/people.ts';
import type { SystemSettings } from '../settings/settings.ts';

export const GUEST_PLAN_ID = 'plan_guest';
export const USER_PLAN_ID = 'plan_user';

/** Makes the built-in plans where they are missing; what an admin changed in them stays. Run after each migration. */
export async function seedBuiltInPlans(db: Kysely<Schema>, now: number): Promise<void> {
  const plans = [
    builtIn({ id: GUEST_PLAN_ID, name: 'guest', description: 'Visitors without a login', contentPolicy: 'none' }, now),
    builtIn(
      { id: USER_PLAN_ID, name: 'user', description: 'Signed-in users without a pass', contentPolicy: null },
      now,
    ),
  ];
  await db
    .insertInto('plans')
    .values(plans)
    .onConflict((row) => row.doNothing())
    .execute();
}

/** Requests a minute that the settings give a built-in plan; undefined for all other plans. */
export function settingsRpm(planId: string, settings: Readonly<SystemSettings>): number | undefined {
  if (planId === GUEST_PLAN_ID) return settings.guestRpm;
  return planId === USER_PLAN_ID ? settings.userRpm : undefined;
}

type Named = Pick<PlansTable, 'id' | 'name' | 'description' | 'contentPolicy'>;

function builtIn(named: Named, now: number): PlansTable {
  return {
    ...named,
    builtIn: 1,
    poolBudgetNanos: null,
    poolBudgetPeriod: null,
    durationMs: null,
    models: null,
    accessSchedule: null,
    maxOutputTokens: null,
    budgetNanos: null,
    budgetPeriod: null,
    rpmLimit: null,
    tpmLimit: null,
    maxParallel: null,
    createdAt: now,
    updatedAt: now,
  };
}
