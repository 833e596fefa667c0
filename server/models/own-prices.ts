// Sets or removes an administrator's own price of a model or of one route. Settled rows keep what they were stamped with.
import type { PriceInput } from '@hallpass/shared/channel-models.ts';
import type { PriceRow } from '@hallpass/shared/prices.ts';

import { recordAudit } from '../audit/audit.ts';
import { priceColumns } from '../channels/entries.ts';
import { insertPrices } from '../channels/store.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from '../users/logins.ts';
import { listPrices } from './price-list.ts';

export type PricedKind = 'model' | 'route';

interface OwnPrice {
  kind: PricedKind;
  id: string;
  /** null removes it. */
  prices: PriceInput | null;
  by: LoginUser;
  ip: string;
}

/** @returns the rows it is about. @throws AppError not_found */
export async function setOwnPrice(ctx: AppContext, { kind, id, prices, by, ip }: OwnPrice): Promise<PriceRow[]> {
  const now = ctx.clock.now();
  await ctx.db.transaction().execute(async (trx) => {
    await ctx.bumpChanges(trx);
    const known = await trx.selectFrom(`${kind}s`).select('id').where('id', '=', id).executeTakeFirst();
    if (!known) throw new AppError('not_found', { param: 'id' });
    if (prices) {
      const owner = { modelId: kind === 'model' ? id : null, routeId: kind === 'route' ? id : null };
      const row = { id: ctx.ids.next('price'), ...owner, source: 'own', validFrom: now, createdAt: now };
      await insertPrices(trx, [{ ...row, ...priceColumns(prices) }]);
    } else if (kind === 'route') await trx.deleteFrom('prices').where('routeId', '=', id).execute();
    else await trx.deleteFrom('prices').where('modelId', '=', id).where('routeId', 'is', null).execute();
    const action = prices ? 'price.set' : 'price.remove';
    await recordAudit(ctx, { actor: by, action, target: { kind, id }, detail: { prices }, ip }, trx);
  });
  ctx.events.emit({ type: 'catalog.changed' });
  await ctx.catalog.reload();
  return listPrices(ctx, kind === 'model' ? { modelId: id } : { routeId: id });
}
