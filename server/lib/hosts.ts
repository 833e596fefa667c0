// Judges the host of a URL before any look-up: literals by their network, well-known names by what they mean.
import { isIP } from 'node:net';

import { type AddressKind, addressKind } from './addresses.ts';

/** Names that clouds answer with their metadata service. */
const METADATA_NAMES = new Set([
  'metadata',
  'metadata.google.internal',
  'metadata.goog',
  'instance-data',
  'instance-data.ec2.internal',
]);
/** Endings that never exist in public DNS. */
const LOCAL_ENDINGS = ['.localhost', '.local', '.lan', '.internal', '.home.arpa', '.intranet', '.corp', '.home'];

/**
 * The host as a look-up wants it: without brackets and the root's dot. `URL` has already turned decimal, octal and
 * hexadecimal IPv4 forms and foreign dots into plain ones.
 */
export function bareHost(hostname: string): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}

/** The kind of a literal address or of a name that means one; undefined where only a look-up can tell. */
export function hostKind(host: string): AddressKind | undefined {
  if (isIP(host)) return addressKind(host);
  if (METADATA_NAMES.has(host) || host === '') return 'forbidden';
  return isLoopbackName(host) ? 'private' : undefined;
}

export function isLoopbackName(host: string): boolean {
  return host === 'localhost' || host.endsWith('.localhost');
}

/** Whether a base URL is on this machine or in this network, told without a look-up (`ollama:11434`, `nas.local`). */
export function isPrivateUrl(url: string): boolean {
  const host = bareHost(new URL(url).hostname);
  const kind = hostKind(host);
  if (kind !== undefined) return kind === 'private';
  return !host.includes('.') || LOCAL_ENDINGS.some((ending) => host.endsWith(ending));
}
