// Says what kind of address an IP is: where a request of ours may and may not go.
import { isIP } from 'node:net';

import { remember } from './remember.ts';

/**
 * `forbidden` is never connected to: link-local, cloud metadata, unspecified, multicast, reserved.
 * `private` covers loopback, RFC 1918, CGNAT, unique-local and what proxies hand out as stand-ins (198.18/15).
 */
export type AddressKind = 'public' | 'private' | 'forbidden';

type Network = readonly [address: string, prefix: number, kind: AddressKind];

/** The first that matches decides, so exceptions stand before the network that holds them. */
const IPV4_NETWORKS: readonly Network[] = [
  ['0.0.0.0', 8, 'forbidden'],
  ['100.100.100.200', 32, 'forbidden'], // Alibaba Cloud metadata, inside CGNAT
  ['168.63.129.16', 32, 'forbidden'], // Azure's host agent
  ['169.254.0.0', 16, 'forbidden'],
  ['192.0.0.0', 24, 'forbidden'],
  ['224.0.0.0', 4, 'forbidden'],
  ['240.0.0.0', 4, 'forbidden'],
  ['10.0.0.0', 8, 'private'],
  ['100.64.0.0', 10, 'private'],
  ['127.0.0.0', 8, 'private'],
  ['172.16.0.0', 12, 'private'],
  ['192.168.0.0', 16, 'private'],
  ['198.18.0.0', 15, 'private'],
];

const IPV6_NETWORKS: readonly Network[] = [
  ['::', 128, 'forbidden'],
  ['::1', 128, 'private'],
  ['fd00:ec2::254', 128, 'forbidden'], // AWS metadata
  ['fd20:ce::254', 128, 'forbidden'], // Google Cloud metadata
  ['fc00::', 7, 'private'],
  ['fec0::', 10, 'private'],
  ['fe80::', 10, 'forbidden'],
  ['ff00::', 8, 'forbidden'],
  ['100::', 64, 'forbidden'],
  ['2001::', 32, 'forbidden'], // Teredo: the IPv4 address inside is scrambled
  ['64:ff9b:1::', 48, 'forbidden'],
];

/** Networks that carry an IPv4 address, and the bit at which it begins. */
const EMBEDDED_IPV4: readonly (readonly [address: string, prefix: number, bit: number])[] = [
  ['::', 96, 96],
  ['::ffff:0:0', 96, 96],
  ['::ffff:0:0:0', 96, 96],
  ['64:ff9b::', 96, 96],
  ['2002::', 16, 16],
];

/** Each call connects to one of few addresses, and judging one anew costs microseconds. */
const judged = new Map<string, AddressKind>();
const JUDGED_MAX = 1_000;

/** @param ip a literal IPv4 or IPv6 address without brackets. Anything else is `forbidden`. */
export function addressKind(ip: string): AddressKind {
  return judged.get(ip) ?? remember(judged, ip, judge(ip), JUDGED_MAX);
}

function judge(ip: string): AddressKind {
  const version = isIP(ip);
  if (version === 4) return kindOf(ipv4Bits(ip), 32, IPV4);
  if (version !== 6 || ip.includes('%')) return 'forbidden';
  const bits = ipv6Bits(ip);
  const own = kindOf(bits, 128, IPV6);
  if (own !== 'public') return own;
  const carrier = EMBEDDED.find(({ network, prefix }) => sameNetwork(bits, network, 128, prefix));
  return carrier ? kindOf((bits >> BigInt(96 - carrier.bit)) & 0xffff_ffffn, 32, IPV4) : 'public';
}

interface ParsedNetwork {
  network: bigint;
  prefix: number;
  kind: AddressKind;
}

const IPV4 = IPV4_NETWORKS.map(([ip, prefix, kind]): ParsedNetwork => ({ network: ipv4Bits(ip), prefix, kind }));
const IPV6 = IPV6_NETWORKS.map(([ip, prefix, kind]): ParsedNetwork => ({ network: ipv6Bits(ip), prefix, kind }));
const EMBEDDED = EMBEDDED_IPV4.map(([ip, prefix, bit]) => ({ network: ipv6Bits(ip), prefix, bit }));

function kindOf(bits: bigint, width: number, networks: readonly ParsedNetwork[]): AddressKind {
  return networks.find(({ network, prefix }) => sameNetwork(bits, network, width, prefix))?.kind ?? 'public';
}

function sameNetwork(a: bigint, b: bigint, width: number, prefix: number): boolean {
  const shift = BigInt(width - prefix);
  return a >> shift === b >> shift;
}

function ipv4Bits(ip: string): bigint {
  return ip.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
}

function ipv6Bits(ip: string): bigint {
  const [head = '', tail] = ip.replace(/\d+\.\d+\.\d+\.\d+$/, hexGroups).split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail ? tail.split(':') : [];
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  const groups = [...before, ...Array.from({ length: zeros }, () => '0'), ...after];
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

function hexGroups(ipv4: string): string {
  const bits = ipv4Bits(ipv4);
  return `${(bits >> 16n).toString(16)}:${(bits & 0xffffn).toString(16)}`;
}
