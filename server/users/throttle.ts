// Slows down guessing, in memory; several servers tell each other what they count. Three counts: an account at an address (backs off), an account over all addresses,
// an address over all accounts. Whoever has signed in from an address before is held by the first count only, so that
// a classmate's guessing, or a stranger's, does not lock out a class behind one address.
import { createHash } from 'node:crypto';

import type { ThrottleCount } from '../events.ts';
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
  /** Counts what another server has counted; refuses nothing. */
  hear(count: ThrottleCount): void;
}

/** @param tell what was counted here, for the other servers. */
export function createThrottle(clock: Clock, tell: (count: ThrottleCount) => void = () => {}): Throttle {
  const pairs = new Map<string, Pair>();
  const accounts = createBuckets(ACCOUNT, clock);
  const addresses = createBuckets(ADDRESS, clock);
  const registrations = createBuckets(REGISTER, clock);

  const pairAt = (key: string): Pair => {
    const pair = pairs.get(key) ?? { failures: 0, lastAt: 0, known: false };
    if (clock.monotonic() - pair.lastAt > PAIR_FORGET_MS) pair.failures = 0;
    return pair;
  };
  const count = (one: ThrottleCount): void => {
    if (one.what === 'registered') return registrations.at(one.network).take(one.cost);
    const { what, account, network, wasKnown } = one;
    const buckets = wasKnown ? [] : [accounts.at(account), addresses.at(network)];
    for (const bucket of buckets) bucket.take(what === 'failed' ? 1 : -1);
    const key = `${network} ${account}`;
    const { failures, known } = pairAt(key);
    const lastAt = clock.monotonic();
    if (what === 'failed') keep(pairs, key, { failures: failures + 1, lastAt, known });
    else if (what === 'succeeded') keep(pairs, key, { failures: 0, lastAt, known: true });
    else keep(pairs, key, { failures: Math.max(0, failures - 1), lastAt, known: wasKnown });
  };
  const countHere = (one: ThrottleCount): void => {
    count(one);
    tell(one);
  };
  return {
    signIn(name, ip) {
      const network = networkOf(ip);
      const account = hashed(name);
      const pair = pairAt(`${network} ${account}`);
      const buckets = pair.known ? [] : [accounts.at(account), addresses.at(network)];
      refuseAfter(Math.max(pairWaitMs(pair, clock.monotonic()), ...buckets.map(({ waitMs }) => waitMs)));
      const about = { account, network, wasKnown: pair.known };
      countHere({ what: 'failed', ...about });
      return {
        succeeded: () => countHere({ what: 'succeeded', ...about }),
        withdrawn: () => countHere({ what: 'withdrawn', ...about }),
      };
    },
    register(ip) {
      const network = networkOf(ip);
      refuseAfter(registrations.at(network).waitMs);
      countHere({ what: 'registered', network, cost: 1 });
      return { taken: () => countHere({ what: 'registered', network, cost: TAKEN_COST }) };
    },
    hear: count,
  };
}

/** What is typed into the wrong field may be a password: it goes nowhere as it is. */
function hashed(account: string): string {
  return createHash('sha256').update(account).digest('base64url').slice(0, 22);
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
