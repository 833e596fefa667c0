// The one error value the pages know: what went wrong, in the reader's language where the server said it.

/** What the page does about it; the server's `error.type` and `error.code` decide. */
export type ProblemKind = 'limit' | 'quota' | 'upstream' | 'login' | 'closed' | 'network' | 'refused';

/** The body of an error answer, of every family of addresses. */
interface ErrorBody {
  error?: {
    type?: unknown;
    code?: unknown;
    message?: unknown;
    param?: unknown;
    retry_after?: unknown;
  };
}

export class Problem extends Error {
  readonly kind: ProblemKind;
  /** The server's English word for it; '' where there is none. */
  readonly code: string;
  /** The field that is wrong, where one is. */
  readonly field: string | undefined;
  /** Seconds to wait before another try makes sense. */
  readonly retryAfterSeconds: number | undefined;
  /** The number to quote to an administrator. */
  readonly requestId: string | undefined;

  constructor(kind: ProblemKind, message: string, details: Partial<Omit<Problem, 'kind' | 'message'>> = {}) {
    super(message);
    this.kind = kind;
    this.code = details.code ?? '';
    this.field = details.field;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.requestId = details.requestId;
  }
}

/** The problem an error body tells of. Anything may be missing or of another type: a proxy may have written it. */
export function problemFromBody(body: unknown, from: { status?: number; headers?: Headers } = {}): Problem {
  const error = (body as ErrorBody | null)?.error ?? {};
  const code = text(error.code) ?? '';
  const kind = kindOf(text(error.type) ?? '', code, from.status ?? 0);
  const wait = seconds(error.retry_after) ?? seconds(from.headers?.get('retry-after'));
  return new Problem(kind, text(error.message) ?? '', {
    code,
    field: text(error.param),
    retryAfterSeconds: wait ?? (kind === 'limit' ? 60 : undefined),
    requestId: from.headers?.get('x-request-id') ?? undefined,
  });
}

/** Inside a stream an error comes in OpenAI's shape, so its code tells. */
const UPSTREAM_CODES = new Set(['stream_cut', 'upstream_error', 'upstream_timeout', 'channel_unavailable']);

function kindOf(type: string, code: string, status: number): ProblemKind {
  if (type === 'rate_limit_exceeded' || type === 'rate_limit_error') return 'limit';
  if (type === 'insufficient_quota') return 'quota';
  if (code.startsWith('class_')) return 'closed';
  if (code === 'login_expired' || code === 'credential_missing' || code === 'guests_off') return 'login';
  if (type === 'upstream_error' || UPSTREAM_CODES.has(code) || status === 502 || status === 504) return 'upstream';
  if (status === 429) return 'limit';
  return 'refused';
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Between one second and a day; a date form of `Retry-After` is not ours and is left out. */
function seconds(value: unknown): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isFinite(number) || number <= 0) return undefined;
  return Math.min(Math.ceil(number), 86_400);
}
