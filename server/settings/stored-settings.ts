// Settings kept in memory and read from the table at start and whenever something changed.
import type { Kysely } from 'kysely';

import type { Config } from '../config.ts';
import type { Schema } from '../db/schema.ts';
import type { Events } from '../events.ts';
import type { Logger } from '../lib/logger.ts';
import { DEFINITIONS, type ResolvedSettings, resolveSettings, SETTING_NAMES } from './rules.ts';
import type { Settings } from './settings.ts';
import { listSettings } from './store.ts';

interface Parts {
  db: Kysely<Schema>;
  config: Config;
  events: Events;
  log: Logger;
}

const KEYS = SETTING_NAMES.map((name) => DEFINITIONS[name].key);

/** @throws DatabaseError when the table cannot be read at start; later failures keep the last values and are logged. */
export async function createSettings({ db, config, events, log }: Parts): Promise<Settings> {
  let state: ResolvedSettings;
  let begun = 0;
  let applied = 0;
  const reload = async () => {
    const mine = ++begun;
    const read = resolveSettings(await listSettings(db, KEYS), config);
    // Of two readings at once the one that began later stays.
    if (mine < applied) return;
    applied = mine;
    state = read;
    if (read.unusable.length > 0) log.warn('stored settings are not usable', { keys: read.unusable });
  };
  const reloadLater = () => void reload().catch((error) => log.error('settings could not be read again', { error }));
  await reload();
  events.on('settings.changed', reloadLater);
  events.on('changes.seen', reloadLater);
  return { current: () => state.values, origins: () => state.origins, reload };
}
