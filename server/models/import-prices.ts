// Importing a price file: judged whole, swapped in one transaction, in force for the next call; and back again.
import { nanosToDollars } from '@hallpass/shared/money.ts';
import type { PriceImportReport } from '@hallpass/shared/prices.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import type { LoginUser } from '../users/logins.ts';
import { type FileEntries, type FilePrices, type ReadFile, readPriceFile } from './price-file.ts';
import { compareSets, findInSet, isSuspicious, type PriceSet, type SetChanges } from './price-set.ts';
import { readPreviousSet, readPriceSet, swapPriceSet } from './price-set-store.ts';

export interface ImportInput {
  file: Record<string, unknown>;
  dryRun: boolean;
  by: LoginUser;
  ip: string;
}

const LISTED_MAX = 200;

/** @throws AppError price_file_refused; nothing is changed then. */
export async function importPrices(ctx: AppContext, input: ImportInput): Promise<PriceImportReport> {
  const { file, dryRun, by, ip } = input;
  const read = readPriceFile(file);
  const set: PriceSet = { version: ctx.ids.next('price'), importedAt: ctx.clock.now(), entries: read.entries };
  const judge = async (before: FileEntries | undefined) => {
    const changes = compareSets(before ?? {}, set.entries);
    const againstOthers = before ? [] : await slipsAgainstForce(ctx, set);
    return report(set, read, {
      ...changes,
      problems: [...read.problems, ...changes.problems, ...againstOthers],
    });
  };
  if (dryRun) return { ...(await judge((await readPriceSet(ctx.db))?.entries)), version: null };
  const done = await ctx.db.transaction().execute(async (trx) => {
    // The version row is everyone's: a second import waits here and is judged against the first.
    await ctx.bumpChanges(trx);
    const judged = await judge((await readPriceSet(trx))?.entries);
    if (!judged.accepted)
      throw new AppError('price_file_refused', { params: { detail: judged.problems.slice(0, 5).join('; ') } });
    await swapPriceSet(trx, set, by.id);
    const detail = { version: set.version, ...judged.counts };
    await recordAudit(ctx, { actor: by, action: 'prices.import', detail, ip }, trx);
    return judged;
  });
  await announce(ctx);
  return done;
}

/** Puts the set before this one in force; a second call swaps back. @throws AppError not_found when there is none. */
export async function restorePrices(ctx: AppContext, by: LoginUser, ip: string): Promise<PriceSet> {
  const restored = await ctx.db.transaction().execute(async (trx) => {
    await ctx.bumpChanges(trx);
    const set = await readPreviousSet(trx);
    if (!set) throw new AppError('not_found');
    await swapPriceSet(trx, set, by.id);
    await recordAudit(ctx, { actor: by, action: 'prices.restore', detail: { version: set.version }, ip }, trx);
    return set;
  });
  await announce(ctx);
  return restored;
}

async function announce(ctx: AppContext): Promise<void> {
  ctx.events.emit({ type: 'catalog.changed' });
  await ctx.catalog.reload();
}

/** The first file is compared with the prices in force of the routes it would price. */
async function slipsAgainstForce({ catalog }: AppContext, set: PriceSet): Promise<string[]> {
  const routes = catalog
    .current()
    .list()
    .flatMap(({ routes: all }) => all);
  return routes.flatMap(({ id, upstreamModel, channel }) => {
    const next = findInSet(set, channel.preset, upstreamModel)?.[0]?.prices;
    const old = catalog.current().priceOf(id)?.tiers[0]?.prices;
    if (!next || !old || !isSuspicious(old, next)) return [];
    return [`${upstreamModel}: the price is 1000 times off the one in force`];
  });
}

function report(
  set: PriceSet,
  { skipped, free }: Pick<ReadFile, 'skipped' | 'free'>,
  changes: SetChanges,
): PriceImportReport {
  const { added, changed, gone, problems } = changes;
  const pair = ({ promptNanos, completionNanos }: FilePrices) => ({
    prompt: nanosToDollars(promptNanos),
    completion: nanosToDollars(completionNanos),
  });
  return {
    version: set.version,
    accepted: problems.length === 0,
    counts: {
      models: Object.keys(set.entries).length,
      added: added.length,
      changed: changed.length,
      gone: gone.length,
      skipped: skipped.length,
      free: free.length,
      problems: problems.length,
    },
    added: added.slice(0, LISTED_MAX),
    changed: changed.slice(0, LISTED_MAX).map(({ model, from, to }) => ({ model, from: pair(from), to: pair(to) })),
    gone: gone.slice(0, LISTED_MAX),
    skipped: skipped.slice(0, LISTED_MAX),
    free: free.slice(0, LISTED_MAX),
    problems: problems.slice(0, LISTED_MAX),
  };
}
