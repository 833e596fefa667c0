// Blocked addresses and networks, in memory; asked for on the users' pages only (requirement 001 §2.3).
import { BlockList, isIP } from 'node:net';
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';

export interface Blocklist {
  /** @param now epoch ms, for entries that expire. */
  isBlocked(ip: string, now: number): boolean;
  reload(): Promise<void>;
}

interface Entry {
  network: BlockList;
  expiresAt: number | null;
}

export function createBlocklist(db: Kysely<Schema>): Blocklist {
  let entries: Entry[] = [];
  return {
    isBlocked(ip, now) {
      if (entries.length === 0) return false;
      const version = isIP(ip);
      if (version === 0) return false;
      const family = version === 6 ? 'ipv6' : 'ipv4';
      return entries.some(
        ({ network, expiresAt }) => (expiresAt === null || expiresAt > now) && network.check(ip, family),
      );
    },
    async reload() {
      const rows = await db.selectFrom('blockedIps').select(['ipAddress', 'expiresAt']).execute();
      entries = rows.map(({ ipAddress, expiresAt }) => ({ network: networkOf(ipAddress), expiresAt }));
    },
  };
}

/** `192.0.2.7`, `192.168.1.0/24` or the same in IPv6. @throws Error for anything else. */
export function networkOf(text: string): BlockList {
  const [address = '', prefix, more] = text.trim().split('/');
  const version = isIP(address);
  const widest = version === 6 ? 128 : 32;
  const bits = prefix === undefined ? widest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (version === 0 || more !== undefined || bits < 0 || bits > widest)
    throw new Error(`${text} is not an address or a network`);
  const network = new BlockList();
  network.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
  return network;
}
