// Holds the newest catalog and rebuilds it when something changed.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Events } from '../events.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Vault } from '../lib/vault.ts';
import type { Catalog } from './catalog.ts';
import { buildCatalog } from './catalog-snapshot.ts';
import { readCatalogRows } from './catalog-store.ts';
import type { PriceSet } from './price-set.ts';
import { readPriceSet } from './price-set-store.ts';
import { readCnyRate } from './supplement/cny-rate.ts';
import { loadPriceTable, type PriceTable } from './published-prices.ts';

export interface CatalogParts {
  db: Kysely<Schema>;
  vault: Vault;
  clock: Clock;
  log: Logger;
  events: Events;
}

/** A price that changes later than this is looked at again by then; and a clock that lags is not asked all the time. */
const RELOAD_AT_LATEST_MS = 86_400_000;
const RELOAD_AT_EARLIEST_MS = 100;

/** A catalog that has been read once. @throws DatabaseError */
export async function createCatalog(parts: CatalogParts): Promise<Catalog> {
  const { events, log, clock } = parts;
  const openKey = keyOpener(parts);
  let table: PriceTable | undefined;
  let imported: PriceSet | undefined;
  let snapshot = buildCatalog(NO_ROWS, {
    openKey: () => undefined,
    prices: undefined,
    cnyRate: 1,
    now: clock.now(),
  }).snapshot;
  let running: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  async function load(): Promise<void> {
    const rows = await readCatalogRows(parts.db);
    imported = await readPriceSet(parts.db, imported);
    const cnyRate = await readCnyRate(parts.db);
    if (rows.channels.length > 0) table ??= await loadPriceTable();
    const now = clock.now();
    const built = buildCatalog(rows, { openKey, prices: table, imported, cnyRate, now });
    snapshot = built.snapshot;
    clearTimeout(timer);
    if (built.changesAt === null) return;
    timer = setTimeout(reloadInBackground, clamp(built.changesAt - now));
    timer.unref();
  }

  /** A load that began before this request may have read too early, so the next one is waited for and shared. */
  function reload(): Promise<void> {
    next ??= running.then(() => {
      next = undefined;
      const loading = load();
      running = loading.catch(() => {});
      return loading;
    });
    return next;
  }

  function reloadInBackground(): void {
    reload().catch((error) => log.error('the models and channels could not be read again', { error }));
  }

  events.on('catalog.changed', reloadInBackground);
  events.on('changes.seen', reloadInBackground);
  await reload();
  return { current: () => snapshot, reload };
}

const NO_ROWS = { channels: [], keys: [], models: [], aliases: [], routes: [], prices: [] };

function clamp(ms: number): number {
  return Math.max(RELOAD_AT_EARLIEST_MS, Math.min(ms, RELOAD_AT_LATEST_MS));
}

/** A key that does not open disables only itself, and is named in the log once. */
function keyOpener({ vault, log }: CatalogParts): (id: string, ciphertext: string) => string | undefined {
  const named = new Set<string>();
  return (id, ciphertext) => {
    try {
      return vault.open(id, ciphertext);
    } catch (error) {
      if (!named.has(ciphertext)) log.error('a channel key does not open and is not used', { keyId: id, error });
      named.add(ciphertext);
      return undefined;
    }
  };
}
