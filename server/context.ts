// The only place where parts are constructed and joined. Features take the context and use what they need.
import type { Kysely } from 'kysely';

import { type BlockedAttempts, createBlockedAttempts } from './blocklist/attempts.ts';
import { type Blocklist, createBlocklist } from './blocklist/blocklist.ts';
import { MemoryBoard, type UpstreamBoard } from './channels/board.ts';
import { installationMark } from './channels/encryption-check.ts';
import { disableKey } from './channels/disable-key.ts';
import { keepCooldown, restoreCooldowns } from './channels/key-cooldowns.ts';
import { createSharedBoard } from './channels/shared-board.ts';
import type { Config } from './config.ts';
import type { DatabaseHandle } from './db/dialect.ts';
import { openAgreement, openLedger } from './db/open-ledger.ts';
import type { Schema } from './db/schema.ts';
import { createEvents, type Events } from './events.ts';
import { loadHooks } from './gateway/hooks.ts';
import { endPaused } from './gateway/end-paused.ts';
import { createGateway, type GatewayParts } from './gateway/parts.ts';
import type { Ledger } from './ledger/ledger.ts';
import type { Clock, Ids } from './lib/clock.ts';
import type { Logger } from './lib/logger.ts';
import { createShutdown, type Shutdown } from './lib/shutdown.ts';
import { createVault, type Vault } from './lib/vault.ts';
import type { Limits } from './limits/limits.ts';
import { MemoryLimits } from './limits/memory-limits.ts';
import type { Catalog } from './models/catalog.ts';
import { createCatalog } from './models/live-catalog.ts';
import { createDirectory } from './passes/cached-directory.ts';
import type { PassDirectory } from './passes/directory.ts';
import { countedKeysOf } from './passes/principals.ts';
import { createRedis, type RedisParts } from './redis/parts.ts';
import type { Settings } from './settings/settings.ts';
import { createSettings } from './settings/stored-settings.ts';
import { createLogins } from './users/cached-logins.ts';
import type { Logins } from './users/logins.ts';
import { createOidc, type Oidc } from './users/oidc.ts';
import { createPasswords, type Passwords } from './users/passwords.ts';
import { createThrottle, type Throttle } from './users/throttle.ts';

export interface AppContext {
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Logger;
  events: Events;
  database: DatabaseHandle;
  /** The same as `database.db`: what stores use. */
  db: Kysely<Schema>;
  vault: Vault;
  ledger: Ledger;
  limits: Limits;
  /** What processes share through Redis; null without one. */
  redis: RedisParts | null;
  settings: Settings;
  catalog: Catalog;
  passes: PassDirectory;
  logins: Logins;
  passwords: Passwords;
  /** Sign-in with another service; undefined where none is configured. */
  oidc: Oidc | undefined;
  throttle: Throttle;
  shutdown: Shutdown;
  blocklist: Blocklist;
  blockedAttempts: BlockedAttempts;
  /** Which channels and keys rest. */
  board: UpstreamBoard;
  gateway: GatewayParts;
  /** Bumps the version row that other processes poll, inside or outside a transaction. */
  bumpChanges(db?: Kysely<Schema>): Promise<void>;
}

export interface ContextParts {
  config: Config;
  clock: Clock;
  ids: Ids;
  log: Logger;
  database: DatabaseHandle;
}

/** Builds everything on an open, migrated database. */
export async function createContext(parts: ContextParts): Promise<AppContext> {
  const { config, clock, ids, database, log } = parts;
  const { db } = database;
  const events = createEvents((error) => log.error('a listener failed', { error }));
  const bumpChanges = async (on = db) => {
    await on
      .updateTable('changes')
      .set((eb) => ({ version: eb('version', '+', 1) }))
      .execute();
    // Inside a transaction nobody could see it yet.
    if (on === db) events.emit({ type: 'changes.hinted' });
  };
  // The start-up generates the key when none is configured; without one nothing may be stored.
  const vault = createVault(config.ENCRYPTION_KEY ?? '');
  const settings = await createSettings({ db, config, events, log });
  const blocklist = createBlocklist(db);
  await blocklist.reload();
  const ownBoard = new MemoryBoard(clock);
  const board = config.REDIS_URL === undefined ? ownBoard : createSharedBoard(ownBoard, events);
  await restoreCooldowns(db, board, clock.now());
  const redis = await connectRedis(parts, events);
  const ctx: AppContext = {
    ...parts,
    events,
    db,
    vault,
    ledger: openLedger(database, parts),
    limits: redis?.limits ?? new MemoryLimits(clock),
    redis,
    settings,
    catalog: await createCatalog({ db, vault, clock, log, events }),
    passes: createDirectory({ db, clock, events, settings, timeZone: config.TIME_ZONE }),
    logins: await createLogins({ secretKey: config.SECRET_KEY, db, clock, ids, events, bumpChanges }),
    shutdown: createShutdown(),
    passwords: createPasswords(),
    oidc: createOidc({ config, clock, log }),
    throttle: createThrottle(clock, (count) => events.emit({ type: 'throttle.counted', ...count })),
    blocklist,
    blockedAttempts: createBlockedAttempts({ db, clock, ids, log }),
    board,
    gateway: createGateway({
      clock,
      board,
      hooks: await loadHooks(config.HOOKS_PATH, log),
      allowPrivateUpstreams: config.ALLOW_PRIVATE_UPSTREAMS,
      random: Math.random,
    }),
    bumpChanges,
  };
  listen(ctx);
  return ctx;
}

async function connectRedis({ config, database, ...parts }: ContextParts, events: Events): Promise<RedisParts | null> {
  if (config.REDIS_URL === undefined) return null;
  return createRedis({
    ...parts,
    events,
    url: config.REDIS_URL,
    timeoutMs: config.REDIS_TIMEOUT_MS,
    mark: await installationMark(database.db),
    agreement: openAgreement(database, { clock: parts.clock, countedKeys: countedKeysOf }),
  });
}

/** After these others look at the version row at once: the writer has committed. */
const CHANGES = [
  'pass.changed',
  'plan.changed',
  'user.changed',
  'catalog.changed',
  'settings.changed',
  'classroom.changed',
  'classroom.paused',
] as const;

/** What one part does when another tells that something happened. */
function listen(ctx: AppContext): void {
  const { events, gateway, blocklist, shutdown, log } = ctx;
  const failed = (error: unknown) => log.error('what an event asked for could not be done', { error });
  events.onEverywhere('classroom.paused', ({ classroomId }) => {
    for (const attempt of gateway.running) if (attempt.classroomId === classroomId) attempt.abort('paused');
  });
  events.onAny((event, from) => {
    if (event.type === 'throttle.counted' && from === 'elsewhere') ctx.throttle.hear(event);
  });
  // While Redis is away the others read in the database which keys rest.
  const tellWithoutRedis = async () => {
    if (ctx.redis && !ctx.redis.link.isUp) await ctx.bumpChanges();
  };
  if (ctx.redis)
    events.on('changes.seen', () => void restoreCooldowns(ctx.db, ctx.board, ctx.clock.now()).catch(failed));
  const hint = () => events.emit({ type: 'changes.hinted' });
  for (const type of CHANGES) events.on(type, hint);
  events.on('changes.seen', () => void endPaused(ctx).catch(failed));
  shutdown.expired.addEventListener('abort', () => {
    for (const attempt of gateway.running) attempt.abort('stopping');
  });
  events.on('channel.saved', ({ channelId, keyIds }) => gateway.health.forgetChannel(channelId, keyIds));
  events.on('channel.key_cooled', (cooled) => void keepCooldown(ctx, cooled).then(tellWithoutRedis).catch(failed));
  events.on('channel.resting', ({ channelId }) => log.warn('a channel keeps failing, so it rests', { channelId }));
  events.on('changes.seen', () => void blocklist.reload().catch(failed));
  events.on('channel.key_disabled', ({ keyId, reason }) => void disableKey(ctx, keyId, reason).catch(failed));
}
