// Requirement 004's consistency check on a live database: migrations, tables, types, indexes, references and API
// fields. Reads only.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';

import { llmCallSchema, llmConfigSchema, llmTemplatesSchema } from '@hallpass/shared/llm-calls.ts';
import { llmModelSchema } from '@hallpass/shared/llm-models.ts';

import declared from '../db/declared-columns.json' with { type: 'json' };
import type { DatabaseHandle } from '../db/dialect.ts';
import { indexNames, introspectColumns, introspectForeignKeys, introspectViews } from '../db/introspect.ts';
import { migrate } from '../db/migrate.ts';
import { migrations } from '../db/migrations/index.ts';
import { openSqlite } from '../db/sqlite.ts';

export const SECTIONS = ['migrations', 'tables', 'types', 'indexes', 'references', 'fields'] as const;
export type Section = (typeof SECTIONS)[number];

export interface Finding {
  section: Section;
  /** `error`: something will not work; `warning`: it will, and should be looked at. */
  level: 'warning' | 'error';
  problem: 'missing' | 'unknown' | 'different' | 'reference';
  /** Such as `calls.model`. */
  what: string;
  found?: string;
  expected?: string;
}

export interface Examination {
  engine: string;
  /** How many things each section looked at. */
  checked: Record<Section, number>;
  findings: Finding[];
}

type Columns = Map<string, string>;

export async function examine(database: DatabaseHandle): Promise<Examination> {
  const live = await shape(database);
  const fresh = await freshShape();
  const applied = await appliedMigrations(database);
  const names = Object.keys(migrations);
  const typed = new Map(Object.entries(declared).flatMap(([table, columns]) => columnsOf(table, columns)));
  const references = await introspectForeignKeys(database);
  return {
    engine: database.engine,
    checked: {
      migrations: names.length,
      tables: fresh.columns.size,
      types: typed.size,
      indexes: fresh.indexes.length,
      references: references.length,
      fields: DOCUMENTED.reduce((sum, { fields }) => sum + fields.length, 0),
    },
    findings: [
      ...compareNames('migrations', applied, names),
      ...compareColumns('tables', live.columns, fresh.columns),
      ...compareTypes(live.columns, typed),
      ...compareNames('indexes', live.indexes, fresh.indexes).filter(({ problem }) => problem === 'missing'),
      ...ledgerReferences(references),
      ...compareFields(live),
    ],
  };
}

interface Shape {
  /** `table.column` → kind and whether it may be null. */
  columns: Columns;
  indexes: string[];
  views: Map<string, string[]>;
}

async function shape(database: DatabaseHandle): Promise<Shape> {
  const tables = await introspectColumns(database);
  const columns: Columns = new Map();
  for (const [table, all] of tables)
    for (const [name, { kinds, nullable }] of all)
      columns.set(`${table}.${name}`, `${kinds.join()}${nullable ? '' : ' not null'}`);
  return { columns, indexes: await indexNames(database), views: await introspectViews(database) };
}

/** What a new database would be. */
async function freshShape(): Promise<Shape> {
  const folder = await mkdtemp(join(tmpdir(), 'hallpass-doctor-'));
  const database = await openSqlite({ path: join(folder, 'fresh.db'), sync: 'normal', busyTimeoutMs: 1_000 });
  try {
    await migrate(database.raw);
    return await shape(database);
  } finally {
    await database.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function appliedMigrations({ raw }: DatabaseHandle): Promise<string[]> {
  const tables = await raw.introspection.getTables({ withInternalKyselyTables: true });
  if (!tables.some(({ name }) => name === 'kysely_migration')) return [];
  const { rows } = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(raw);
  return rows.map(({ name }) => name);
}

function columnsOf(table: string, columns: Record<string, string>): [string, string][] {
  return Object.entries(columns).map(([name, type]) => [`${table}.${name}`, type]);
}

function compareNames(section: Section, found: readonly string[], expected: readonly string[]): Finding[] {
  return [
    ...expected
      .filter((name) => !found.includes(name))
      .map((what): Finding => ({
        section,
        level: section === 'indexes' ? 'warning' : 'error',
        problem: 'missing',
        what,
      })),
    ...found
      .filter((name) => !expected.includes(name))
      .map((what): Finding => ({ section, level: 'warning', problem: 'unknown', what })),
  ];
}

function compareColumns(section: Section, found: Columns, expected: Columns): Finding[] {
  const different = [...expected].flatMap(([what, type]): Finding[] => {
    const live = found.get(what);
    return live === undefined || live === type
      ? []
      : [{ section, level: 'error', problem: 'different', what, found: live, expected: type }];
  });
  return [...compareNames(section, [...found.keys()], [...expected.keys()]), ...different];
}

/** A type may leave open which kind of number a column is: `integer|bigint|real`. */
function compareTypes(found: Columns, typed: Columns): Finding[] {
  return [...typed].flatMap(([what, type]): Finding[] => {
    const live = found.get(what);
    const [kinds = '', ...rest] = type.split(' ');
    const fits = kinds.split('|').some((kind) => [kind, ...rest].join(' ') === live);
    if (live === undefined) return [{ section: 'types', level: 'error', problem: 'missing', what }];
    return fits ? [] : [{ section: 'types', level: 'error', problem: 'different', what, found: live, expected: type }];
  });
}

const LEDGER = ['accounts', 'calls', 'attempts', 'call_contents', 'usage_rollups', 'idempotency_keys'];

/** Rows of the ledger outlive what they name: the document's problem 1 was a reference that had stayed. */
function ledgerReferences(references: { from: string; to: string }[]): Finding[] {
  return references
    .filter(({ from }) => LEDGER.some((table) => from.startsWith(`${table}.`)))
    .map(({ from, to }) => ({ section: 'references', level: 'error', problem: 'reference', what: from, found: to }));
}

/** What requirement 003 and 004 list, where the database and the API must both have it. */
export const DOCUMENTED = [
  {
    table: 'llm_configs',
    fields: ['id', 'api_key', 'updated_at'],
    api: llmConfigSchema.shape,
  },
  {
    table: 'llm_call_logs',
    fields: [
      ...['id', 'config_id', 'template_id', 'group_id', 'activation_code', 'request_messages', 'request_params'],
      ...['response_content', 'response_data', 'status', 'error_message', 'tokens_used', 'prompt_tokens'],
      ...['completion_tokens', 'call_time', 'duration_ms'],
    ],
    api: llmCallSchema.shape,
  },
  {
    table: 'llm_prompt_templates',
    fields: ['id', 'name', 'template', 'created_at'],
    api: llmTemplatesSchema.shape.data.element.shape,
  },
  {
    table: 'llm_models',
    fields: [
      ...['id', 'name', 'model_id', 'provider', 'type', 'description', 'status', 'base_url', 'auth_type'],
      ...['key_usage_mode', 'api_keys', 'supports_vision', 'max_tokens', 'context_window', 'rpm_limit', 'tpm_limit'],
    ],
    api: llmModelSchema.shape,
  },
];

function compareFields({ columns, views }: Shape): Finding[] {
  return DOCUMENTED.flatMap(({ table, fields, api }) =>
    fields.flatMap((field): Finding[] => {
      const stored = views.get(table)?.includes(field) || columns.has(`${table}.${field}`);
      const missing = { section: 'fields', level: 'error', problem: 'missing' } as const;
      return [
        ...(stored ? [] : [{ ...missing, what: `${table}.${field}` }]),
        ...(field in api ? [] : [{ ...missing, what: `API ${table}.${field}` }]),
      ];
    }),
  );
}
