// Changing settings: stored, told to every process, in force for the next call.
import { CONFIG_KEYS, type ConfigUpdate } from '@hallpass/shared/settings.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from '../users/logins.ts';
import { toStored } from './rules.ts';
import { deleteSettings, upsertSetting } from './store.ts';

/** @throws AppError invalid_parameter when a setting is given and reset at once. */
export async function updateSettings(
  ctx: AppContext,
  input: { update: ConfigUpdate; by: LoginUser; ip: string },
): Promise<void> {
  const { update, by, ip } = input;
  const reset = update.reset ?? [];
  const given = CONFIG_KEYS.filter((key) => update[key] !== undefined);
  const both = given.find((key) => reset.includes(key));
  if (both) throw new AppError('invalid_parameter', { params: { param: both, detail: 'reset' }, param: both });
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    for (const key of given) {
      const value = toStored(key, update[key]!);
      await upsertSetting(trx, { key, value, updatedAt: now, updatedBy: by.id });
    }
    await deleteSettings(trx, reset);
    await ctx.bumpChanges(trx);
    const set = Object.fromEntries(given.map((key) => [key, update[key]]));
    await recordAudit(ctx, { actor: by, action: 'settings.update', detail: { set, reset }, ip }, trx);
  });
  await ctx.settings.reload();
  // Prices published in yuan follow the rate: the next call is charged by it.
  if (given.includes('cny_rate') || reset.includes('cny_rate')) await ctx.catalog.reload();
  ctx.events.emit({ type: 'settings.changed' });
}
