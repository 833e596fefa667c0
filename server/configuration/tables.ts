// What the rows of a configuration file may hold.
import type { ConfigurationTable } from '@hallpass/shared/configuration.ts';

import declared from '../db/declared-columns.json' with { type: 'json' };
import { AppError } from '../lib/app-error.ts';
import { GUEST_PLAN_ID, USER_PLAN_ID } from '../plans/built-in.ts';
import { ANY_NUMBER, ANY_TEXT, ROW_RULES, SETTING_RULES } from './row-rules.ts';

export type Row = Record<string, string | number | null>;

/** By which a row is found again. */
export const KEY_OF: Record<ConfigurationTable, string> = {
  plans: 'id',
  classrooms: 'id',
  channels: 'id',
  channelKeys: 'id',
  models: 'id',
  modelAliases: 'alias',
  routes: 'id',
  prices: 'id',
  blockedIps: 'id',
  settings: 'key',
};

/** Columns that point to people, who do not travel with the file. */
const PEOPLE = ['ownerUserId', 'createdBy', 'updatedBy'];
const BUILT_IN: readonly string[] = [GUEST_PLAN_ID, USER_PLAN_ID];
/** How things stood on the other server, which says nothing about this one. */
const STATE: Partial<Record<ConfigurationTable, readonly string[]>> = {
  channels: ['lastCheckAt', 'lastCheckMs', 'lastCheckError'],
  channelKeys: ['cooldownUntil', 'lastError', 'lastErrorAt'],
};

/** The server's own marks among the settings stay where they are. */
export function travels(table: ConfigurationTable, row: Row): boolean {
  return table !== 'settings' || Object.hasOwn(SETTING_RULES, String(row.key));
}

/** The row without what is only so on its own server: how its channels do, and which people are there. */
export function withoutState(table: ConfigurationTable, row: Row): Row {
  const state = STATE[table] ?? [];
  return Object.fromEntries(Object.entries(row).filter(([column]) => !state.includes(column)));
}

/** The row as it may be written. @throws AppError configuration_refused. */
export function checkedRow(table: ConfigurationTable, row: Row): Row {
  const columns = columnsOf(table);
  const refuse = (column: string, detail: string): never => {
    throw new AppError('configuration_refused', { params: { detail: `${table}.${column}: ${detail}` } });
  };
  for (const [column, value] of Object.entries(row)) {
    const type = columns[column] ?? refuse(column, 'is not known here');
    if (value === null && type.includes('not null')) refuse(column, 'is empty');
    if (value === null) continue;
    if ((typeof value === 'string') !== type.startsWith('text')) refuse(column, 'has another type');
    const { error } = ruleOf(table, column, row).safeParse(value);
    if (error) refuse(column, error.issues[0]!.message);
  }
  if (table === 'plans' && row.builtIn !== Number(BUILT_IN.includes(String(row.id))))
    refuse('builtIn', 'is not so here');
  const key = KEY_OF[table];
  if (typeof row[key] !== 'string' || row[key] === '') refuse(key, 'is missing');
  return Object.fromEntries(
    Object.entries(withoutState(table, row)).map(([column, value]) => [column, PEOPLE.includes(column) ? null : value]),
  );
}

function ruleOf(table: ConfigurationTable, column: string, row: Row) {
  const own = ROW_RULES[table];
  if (Object.hasOwn(own, column)) return own[column]!;
  if (table === 'settings' && column === 'value') return SETTING_RULES[String(row.key)]!;
  return typeof row[column] === 'string' ? ANY_TEXT : ANY_NUMBER;
}

function columnsOf(table: ConfigurationTable): Record<string, string> {
  const snake = table.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const columns = (declared as Record<string, Record<string, string>>)[snake]!;
  return Object.fromEntries(
    Object.entries(columns).map(([name, type]) => [
      name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      type,
    ]),
  );
}
