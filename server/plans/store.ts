// Plans in the database.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { PlansTable } from '../db/tables/people.ts';

export type PlanRow = Selectable<PlansTable>;

/** undefined = no such plan. */
export function findPlan(db: Kysely<Schema>, id: string): Promise<PlanRow | undefined> {
  return db.selectFrom('plans').selectAll().where('id', '=', id).executeTakeFirst();
}

/** All plans by name, the built-in ones first. */
export function listPlans(db: Kysely<Schema>): Promise<PlanRow[]> {
  return db.selectFrom('plans').selectAll().orderBy('builtIn', 'desc').orderBy('name').execute();
}
