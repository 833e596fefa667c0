// What browsers are told about every answer. No HSTS: the server is reached over plain HTTP in a school's network,
// and whoever puts TLS in front adds it there.

const COMMON = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
} as const;

/** Of everything that is not a page: opened by itself it may load nothing, and nobody may frame it. */
const DATA_POLICY = "default-src 'none'; frame-ancestors 'none'";

/**
 * Of pages. Scripts, styles, fonts and requests only to this server; images also from memory, for uploads and charts.
 * @param inlineStyle the text of a page's only `<style>`, allowed by its hash.
 */
export function pagePolicy(inlineStyle?: string): string {
  const hash = inlineStyle && new Bun.CryptoHasher('sha256').update(inlineStyle).digest('base64');
  return [
    "default-src 'self'",
    "script-src 'self'",
    `style-src 'self'${hash ? ` 'sha256-${hash}'` : ''}`,
    "img-src 'self' data: blob:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/**
 * Of the frame diagrams are drawn in. What a model wrote is drawn by a library that sets styles of its own, so the frame
 * belongs to nobody: it reaches no storage, no page and no address, and only our pages may frame it.
 */
export const DIAGRAM_POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox allow-scripts";

/** Adds what is missing; a page has brought its own policy. */
export function secure(headers: Headers): void {
  for (const name in COMMON) headers.set(name, COMMON[name as keyof typeof COMMON]);
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', DATA_POLICY);
  if (!headers.has('cache-control')) headers.set('cache-control', 'no-store');
}
