// The one error that features throw; the edge (http/errors.ts) turns it into each family's answer.
import type { ErrorCode } from '@hallpass/shared/errors.ts';

export interface AppErrorOptions {
  /** Fills `{name}` in the text. */
  params?: Record<string, string | number>;
  /** The request field that was wrong, sent as `error.param`. */
  param?: string;
  /** Sent as `retry-after` (rounded up to seconds) and, on /api/chat, as `retry_after`. */
  retryAfterMs?: number;
  /** Extra fields of the error object, such as scope, limit, used and resets_at. */
  details?: Record<string, unknown>;
  headers?: Record<string, string>;
  cause?: unknown;
}

/** A refusal or a failure named in the table of `shared/errors.ts`. */
export class AppError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly options: AppErrorOptions = {},
  ) {
    super(`${code}${options.params ? ` ${JSON.stringify(options.params)}` : ''}`, { cause: options.cause });
    this.name = 'AppError';
  }
}
