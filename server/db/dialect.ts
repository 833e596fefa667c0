// What an open database is, whichever engine runs it.
import type { Kysely } from 'kysely';

import type { Schema } from './schema.ts';

export interface DatabaseHandle {
  engine: 'sqlite' | 'postgres';
  /** For stores: camelCase columns. */
  db: Kysely<Schema>;
  /** For migrations and introspection: names as they are in the database. */
  raw: Kysely<never>;
  /** The same data, for reads that look at many rows: on SQLite in a thread, on PostgreSQL on connections of their own. */
  reports: { db: Kysely<Schema>; raw: Kysely<never> };
  close(): Promise<void>;
}
