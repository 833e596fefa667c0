// Agents in the database; every question names the owner.
import type { Kysely, Selectable } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { AgentsTable } from '../db/tables/people.ts';

type Db = Kysely<Schema>;
export type AgentRow = Selectable<AgentsTable>;

export async function listAgents(db: Db, userId: string): Promise<AgentRow[]> {
  return db.selectFrom('agents').selectAll().where('userId', '=', userId).orderBy('id').execute();
}

export async function findAgent(db: Db, userId: string, id: string): Promise<AgentRow | undefined> {
  return db.selectFrom('agents').selectAll().where('userId', '=', userId).where('id', '=', id).executeTakeFirst();
}

/** By id, else by name. */
export async function findAgentCalled(db: Db, userId: string, called: string): Promise<AgentRow | undefined> {
  const rows = await db
    .selectFrom('agents')
    .selectAll()
    .where('userId', '=', userId)
    .where((eb) => eb.or([eb('id', '=', called), eb('name', '=', called)]))
    .execute();
  return rows.find(({ id }) => id === called) ?? rows[0];
}

/** Nothing is inserted when the owner has `max` already. @returns whether it was. @throws DatabaseError unique. */
export async function insertAgent(db: Db, row: AgentRow, max: number): Promise<boolean> {
  const { count } = await db
    .selectFrom('agents')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('userId', '=', row.userId)
    .executeTakeFirstOrThrow();
  if (Number(count) >= max) return false;
  await db.insertInto('agents').values(row).execute();
  return true;
}

export async function updateAgent(
  db: Db,
  userId: string,
  id: string,
  changes: Partial<AgentRow>,
): Promise<AgentRow | undefined> {
  return db
    .updateTable('agents')
    .set(changes)
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
}

export async function deleteAgent(db: Db, userId: string, id: string): Promise<boolean> {
  const gone = await db
    .deleteFrom('agents')
    .where('userId', '=', userId)
    .where('id', '=', id)
    .returning('id')
    .execute();
  return gone.length > 0;
}
