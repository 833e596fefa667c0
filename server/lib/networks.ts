// Addresses and networks (CIDR) in one spelling each, however they were written. Pure.
import type { BlockList } from 'node:net';
import { isIP } from 'node:net';

export interface Network {
  version: 4 | 6;
  /** Its first address. */
  address: string;
  prefix: number;
}

/** `192.0.2.7`, `192.168.1.0/24` or the same in IPv6; an IPv4 address inside IPv6 is that IPv4 address. */
export function parseNetwork(text: string): Network | undefined {
  const [, written = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? [];
  const address = normalizeIp(written);
  const [version, before] = [isIP(address), isIP(written)];
  if (version === 0 || before === 0) return undefined;
  const given = prefix === undefined ? (before === 6 ? 128 : 32) : Number(prefix);
  // Of `::ffff:192.0.2.0/120` the last 24 bits are the IPv4 network's.
  const bits = version === before ? given : given - 96;
  if (bits < 0 || bits > (version === 6 ? 128 : 32)) return undefined;
  return { version: version === 6 ? 6 : 4, address: firstOf(address, bits), prefix: bits };
}

export function formatNetwork({ version, address, prefix }: Network): string {
  return prefix === (version === 6 ? 128 : 32) ? address : `${address}/${prefix}`;
}

/** @param ip as `normalizeIp` gives it. */
export function isWithin({ version, address, prefix }: Network, ip: string): boolean {
  return isIP(ip) === version && firstOf(ip, prefix) === address;
}

export function addNetwork(list: BlockList, { version, address, prefix }: Network): void {
  list.addSubnet(address, prefix, version === 6 ? 'ipv6' : 'ipv4');
}

/** `::ffff:192.0.2.1`, also in hexadecimal → `192.0.2.1`; a zone index is dropped. */
export function normalizeIp(ip: string): string {
  if (!ip.includes(':')) return ip;
  const bare = ip.replace(/%.*$/, '').toLowerCase();
  const [, dotted, high, low] = MAPPED.exec(bare) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return bare;
  const [a, b] = [Number.parseInt(high, 16), Number.parseInt(low, 16)];
  return `${a >> 8}.${a & 255}.${b >> 8}.${b & 255}`;
}

const MAPPED = /^[0:]*:ffff:(?:(\d+\.\d+\.\d+\.\d+)|([0-9a-f]{1,4}):([0-9a-f]{1,4}))$/;

/** The address with every bit behind the prefix at 0, in its shortest spelling. */
function firstOf(address: string, prefix: number): string {
  if (isIP(address) === 4) {
    const bits = address.split('.').reduce((all, part) => all * 256 + Number(part), 0);
    const first = prefix === 0 ? 0 : Math.floor(bits / 2 ** (32 - prefix)) * 2 ** (32 - prefix);
    return [24, 16, 8, 0].map((shift) => Math.floor(first / 2 ** shift) % 256).join('.');
  }
  const groups = groupsOf(address).map((group, index) => {
    const kept = Math.min(16, Math.max(0, prefix - index * 16));
    return group & (0xffff << (16 - kept));
  });
  return new URL(`http://[${groups.map((group) => group.toString(16)).join(':')}]`).hostname.slice(1, -1);
}

function groupsOf(address: string): number[] {
  // The parser of addresses writes an IPv4 address at the end in hexadecimal, too.
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  return [...before, ...Array.from({ length: zeros }, () => '0'), ...after].map((group) => Number.parseInt(group, 16));
}
