// What the rows of a configuration file may hold.
import type { ConfigurationTable } from '@hallpass/shared/configuration.ts';
import { CONFIG_KEYS } from '@hallpass/shared/settings.ts';

import declared from '../db/declared-columns.json' with { type: 'json' };
import { AppError } from '../lib/app-error.ts';
import { PRICE_SET_KEYS } from '../models/price-set-store.ts';

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
const JSON_COLUMNS = ['models', 'accessSchedule', 'metadata', 'options', 'capabilities', 'fallbacks'];
const SETTINGS: readonly string[] = [...CONFIG_KEYS, ...PRICE_SET_KEYS];

/** The server's own marks among the settings stay where they are. */
export function travels(table: ConfigurationTable, row: Row): boolean {
  return table !== 'settings' || SETTINGS.includes(String(row.key));
}

/** The row without those whom only the other server knows, checked. @throws AppError configuration_refused. */
export function checkedRow(table: ConfigurationTable, row: Row): Row {
  const columns = columnsOf(table);
  const refuse = (column: string, detail: string): never => {
    throw new AppError('configuration_refused', { params: { detail: `${table}.${column}: ${detail}` } });
  };
  for (const [column, value] of Object.entries(row)) {
    const type = columns[column] ?? refuse(column, 'is not known here');
    if (value === null && type.includes('not null')) refuse(column, 'is empty');
    if (value !== null && (typeof value === 'string') !== type.startsWith('text')) refuse(column, 'has another type');
    if (typeof value === 'number' && !Number.isSafeInteger(value)) refuse(column, 'is not a whole number');
    if (typeof value === 'string' && JSON_COLUMNS.includes(column) && !isJson(value)) refuse(column, 'is not JSON');
  }
  const key = KEY_OF[table];
  if (typeof row[key] !== 'string' || row[key] === '') refuse(key, 'is missing');
  return Object.fromEntries(
    Object.entries(row).map(([column, value]) => [column, PEOPLE.includes(column) ? null : value]),
  );
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

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
