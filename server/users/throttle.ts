// Slows down guessing, in memory. Three counts: an account at an address (backs off), an account over all addresses,
// an address over all accounts. Whoever has signed in from an address before is held by the first count only, so that
// a classmate's guessing, or a stranger's, does not lock out a class behind one address.
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import { remember } from '../lib/remember.ts';
import {
  type Bucket,
  type BucketRule,
  bucketWaitMs,
  networkOf,
  type Pair,
  PAIR_FORGET_MS,
  pairWaitMs,
  refilled,
} from './throttle-rules.ts';

/** 50 at once, then two a minute: guessing 8 characters this way takes longer than anybody lives. */
const ACCOUNT: BucketRule = { capacity: 50, refillMs: 30_000 };
/** 40 pupils who each mistype five times fit into the first 200. */
const ADDRESS: BucketRule = { capacity: 200, refillMs: 2_000 };
/** Two classes may register at once. */
const REGISTER: BucketRule = { capacity: 100, refillMs: 10_000 };
/** What asking for an address that is taken costs: it tells that somebody has an account. */
const TAKEN_COST = 4;

/** Entries of each count. */
export const THROTTLE_MAX = 50_000;

export interface Attempt {
  /** The password was right: nothing of this attempt counts, and the account is known at this address. */
  succeeded(): void;
  /** It was not tried at all. */
  withdrawn(): void;
}

export interface Throttle {
  /** Counts a sign-in as failed until told otherwise. @throws AppError login_throttled. */
  signIn(account: string, ip: string): Attempt;
  /** @throws AppError login_throttled. */
  register(ip: string): { taken(): void };
}

export function createThrottle(clock: Clock): Throttle {
  const pairs = new Map<string, Pair>();
  const accounts = createBuckets(ACCOUNT, clock);
  const addresses = createBuckets(ADDRESS, clock);
  const registrations = createBuckets(REGISTER, clock);

  const pairAt = (key: string): Pair => {
    const pair = pairs.get(key) ?? { failures: 0, lastAt: 0, known: false };
    if (clock.monotonic() - pair.lastAt > PAIR_FORGET_MS) pair.failures = 0;
    return pair;
  };
  return {
    signIn(account, ip) {
      const network = networkOf(ip);
      const key = `${network} ${account}`;
      const pair = pairAt(key);
      const buckets = pair.known ? [] : [accounts.at(account), addresses.at(network)];
      refuseAfter(Math.max(pairWaitMs(pair, clock.monotonic()), ...buckets.map(({ waitMs }) => waitMs)));
      const before = { ...pair };
      for (const bucket of buckets) bucket.take(1);
      keep(pairs, key, { ...pair, failures: pair.failures + 1, lastAt: clock.monotonic() });
      const giveBack = (known: boolean, failures: number) => {
        for (const bucket of buckets) bucket.take(-1);
        keep(pairs, key, { failures, lastAt: clock.monotonic(), known });
      };
      return {
        succeeded: () => giveBack(true, 0),
        withdrawn: () => giveBack(before.known, Math.max(0, pairAt(key).failures - 1)),
      };
    },
    register(ip) {
      const bucket = registrations.at(networkOf(ip));
      refuseAfter(bucket.waitMs);
      bucket.take(1);
      return { taken: () => bucket.take(TAKEN_COST) };
    },
  };
}

function createBuckets(rule: BucketRule, clock: Clock) {
  const buckets = new Map<string, Bucket>();
  const now = (key: string) => refilled(buckets.get(key), rule, clock.monotonic());
  return {
    at: (key: string) => ({
      waitMs: bucketWaitMs(now(key), rule),
      take: (tokens: number) => {
        const bucket = now(key);
        keep(buckets, key, { ...bucket, tokens: Math.min(rule.capacity, bucket.tokens - tokens) });
      },
    }),
  };
}

/** The newest last, so that the oldest is forgotten first. */
function keep<V>(map: Map<string, V>, key: string, value: V): void {
  map.delete(key);
  remember(map, key, value, THROTTLE_MAX);
}

function refuseAfter(waitMs: number): void {
  if (waitMs > 0) throw new AppError('login_throttled', { retryAfterMs: waitMs });
}
