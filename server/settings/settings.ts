// Settings that change at run time. A stored value wins over the environment's.
import type { Locale } from '@hallpass/shared/errors.ts';
import type { ConfigValues } from '@hallpass/shared/settings.ts';

export interface SystemSettings {
  guestRpm: number;
  userRpm: number;
  logRetentionDays: number;
  contentRetentionDays: number;
  /** Monthly cap over everything, in nanos; null = none. */
  systemBudgetNanos: number | null;
  /** Passes and open codes that a teacher may fill one class with. */
  classSize: number;
  registration: ConfigValues['registration'];
  guestsAllowed: boolean;
  /** The language where neither the request nor a classroom names one. */
  defaultLocale: Locale;
  displayCurrency: ConfigValues['display_currency'];
  displayRate: number | null;
  /** Yuan for a dollar. */
  cnyRate: number;
  alertWebhookUrl: string | null;
  alertEmails: readonly string[];
}

export type SettingSource = 'stored' | 'environment';

/** One setting as the console shows it. */
export interface SettingOrigin {
  source: SettingSource;
  /** When it was stored; null for the environment's. */
  updatedAt: number | null;
}

export interface Settings {
  current(): Readonly<SystemSettings>;
  /** Where each value of `current()` comes from. */
  origins(): Readonly<Record<keyof SystemSettings, SettingOrigin>>;
  /** Reads the table again; what it holds is in force when the promise resolves. */
  reload(): Promise<void>;
}
