// Which addresses are closed to a blocked visitor, and how an entry of the list is written. Pure.
import { BlockList, isIP } from 'node:net';

import { AppError } from '../lib/app-error.ts';

/**
 * Requirement 001 §2.3: the users' pages and what they ask for; the administrator's are never closed, and passes are
 * not tied to a place.
 */
const USER_PATHS =
  /^\/((login|register|account|setup\.html)?|api\/chat\/.*|api\/auth\/(login|register|invite|oidc\/.*))$/;

export function isUserPath(path: string): boolean {
  return USER_PATHS.test(path);
}

/** `192.0.2.7`, `192.168.1.0/24` or the same in IPv6. @throws Error for anything else. */
export function networkOf(text: string): BlockList {
  const network = new BlockList();
  addNetwork(network, text);
  return network;
}

/** @throws Error for anything but an address or a network. */
export function addNetwork(network: BlockList, text: string): void {
  const [address = '', prefix, more] = text.trim().split('/');
  const version = isIP(address);
  const widest = version === 6 ? 128 : 32;
  const bits = prefix === undefined ? widest : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (version === 0 || more !== undefined || bits < 0 || bits > widest)
    throw new Error(`${text} is not an address or a network`);
  network.addSubnet(address, bits, version === 6 ? 'ipv6' : 'ipv4');
}

/** As it is kept. @throws AppError invalid_parameter */
export function checkNetwork(text: string): string {
  try {
    networkOf(text);
    return text.trim().toLowerCase();
  } catch (cause) {
    const detail = 'an address such as 192.0.2.7 or a network such as 192.168.1.0/24 is expected';
    throw new AppError('invalid_parameter', { param: 'ip_address', params: { param: 'ip_address', detail }, cause });
  }
}
