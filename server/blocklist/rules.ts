// Which addresses are closed to a blocked visitor, and how an entry of the list is written. Pure.
import { AppError } from '../lib/app-error.ts';
import { formatNetwork, parseNetwork } from '../lib/networks.ts';

/**
 * Requirement 001 §2.3: the users' pages and what they ask for; the administrator's are never closed, and passes are
 * not tied to a place.
 */
const USER_PATHS =
  /^\/((index\.html|login(\/oidc)?|register|account|reset|setup(\.html)?)?|api\/chat\/.*|api\/v1\/activate|api\/auth\/(login|register|invite|reset|oidc\/.*))\/?$/;

export function isUserPath(path: string): boolean {
  return USER_PATHS.test(path);
}

/** As it is kept: in one spelling, so that no network is listed twice. @throws AppError invalid_parameter */
export function checkNetwork(text: string): string {
  const network = parseNetwork(text);
  if (network) return formatNetwork(network);
  const detail = 'an address such as 192.0.2.7 or a network such as 192.168.1.0/24 is expected';
  throw new AppError('invalid_parameter', { param: 'ip_address', params: { param: 'ip_address', detail } });
}
