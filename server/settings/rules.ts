// What each setting is called where it is stored and sent, what it may be, and its value where none is stored.
import { z } from 'zod';

import { dollarsToNanos, nanosToDollars } from '@hallpass/shared/money.ts';
import { CLASS_SIZE_DEFAULT, type ConfigKey, type ConfigValues, configValues } from '@hallpass/shared/settings.ts';

import type { Config } from '../config.ts';
import type { SettingOrigin, SystemSettings } from './settings.ts';

/**
 * Until an administrator sets one. Sources disagree: Volcengine's prices in LiteLLM 1.110.2 stand at 6.957, the
 * published table converts Zhipu's at 7.25. The lower makes a yuan worth more, so nothing is charged too little.
 */
export const DEFAULT_CNY_RATE = 6.95;

interface Definition<T> {
  /** The key in the table and on the wire. */
  key: ConfigKey;
  schema: z.ZodType<T>;
  fallback(config: Config): T;
}

const { shape } = configValues;

/** Stored as JSON text. `system_budget` is stored in nanos; the address that sets it speaks dollars. */
export const DEFINITIONS: { [K in keyof SystemSettings]: Definition<SystemSettings[K]> } = {
  guestRpm: { key: 'guest_rpm', schema: shape.guest_rpm, fallback: (config) => config.GUEST_RPM },
  userRpm: { key: 'user_rpm', schema: shape.user_rpm, fallback: (config) => config.USER_RPM },
  logRetentionDays: {
    key: 'log_retention_days',
    schema: shape.log_retention_days,
    fallback: (config) => config.LOG_RETENTION_DAYS,
  },
  contentRetentionDays: {
    key: 'content_retention_days',
    schema: shape.content_retention_days,
    fallback: () => 30,
  },
  systemBudgetNanos: { key: 'system_budget', schema: z.int().min(0).nullable(), fallback: () => null },
  classSize: { key: 'class_size', schema: shape.class_size, fallback: () => CLASS_SIZE_DEFAULT },
  registration: { key: 'registration', schema: shape.registration, fallback: () => 'open' },
  guestsAllowed: { key: 'guests_allowed', schema: shape.guests_allowed, fallback: () => true },
  defaultLocale: { key: 'default_locale', schema: shape.default_locale, fallback: (config) => config.DEFAULT_LOCALE },
  displayCurrency: { key: 'display_currency', schema: shape.display_currency, fallback: () => 'USD' },
  displayRate: { key: 'display_rate', schema: shape.display_rate, fallback: () => null },
  cnyRate: { key: 'cny_rate', schema: shape.cny_rate, fallback: () => DEFAULT_CNY_RATE },
  alertWebhookUrl: { key: 'alert_webhook_url', schema: shape.alert_webhook_url, fallback: () => null },
  alertEmails: { key: 'alert_emails', schema: shape.alert_emails, fallback: () => [] },
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

/** The settings as they are sent. */
export function toWire(values: Readonly<SystemSettings>): ConfigValues {
  const entries = SETTING_NAMES.map((name) => [DEFINITIONS[name].key, values[name]]);
  const budget = values.systemBudgetNanos;
  return { ...Object.fromEntries(entries), system_budget: budget === null ? null : nanosToDollars(budget) };
}

/** A sent value as JSON text for the table. */
export function toStored(key: ConfigKey, value: ConfigValues[ConfigKey]): string {
  return JSON.stringify(key === 'system_budget' && typeof value === 'number' ? dollarsToNanos(value) : value);
}
