// What each setting is called where it is stored and sent, what it may be, and its value where none is stored.
import { z } from 'zod';

import { LOCALES } from '@hallpass/shared/errors.ts';

import type { Config } from '../config.ts';
import type { SettingOrigin, SystemSettings } from './settings.ts';

interface Definition<T> {
  /** The key in the table. */
  key: string;
  schema: z.ZodType<T>;
  fallback(config: Config): T;
}

const rpm = z.int().min(0).max(1_000_000);

/** Stored as JSON text. `system_budget` is stored in nanos; the address that sets it speaks dollars. */
export const DEFINITIONS: { [K in keyof SystemSettings]: Definition<SystemSettings[K]> } = {
  guestRpm: { key: 'guest_rpm', schema: rpm, fallback: (config) => config.GUEST_RPM },
  userRpm: { key: 'user_rpm', schema: rpm, fallback: (config) => config.USER_RPM },
  logRetentionDays: {
    key: 'log_retention_days',
    schema: z.int().min(1).max(3_650),
    fallback: (config) => config.LOG_RETENTION_DAYS,
  },
  systemBudgetNanos: { key: 'system_budget', schema: z.int().min(0).nullable(), fallback: () => null },
  registration: { key: 'registration', schema: z.enum(['open', 'closed']), fallback: () => 'open' },
  guestsAllowed: { key: 'guests_allowed', schema: z.boolean(), fallback: () => true },
  defaultLocale: { key: 'default_locale', schema: z.enum(LOCALES), fallback: (config) => config.DEFAULT_LOCALE },
};

export const SETTING_NAMES = Object.keys(DEFINITIONS) as (keyof SystemSettings)[];

export interface StoredSetting {
  key: string;
  value: string;
  updatedAt: number;
}

export interface ResolvedSettings {
  values: SystemSettings;
  origins: Record<keyof SystemSettings, SettingOrigin>;
  /** Keys whose stored text could not be used; the environment's value is in force instead. */
  unusable: string[];
}

/** Joins stored rows with the environment. Rows of other keys are left alone. */
export function resolveSettings(rows: readonly StoredSetting[], config: Config): ResolvedSettings {
  const resolved = { values: {}, origins: {}, unusable: [] as string[] };
  for (const name of SETTING_NAMES) {
    const { key, schema, fallback } = DEFINITIONS[name];
    const row = rows.find((candidate) => candidate.key === key);
    const stored = row && schema.safeParse(parseJson(row.value));
    if (stored && !stored.success) resolved.unusable.push(key);
    const usable = row !== undefined && stored?.success === true;
    Object.assign(resolved.values, { [name]: usable ? stored.data : fallback(config) });
    Object.assign(resolved.origins, {
      [name]: usable ? { source: 'stored', updatedAt: row.updatedAt } : { source: 'environment', updatedAt: null },
    });
  }
  return resolved as ResolvedSettings;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
