// The address a request comes from, believing X-Forwarded-For only from trusted proxies.
import { BlockList, isIP } from 'node:net';

/** Most proxies in a row that are believed. */
const HOPS_MAX = 50;

export type ClientIp = (peer: string, forwardedFor: string | undefined) => string;

/** @param trusted addresses and CIDR networks, separated by commas. @throws Error naming a malformed entry. */
export function createClientIp(trusted: string): ClientIp {
  const proxies = new BlockList();
  for (const entry of trusted
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean))
    addNetwork(proxies, entry);
  const isTrusted = (ip: string) => proxies.check(ip, isIP(ip) === 6 ? 'ipv6' : 'ipv4');
  return (peer, forwardedFor) => {
    let ip = normalizeIp(peer);
    if (forwardedFor === undefined) return ip;
    // The right-most hop is the one the nearest proxy saw; go left only through proxies we trust.
    const hops = forwardedFor
      .split(',')
      // The last ones: the first are whatever the caller wrote.
      .slice(-HOPS_MAX)
      .map((hop) => hop.trim())
      .reverse();
    for (const hop of hops) {
      if (!isIP(ip) || !isTrusted(ip) || !isIP(normalizeIp(hop))) break;
      ip = normalizeIp(hop);
    }
    return ip;
  };
}

function addNetwork(list: BlockList, entry: string): void {
  const [address = '', prefix] = entry.split('/');
  const version = isIP(address);
  const bits = prefix === undefined ? (version === 6 ? 128 : 32) : Number(prefix);
  if (!version || !Number.isInteger(bits) || bits < 0 || bits > (version === 6 ? 128 : 32))
    throw new Error(`TRUSTED_PROXIES: ${entry} is not an address or a network`);
  list.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}

/** `::ffff:192.0.2.1` → `192.0.2.1`; a zone index is dropped. */
export function normalizeIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  const bare = ip.replace(/%.*$/, '').toLowerCase();
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(bare)?.[1] ?? bare;
}
