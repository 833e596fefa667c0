// Which addresses in a model's answer may be followed: web pages and mail, nothing that runs or reaches into this site.

const FOLLOWED = new Set(['http:', 'https:', 'mailto:']);
const MAX_CHARS = 4_096;

/** The address to follow; undefined for everything that shall be dead. Relative addresses would be our own. */
export function safeUrl(address: string): URL | undefined {
  if (address.length > MAX_CHARS) return undefined;
  try {
    const url = new URL(address);
    return FOLLOWED.has(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}
