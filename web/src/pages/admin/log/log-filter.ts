// The call log's filter: what the fields hold, and the page's address, so that a found list can be shared and kept.
import type { LogFilter } from '@/api/call-log.ts';

export const FILTER_NAMES = [
  'start',
  'end',
  'user',
  'ip',
  'model',
  'status',
  'channel',
  'classroom',
  'pass',
  'activation_code',
] as const;
export type FilterName = (typeof FILTER_NAMES)[number];
export type FilterValues = Record<FilterName, string>;

/** Shown at once; the others when they are asked for, or when one of them is set. */
export const FIRST_NAMES: readonly FilterName[] = ['start', 'end', 'user', 'ip', 'model', 'status'];
export const MORE_NAMES: readonly FilterName[] = FILTER_NAMES.filter((name) => !FIRST_NAMES.includes(name));

/** From an address that anybody may have written: what it does not hold, or not as text, is empty. */
export function toFilterValues(query: Readonly<Record<string, unknown>>): FilterValues {
  const value = (name: FilterName) => (typeof query[name] === 'string' ? query[name] : '');
  return Object.fromEntries(FILTER_NAMES.map((name) => [name, value(name)])) as FilterValues;
}

/** What is set, trimmed. */
export function toFilter(values: FilterValues): LogFilter {
  return Object.fromEntries(
    FILTER_NAMES.map((name) => [name, values[name].trim()] as const).filter(([, value]) => value !== ''),
  );
}
