// Asks a real database, of either engine, what is in it.
import { type Kysely, sql } from 'kysely';

import type { DatabaseHandle } from './dialect.ts';
import type { Columns, Kind } from './columns.ts';

export interface ForeignKey {
  /** `table.column` */
  from: string;
  to: string;
  onDelete: string;
}

/** Everything that matters of a schema, in an order of its own, so that two can be compared. */
export interface Snapshot {
  columns: string[];
  foreignKeys: string[];
  indexes: string[];
  views: string[];
}

export async function snapshot(database: DatabaseHandle): Promise<Snapshot> {
  const tables = await introspectColumns(database);
  const columns = [...tables].flatMap(([table, all]) =>
    [...all].map(([name, { kinds, nullable }]) => `${table}.${name} ${kinds.join()}${nullable ? '' : ' not null'}`),
  );
  const foreignKeys = (await introspectForeignKeys(database)).map(
    ({ from, to, onDelete }) => `${from} → ${to} ${onDelete}`,
  );
  const views = [...(await introspectViews(database))].map(([name, columns]) => `${name}: ${columns.join(', ')}`);
  return {
    columns: columns.toSorted(),
    foreignKeys: foreignKeys.toSorted(),
    indexes: await indexes(database),
    views: views.toSorted(),
  };
}

/** Every table but the migrator's own. */
export async function introspectColumns({ engine, raw }: DatabaseHandle): Promise<Map<string, Columns>> {
  const rows = engine === 'sqlite' ? await sqliteColumns(raw) : await postgresColumns(raw);
  const tables = new Map<string, Columns>();
  for (const { table, name, type, nullable } of rows) {
    const columns = tables.get(table) ?? new Map();
    tables.set(table, columns.set(name, { kinds: [kindOf(type)], nullable: Boolean(nullable) }));
  }
  return tables;
}

export async function introspectForeignKeys({ engine, raw }: DatabaseHandle): Promise<ForeignKey[]> {
  return engine === 'sqlite' ? sqliteForeignKeys(raw) : postgresForeignKeys(raw);
}

/** Each view's columns, in their order. */
export async function introspectViews({ engine, raw }: DatabaseHandle): Promise<Map<string, string[]>> {
  const asked =
    engine === 'sqlite'
      ? sql<{ view: string; name: string }>`select t.name as "view", c.name from sqlite_schema t
          join pragma_table_info(t.name) c where t.type = 'view' order by t.name, c.cid`
      : sql<{ view: string; name: string }>`select table_name as "view", column_name as name
          from information_schema.columns where table_schema = current_schema() and table_name in (
            select table_name from information_schema.views where table_schema = current_schema())
          order by table_name, ordinal_position`;
  const views = new Map<string, string[]>();
  for (const { view, name } of (await asked.execute(raw)).rows) views.set(view, [...(views.get(view) ?? []), name]);
  return views;
}

interface ColumnRow {
  table: string;
  name: string;
  type: string;
  nullable: unknown;
}

const KINDS: Record<string, Kind> = {
  text: 'text',
  integer: 'integer',
  bigint: 'bigint',
  real: 'real',
};

function kindOf(type: string): Kind {
  const kind = KINDS[type.toLowerCase()];
  if (!kind) throw new Error(`${type} is not a column kind that both engines share`);
  return kind;
}

async function sqliteColumns(raw: Kysely<never>): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    select t.name as "table", c.name, c.type, c."notnull" = 0 as nullable
    from sqlite_schema t join pragma_table_info(t.name) c
    where t.type = 'table' and t.name not like 'sqlite_%' and t.name not like 'kysely_%'`.execute(raw);
  return rows;
}

async function postgresColumns(raw: Kysely<never>): Promise<ColumnRow[]> {
  const { rows } = await sql<ColumnRow>`
    select table_name as "table", column_name as name, data_type as type, is_nullable = 'YES' as nullable
    from information_schema.columns
    where table_schema = current_schema() and table_name not like 'kysely_%' and table_name in (
      select table_name from information_schema.tables
      where table_schema = current_schema() and table_type = 'BASE TABLE')`.execute(raw);
  return rows;
}

async function sqliteForeignKeys(raw: Kysely<never>): Promise<ForeignKey[]> {
  const { rows } = await sql<ForeignKey>`
    select t.name || '.' || f."from" as "from", f."table" || '.' || f."to" as "to", lower(f.on_delete) as "onDelete"
    from sqlite_schema t join pragma_foreign_key_list(t.name) f where t.type = 'table'`.execute(raw);
  return rows;
}

async function postgresForeignKeys(raw: Kysely<never>): Promise<ForeignKey[]> {
  const { rows } = await sql<ForeignKey>`
    select c.conrelid::regclass || '.' || a.attname as "from", c.confrelid::regclass || '.' || b.attname as "to",
      case c.confdeltype when 'c' then 'cascade' when 'n' then 'set null' when 'r' then 'restrict' else 'no action' end
        as "onDelete"
    from pg_constraint c
    join pg_attribute a on a.attrelid = c.conrelid and a.attnum = c.conkey[1]
    join pg_attribute b on b.attrelid = c.confrelid and b.attnum = c.confkey[1]
    where c.contype = 'f' and c.connamespace = current_schema()::regnamespace`.execute(raw);
  return rows;
}

/** The names of the indexes that migrations made, without those that keys bring along. */
export async function indexNames({ engine, raw }: DatabaseHandle): Promise<string[]> {
  const asked =
    engine === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_schema where type = 'index' and sql is not null order by name`
      : sql<{ name: string }>`select indexname as name from pg_indexes where schemaname = current_schema() order by 1`;
  return (await asked.execute(raw)).rows.map(({ name }) => name);
}

/** As the engine itself writes them down; comparable only within one engine. */
async function indexes({ engine, raw }: DatabaseHandle): Promise<string[]> {
  const asked =
    engine === 'sqlite'
      ? sql<{ text: string }>`select name || ' ' || coalesce(sql, tbl_name) as text from sqlite_schema
          where type in ('index', 'trigger', 'view') order by 1`
      : sql<{ text: string }>`select indexdef as text from pg_indexes where schemaname = current_schema() order by 1`;
  return (await asked.execute(raw)).rows.map(({ text }) => text);
}
