// The pass directory: from memory after the first time, dropped as soon as anything it was built from changes.
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import type { Events } from '../events.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import { remember } from '../lib/remember.ts';
import { GUEST_PLAN_ID, USER_PLAN_ID } from '../plans/built-in.ts';
import type { Principal } from '../plans/levels.ts';
import { findPlan, type PlanRow } from '../plans/store.ts';
import type { Settings } from '../settings/settings.ts';
import type { PassDirectory } from './directory.ts';
import { hashKey } from './keys.ts';
import {
  adminPrincipal,
  guestId,
  guestPrincipal,
  type Installation,
  passPrincipal,
  userPrincipal,
} from './principals.ts';
import { findPassParts, findUser } from './store.ts';

/** Entries of each cache; a city's pupils of one lesson fit. */
export const DIRECTORY_CACHE_MAX = 20_000;
/** How long a key is known not to exist. A new pass ends it at once, here and, within the poll, elsewhere. */
const UNKNOWN_FOR_MS = 5_000;
const RETRY_AFTER_MS = 2_000;

const FORGOTTEN_AFTER = [
  'pass.changed',
  'plan.changed',
  'user.changed',
  'classroom.changed',
  'classroom.paused',
  'changes.seen',
] as const;

export interface DirectoryParts {
  db: Kysely<Schema>;
  clock: Clock;
  events: Events;
  settings: Settings;
  timeZone: string;
  /** Entries of each cache. */
  maxEntries?: number;
}

/** Builds a principal out of rows that were read before, under the settings given. */
type Build = (installation: Installation) => Principal;

interface Entry {
  build: Build;
  principal: Principal;
  settings: Installation['settings'];
}

export function createDirectory({
  db,
  clock,
  events,
  settings,
  timeZone,
  maxEntries = DIRECTORY_CACHE_MAX,
}: DirectoryParts): PassDirectory {
  // One for each kind, so that a crowd of guests pushes no pass out.
  const [passes, users, guests] = [1, 2, 3].map(() => createCache(settings, timeZone, maxEntries)) as [
    Cache,
    Cache,
    Cache,
  ];
  // Keyed by the hash of the whole key: keys that begin alike are different entries.
  const unknown = new Map<string, number>();
  const forget = () => {
    unknown.clear();
    for (const cache of [passes, users, guests]) cache.clear();
  };
  for (const type of FORGOTTEN_AFTER) events.on(type, forget);

  const isUnknown = (hash: string) => (unknown.get(hash) ?? Number.NEGATIVE_INFINITY) > clock.monotonic();
  const readPass = (hash: string) => async (): Promise<Build | undefined> => {
    const parts = await findPassParts(db, hash, clock.now());
    return parts && ((installation) => passPrincipal(parts, installation));
  };
  const readUser = (id: string) => async (): Promise<Build | undefined> => {
    const [user, plan] = [await findUser(db, id), await builtInPlan(db, USER_PLAN_ID)];
    if (user && user.status !== 'active') throw new AppError('account_disabled');
    return user && ((installation) => userPrincipal(user, plan, installation));
  };
  const readGuest = (ip: string) => async (): Promise<Build> => {
    const plan = await builtInPlan(db, GUEST_PLAN_ID);
    return (installation) => guestPrincipal(ip, plan, installation);
  };
  return {
    async find(key) {
      const hash = hashKey(key);
      const known = passes.get(hash);
      if (known || isUnknown(hash)) return known;
      const generation = passes.generation();
      const found = await passes.read(hash, readPass(hash));
      if (!found && generation === passes.generation())
        remember(unknown, hash, clock.monotonic() + UNKNOWN_FOR_MS, maxEntries);
      return found;
    },
    async forUser(userId) {
      const found = users.get(userId) ?? (await users.read(userId, readUser(userId)));
      if (!found) throw new AppError('login_expired');
      return found;
    },
    async forGuest(ip) {
      const id = guestId(ip);
      return guests.get(id) ?? (await guests.read(id, readGuest(ip)))!;
    },
    forAdminKey: async () => adminPrincipal({ settings: settings.current(), timeZone }),
  };
}

type Cache = ReturnType<typeof createCache>;

function createCache(settings: Settings, timeZone: string, maxEntries: number) {
  const entries = new Map<string, Entry>();
  const reading = new Map<string, Promise<Build | undefined>>();
  // What was being read while something changed is given to who asked, but not kept.
  let generation = 0;
  const built = (build: Build): Entry => {
    const current = settings.current();
    return { build, settings: current, principal: build({ settings: current, timeZone }) };
  };
  return {
    generation: () => generation,
    clear() {
      generation += 1;
      entries.clear();
      reading.clear();
    },
    get(name: string): Principal | undefined {
      const entry = entries.get(name);
      if (!entry || entry.settings === settings.current()) return entry?.principal;
      return remember(entries, name, built(entry.build), maxEntries).principal;
    },
    /** Reads once for all who ask at the same time. */
    async read(name: string, load: () => Promise<Build | undefined>): Promise<Principal | undefined> {
      const before = generation;
      let running = reading.get(name);
      if (!running) {
        running = readOrRefuse(load);
        reading.set(name, running);
        const done = () => reading.get(name) === running && reading.delete(name);
        running.then(done, done);
      }
      const build = await running;
      if (!build) return undefined;
      const entry = built(build);
      return (before === generation ? remember(entries, name, entry, maxEntries) : entry).principal;
    },
  };
}

/** Whatever goes wrong while the database is asked is the database's fault, never “no such key”. */
async function readOrRefuse<T>(load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('database_unavailable', { retryAfterMs: RETRY_AFTER_MS, cause: error });
  }
}

/** @throws Error when it is missing: it is made at every start. */
async function builtInPlan(db: Kysely<Schema>, id: string): Promise<PlanRow> {
  const plan = await findPlan(db, id);
  if (!plan) throw new Error(`the built-in plan ${id} is missing`);
  return plan;
}
