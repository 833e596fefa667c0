// How long a sign-in has to wait after failures. Pure: state and clock come in.
import { isIPv6 } from 'node:net';

/** Failures of one account from one address before waiting begins: a pupil mistypes. */
export const PAIR_FREE_FAILURES = 5;
/** Longest wait of one account at one address. */
export const PAIR_WAIT_MAX_MS = 60_000;
/** A pair without failures for this long starts afresh. */
export const PAIR_FORGET_MS = 60 * 60_000;

export interface Pair {
  failures: number;
  lastAt: number;
  /** This account has signed in from this address before. */
  known: boolean;
}

/** 0 s for the first failures, then 1 s, 2 s, 4 s … up to a minute, counted from the last one. */
export function pairWaitMs(pair: Pair, now: number): number {
  if (pair.failures < PAIR_FREE_FAILURES) return 0;
  const wait = Math.min(1_000 * 2 ** (pair.failures - PAIR_FREE_FAILURES), PAIR_WAIT_MAX_MS);
  return Math.max(0, pair.lastAt + wait - now);
}

export interface BucketRule {
  capacity: number;
  /** One token comes back after this time. */
  refillMs: number;
}

export interface Bucket {
  tokens: number;
  at: number;
}

export function refilled(bucket: Bucket | undefined, { capacity, refillMs }: BucketRule, now: number): Bucket {
  if (!bucket) return { tokens: capacity, at: now };
  return { tokens: Math.min(capacity, bucket.tokens + (now - bucket.at) / refillMs), at: now };
}

/** Until one whole token is there. */
export function bucketWaitMs(bucket: Bucket, { refillMs }: BucketRule): number {
  return bucket.tokens >= 1 ? 0 : (1 - bucket.tokens) * refillMs;
}

/** One subscriber of IPv6 has a whole /64, so its addresses count as one. */
export function networkOf(ip: string): string {
  if (!isIPv6(ip)) return ip;
  const [head, tail = ''] = ip.split('::') as [string, string?];
  const before = head.split(':').filter(Boolean);
  const after = tail.split(':').filter(Boolean);
  const zeros = ip.includes('::') ? Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0') : [];
  const groups = [...before, ...zeros, ...after].slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${groups.join(':')}::/64`;
}
