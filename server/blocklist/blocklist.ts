// Blocked addresses and networks, in memory; asked for on the users' pages only (requirement 001 §2.3).
import { BlockList, isIP } from 'node:net';
import type { Kysely } from 'kysely';

import type { Schema } from '../db/schema.ts';
import { addNetwork, parseNetwork } from '../lib/networks.ts';

export interface Blocklist {
  /** @param now epoch ms, for entries that expire. @returns the id of the entry that blocks it. */
  find(ip: string, now: number): string | undefined;
  reload(): Promise<void>;
}

interface Entry {
  id: string;
  /** An IPv6 network, however wide, holds no IPv4 address: those are told apart before. */
  version: 4 | 6;
  network: BlockList;
  expiresAt: number | null;
}

export function createBlocklist(db: Kysely<Schema>): Blocklist {
  let entries: Entry[] = [];
  // Almost nobody is blocked: one look at all networks together answers for them.
  let together = new BlockList();
  return {
    find(ip, now) {
      if (entries.length === 0) return undefined;
      const version = isIP(ip);
      if (version === 0) return undefined;
      const family = version === 6 ? 'ipv6' : 'ipv4';
      if (!together.check(ip, family)) return undefined;
      const isInForce = ({ expiresAt }: Entry) => expiresAt === null || expiresAt > now;
      return entries.find((entry) => entry.version === version && isInForce(entry) && entry.network.check(ip, family))
        ?.id;
    },
    async reload() {
      const rows = await db.selectFrom('blockedIps').select(['id', 'ipAddress', 'expiresAt']).execute();
      const all = new BlockList();
      entries = rows.flatMap(({ id, ipAddress, expiresAt }) => {
        const parsed = parseNetwork(ipAddress);
        // Checked before it is kept; whatever else is there must not keep the server from starting.
        if (!parsed) return [];
        const network = new BlockList();
        for (const list of [all, network]) addNetwork(list, parsed);
        return { id, version: parsed.version, network, expiresAt };
      });
      together = all;
    },
  };
}
