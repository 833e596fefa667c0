// Lets pages of other origins call the model API with a bearer credential. Logins, the admin console and everything
// else stay same-origin, and cookies are never involved.

/** First parts of the addresses that SDKs call, with and without `/v1`. */
const OPEN = new Set([
  'v1',
  'models',
  'completions',
  'responses',
  'embeddings',
  'messages',
  'images',
  'audio',
  'moderations',
  'rerank',
]);

/** `/v1/*` and the same addresses at the root. */
export function isOpenPath(path: string): boolean {
  const end = path.indexOf('/', 1);
  const first = path.slice(1, end < 0 ? undefined : end);
  return OPEN.has(first) || path === '/chat/completions';
}

const EXPOSED = [
  'retry-after',
  'x-request-id',
  'request-id',
  'x-should-retry',
  'x-hallpass-content-policy',
  ...['requests', 'tokens'].flatMap((what) =>
    ['limit', 'remaining', 'reset'].flatMap((kind) => [
      `x-ratelimit-${kind}-${what}`,
      `anthropic-ratelimit-${what}-${kind}`,
    ]),
  ),
].join(', ');

/** What a browser asks to send; anything else is not reflected. */
const HEADER_NAMES = /^[\w\-, ]{1,2000}$/;

export interface Cors {
  /** The answer to a preflight. */
  preflight(request: Headers): Response;
  /** Adds what lets the asking page read this answer. */
  allow(answer: Headers, origin: string | null): void;
}

/** @param origins CORS_ORIGINS: `*`, or origins separated by commas. */
export function createCors(origins: string): Cors {
  const listed = new Set(
    origins
      .split(',')
      .map((origin) => origin.trim().replace(/\/$/, '').toLowerCase())
      .filter(Boolean),
  );
  const any = listed.has('*');
  const allow = (answer: Headers, origin: string | null) => {
    if (!any) answer.append('vary', 'origin');
    if (any) answer.set('access-control-allow-origin', '*');
    else if (origin !== null && listed.has(origin.toLowerCase())) answer.set('access-control-allow-origin', origin);
    else return;
    answer.set('access-control-expose-headers', EXPOSED);
  };
  return {
    allow,
    preflight: (request) => {
      const wanted = request.get('access-control-request-headers') ?? '';
      const headers = new Headers({
        'access-control-allow-methods': 'GET, POST, OPTIONS',
        'access-control-allow-headers': HEADER_NAMES.test(wanted) ? wanted : 'authorization, content-type',
        'access-control-max-age': '600',
        vary: 'access-control-request-headers',
      });
      return new Response(null, { status: 204, headers });
    },
  };
}
