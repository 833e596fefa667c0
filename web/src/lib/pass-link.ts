// The address behind a pass's QR code. The key stands in the fragment, which no browser sends to a server.

const LONGEST_KEY = 512;

/** @param origin how students reach this server, without a trailing slash. */
export function passLink(origin: string, key: string): string {
  return `${origin}/setup.html#${encodeURIComponent(key)}`;
}

/** @returns the key of a link's fragment, or of what somebody typed; undefined where it cannot be one. */
export function passFrom(text: string): string | undefined {
  const fragment = text.trim().replace(/^.*#/s, '');
  let key: string;
  try {
    key = decodeURIComponent(fragment);
  } catch {
    return undefined;
  }
  return /^[!-~]+$/.test(key) && key.length <= LONGEST_KEY ? key : undefined;
}

/** @returns the activation code of a link's fragment, or of what somebody typed; undefined where it cannot be one. */
export function codeFrom(text: string): string | undefined {
  const plain = text
    .trim()
    .replace(/^.*#/s, '')
    .normalize('NFKC')
    .toUpperCase()
    .replace(/[\s\p{Pd}_]/gu, '');
  // The letters that are on paper: no 0 O 1 I L.
  const parts = /^([2-9A-HJKMNP-Z]{4})([2-9A-HJKMNP-Z]{5})([2-9A-HJKMNP-Z]{5})$/.exec(plain);
  return parts?.slice(1).join('-');
}

/** Whether only this very computer can reach an address. */
export function isOnlyHere(origin: string): boolean {
  const host = URL.parse(origin)?.hostname ?? '';
  return host === 'localhost' || host.endsWith('.localhost') || host === '[::1]' || host.startsWith('127.');
}
