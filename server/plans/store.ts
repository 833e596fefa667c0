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

/** How many passes point to each plan. */
export async function countPassesByPlan(db: Kysely<Schema>): Promise<Map<string, number>> {
  const rows = await db
    .selectFrom('passes')
    .select(({ fn }) => ['planId', fn.countAll<number | string>().as('count')])
    .where('planId', 'is not', null)
    .groupBy('planId')
    .execute();
  return new Map(rows.map(({ planId, count }) => [planId!, Number(count)]));
}

export async function insertPlan(db: Kysely<Schema>, row: PlanRow): Promise<void> {
  await db.insertInto('plans').values(row).execute();
}

export async function updatePlan(db: Kysely<Schema>, id: string, columns: Partial<PlanRow>): Promise<void> {
  await db.updateTable('plans').set(columns).where('id', '=', id).execute();
}

/** Fails with a foreign key while a pass or a class points to it. */
export async function deletePlan(db: Kysely<Schema>, id: string): Promise<void> {
  await db.deleteFrom('plans').where('id', '=', id).execute();
}
