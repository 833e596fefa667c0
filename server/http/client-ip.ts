// The address a request comes from, believing X-Forwarded-For only from trusted proxies.
import { BlockList, isIP } from 'node:net';

import { addNetwork, normalizeIp, parseNetwork } from '../lib/networks.ts';

/** Most proxies in a row that are believed. */
const HOPS_MAX = 50;

export type ClientIp = (peer: string, forwardedFor: string | undefined) => string;

/** @param trusted addresses and CIDR networks, separated by commas. @throws Error naming a malformed entry. */
export function createClientIp(trusted: string): ClientIp {
  const proxies = new BlockList();
  for (const entry of trusted
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const network = parseNetwork(entry);
    if (!network) throw new Error(`TRUSTED_PROXIES: ${entry} is not an address or a network`);
    addNetwork(proxies, network);
  }
  const isTrusted = (ip: string) => proxies.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
  return (peer, forwardedFor) => {
    let ip = normalizeIp(peer);
    if (forwardedFor === undefined) return ip;
    // The right-most hop is the one the nearest proxy saw; go left only through proxies we trust.
    const hops = forwardedFor
      .split(',')
      // The last ones: the first are whatever the caller wrote.
      .slice(-HOPS_MAX)
      .map(addressOf)
      .reverse();
    for (const hop of hops) {
      if (!isIP(ip) || !isTrusted(ip) || !isIP(hop)) break;
      ip = hop;
    }
    return ip;
  };
}

/** Some proxies write the port behind it: `192.0.2.1:4711`, `[2001:db8::1]:4711`. */
function addressOf(hop: string): string {
  const text = hop.trim();
  const [, bracketed, dotted] = /^(?:\[([^\]]+)\]|(\d+\.\d+\.\d+\.\d+))(?::\d{1,5})?$/.exec(text) ?? [];
  return normalizeIp(bracketed ?? dotted ?? text);
}
