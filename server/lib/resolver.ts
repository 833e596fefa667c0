// Looks host names up, remembers the answers for a short while, and asks once for many waiting callers.
import { lookup as systemLookup } from 'node:dns/promises';

import { isLoopbackName } from './hosts.ts';

/** @returns every address of the name. @throws where the name has none. */
export type Lookup = (host: string) => Promise<string[]>;

export interface Resolver {
  /** At once where the answer is remembered. Rejects where the name has no address or the look-up takes too long. */
  addresses(host: string): readonly string[] | Promise<readonly string[]>;
  /** Puts the address that answered first. */
  prefer(host: string, ip: string): void;
  forget(host: string): void;
}

/** A name may move; this is how long an old address may still be called. */
const REMEMBER_MS = 30_000;
const NAMES_MAX = 256;
/** More addresses than this are not tried. */
const ADDRESSES_MAX = 8;
const LOOKUP_TIMEOUT_MS = 5_000;
const LOOPBACK = ['127.0.0.1', '::1'] as const;

export function createResolver(
  lookup: Lookup = askSystem,
  monotonic: () => number = () => performance.now(),
): Resolver {
  const known = new Map<string, { addresses: readonly string[]; until: number }>();
  const asking = new Map<string, Promise<readonly string[]>>();

  async function ask(host: string): Promise<readonly string[]> {
    try {
      const addresses = (await inTime(lookup(host))).sort(ipv4First).slice(0, ADDRESSES_MAX);
      if (known.size >= NAMES_MAX) known.delete(known.keys().next().value!);
      known.set(host, { addresses, until: monotonic() + REMEMBER_MS });
      return addresses;
    } finally {
      asking.delete(host);
    }
  }

  return {
    addresses(host) {
      if (isLoopbackName(host)) return LOOPBACK;
      const entry = known.get(host);
      if (entry && entry.until > monotonic()) return entry.addresses;
      const running = asking.get(host) ?? ask(host);
      if (asking.size < NAMES_MAX) asking.set(host, running);
      return running;
    },
    prefer(host, ip) {
      const entry = known.get(host);
      if (entry) entry.addresses = [ip, ...entry.addresses.filter((other) => other !== ip)];
    },
    forget: (host) => void known.delete(host),
  };
}

async function askSystem(host: string): Promise<string[]> {
  return (await systemLookup(host, { all: true })).map(({ address }) => address);
}

function ipv4First(a: string, b: string): number {
  return Number(a.includes(':')) - Number(b.includes(':'));
}

async function inTime(answer: Promise<string[]>): Promise<string[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the name look-up took too long')), LOOKUP_TIMEOUT_MS);
  });
  try {
    return await Promise.race([answer, late]);
  } finally {
    clearTimeout(timer);
  }
}
