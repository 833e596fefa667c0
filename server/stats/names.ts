// What the ids of a dimension are called today.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

type Db = Kysely<Schema>;

const NAMES = {
  channel: ['channels', 'name'],
  classroom: ['classrooms', 'name'],
  plan: ['plans', 'name'],
} as const;

/** What the ids of a dimension are called today; what is gone keeps its id. */
export async function namesOf(db: Db, dimension: string, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const rows = await nameRows(db, dimension, ids);
  return new Map(rows.flatMap(({ id, name }) => (name ? [[id, name]] : [])));
}

async function nameRows(
  db: Db,
  dimension: string,
  ids: readonly string[],
): Promise<{ id: string; name: string | null }[]> {
  if (dimension === 'model') return [];
  if (dimension === 'user')
    return db
      .selectFrom('users')
      .select((eb) => ['id', eb.fn.coalesce('displayName', 'username', 'email').as('name')])
      .where('id', 'in', ids)
      .execute();
  if (dimension === 'pass')
    return db
      .selectFrom('passes')
      .leftJoin('seats', 'seats.id', 'passes.seatId')
      .select((eb) => ['passes.id', eb.fn.coalesce('alias', 'seats.displayName', 'publicId').as('name')])
      .where('passes.id', 'in', ids)
      .execute();
  const [table, name] = NAMES[dimension as keyof typeof NAMES];
  return db
    .selectFrom(table)
    .select(['id', `${name} as name`])
    .where('id', 'in', ids)
    .execute();
}
