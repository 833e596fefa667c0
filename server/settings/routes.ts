// /api/admin/config: the settings of requirement 001 and ours, with where each value comes from.
import type { Locale } from '@hallpass/shared/errors.ts';
import {
  CONFIG_DESCRIPTIONS,
  type ConfigReply,
  configReply,
  configUpdate,
  currencyReply,
  type DisplayCurrency,
} from '@hallpass/shared/settings.ts';

import { defineRoute, type Route } from '../http/route.ts';
import { DEFINITIONS, SETTING_NAMES, toWire } from './rules.ts';
import type { Settings } from './settings.ts';
import { updateSettings } from './update.ts';

const path = '/api/admin/config';
const guard = 'admin';
const tag = 'settings';

export const settingRoutes: readonly Route[] = [
  defineRoute({
    method: 'get',
    path,
    guard,
    summary: 'Read the system settings',
    tag,
    response: configReply,
    handler: async ({ ctx, locale }) => reply(ctx.settings, locale),
  }),
  defineRoute({
    method: 'put',
    path,
    guard,
    summary: 'Change system settings; what is not named stays',
    tag,
    body: configUpdate,
    response: configReply,
    handler: async ({ ctx, http, body, user, locale }) => {
      await updateSettings(ctx, { update: body, by: user!, ip: http.get('ip') });
      return reply(ctx.settings, locale);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/currency',
    guard: 'public',
    summary: 'The currency pages show amounts in, its rate to the dollar and the rate’s date',
    tag,
    response: currencyReply,
    handler: async ({ ctx }) => displayCurrency(ctx.settings),
  }),
];

/** Without a rate there is nothing to convert by, so dollars are shown. */
function displayCurrency(settings: Settings): DisplayCurrency {
  const { displayCurrency: currency, displayRate: rate } = settings.current();
  if (currency === 'USD' || rate === null) return { currency: 'USD', rate: 1, rated_at: null };
  const { updatedAt } = settings.origins().displayRate;
  return { currency, rate, rated_at: updatedAt === null ? null : new Date(updatedAt).toISOString() };
}

function reply(settings: Settings, locale: Locale): ConfigReply {
  const values = toWire(settings.current());
  const origins = settings.origins();
  const items = SETTING_NAMES.map((name) => {
    const { key } = DEFINITIONS[name];
    const { source, updatedAt } = origins[name];
    const updated_at = updatedAt === null ? null : new Date(updatedAt).toISOString();
    return { key, value: values[key], description: CONFIG_DESCRIPTIONS[key][locale], source, updated_at };
  });
  return { ...values, items };
}
