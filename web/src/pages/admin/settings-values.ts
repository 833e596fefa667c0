// Between the system settings and their form.
import type { ConfigReply, ConfigUpdate } from '@/api/admin.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface SettingsValues {
  guestRpm: string;
  userRpm: string;
  classSize: string;
  retentionDays: string;
  contentDays: string;
  locale: ConfigReply['default_locale'];
  /** Dollars a month, for everything; empty = no cap. */
  budget: string;
  guestsAllowed: boolean;
  registration: ConfigReply['registration'];
  currency: ConfigReply['display_currency'];
  /** Units of that currency for a dollar. */
  rate: string;
  /** Yuan for a dollar, for prices published in yuan. */
  cnyRate: string;
}

/** The bounds of shared/settings.ts, which has the last word. */
const RPM = { min: 0, max: 1_000_000 };
const DAYS = { min: 1, max: 3_650 };
const CLASS_SIZE = { min: 1, max: 2_000 };
const BUDGET = { min: 0, max: 9_000_000 };
const RATE = { min: 0.01, max: 100_000 };
const CNY_RATE = { min: 1, max: 100 };

export function toSettingsValues(config: ConfigReply): SettingsValues {
  return {
    guestRpm: String(config.guest_rpm),
    userRpm: String(config.user_rpm),
    classSize: String(config.class_size),
    retentionDays: String(config.log_retention_days),
    contentDays: String(config.content_retention_days),
    locale: config.default_locale,
    budget: config.system_budget === null ? '' : String(config.system_budget),
    guestsAllowed: config.guests_allowed,
    registration: config.registration,
    currency: config.display_currency,
    rate: config.display_rate === null ? '' : String(config.display_rate),
    cnyRate: String(config.cny_rate),
  };
}

/** A decimal comma is one too. */
const decimal = (text: string) => Number(text.trim().replace(',', '.'));

export function checkSettings(values: SettingsValues): FieldErrors<SettingsValues> {
  const check = (text: string, range: { min: number; max: number }) => {
    const number = Number(text.trim());
    const isFine = /^\d{1,7}$/.test(text.trim()) && number >= range.min && number <= range.max;
    return isFine ? undefined : t('settings.needRange', range);
  };
  const checkRate = (text: string, range: { min: number; max: number }) => {
    const isNumber = /^\d{1,7}(?:[.,]\d{1,6})?$/.test(text.trim());
    return isNumber && decimal(text) >= range.min && decimal(text) <= range.max
      ? undefined
      : t('settings.needRate', range);
  };
  return {
    guestRpm: check(values.guestRpm, RPM),
    userRpm: check(values.userRpm, RPM),
    classSize: check(values.classSize, CLASS_SIZE),
    retentionDays: check(values.retentionDays, DAYS),
    contentDays: check(values.contentDays, DAYS),
    budget: values.budget.trim() === '' ? undefined : checkRate(values.budget, BUDGET),
    rate: values.currency === 'USD' ? undefined : checkRate(values.rate, RATE),
    cnyRate: checkRate(values.cnyRate, CNY_RATE),
  };
}

/** Only what differs is sent: what nobody touched keeps coming from the environment. */
export function changedSettings(values: SettingsValues, config: ConfigReply): ConfigUpdate {
  const wanted: ConfigUpdate = {
    guest_rpm: Number(values.guestRpm),
    user_rpm: Number(values.userRpm),
    class_size: Number(values.classSize),
    log_retention_days: Number(values.retentionDays),
    content_retention_days: Number(values.contentDays),
    default_locale: values.locale,
    system_budget: values.budget.trim() === '' ? null : decimal(values.budget),
    guests_allowed: values.guestsAllowed,
    registration: values.registration,
    display_currency: values.currency,
    display_rate: values.currency === 'USD' ? null : decimal(values.rate),
    cny_rate: decimal(values.cnyRate),
  };
  const keys = Object.keys(wanted) as (keyof typeof wanted & keyof ConfigReply)[];
  return Object.fromEntries(keys.filter((key) => wanted[key] !== config[key]).map((key) => [key, wanted[key]]));
}

export interface AlertTargets {
  /** Where alerts are posted to; empty = nowhere. */
  webhook: string;
  /** Separated by commas, spaces or line breaks. */
  emails: string;
}

export function toAlertTargets({ alert_webhook_url, alert_emails }: ConfigReply): AlertTargets {
  return { webhook: alert_webhook_url ?? '', emails: alert_emails.join(', ') };
}

export const addressesIn = (text: string): string[] => text.split(/[\s,;，；、]+/).filter(Boolean);

export function checkAlertTargets({ webhook, emails }: AlertTargets): FieldErrors<AlertTargets> {
  const isUrl = webhook.trim() === '' || /^https?:\/\/[^\s/]+/i.test(webhook.trim());
  const wrong = addressesIn(emails).find((one) => !/^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(one));
  return {
    webhook: isUrl ? undefined : t('channels.needUrl'),
    emails: wrong === undefined ? undefined : t('alerts.needMail', { address: wrong }),
  };
}

export function alertChanges({ webhook, emails }: AlertTargets): ConfigUpdate {
  return { alert_webhook_url: webhook.trim() || null, alert_emails: addressesIn(emails) };
}
