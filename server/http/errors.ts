// Turns an AppError into the answer of the address's family. The only place that knows error shapes.
import { type ErrorCode, ERRORS, errorMessage, type Locale } from '@hallpass/shared/errors.ts';
import { reasonIn } from '@hallpass/shared/reasons.ts';

import { DatabaseError } from '../db/database-error.ts';
import { LedgerUnavailable } from '../ledger/ledger.ts';
import { AppError } from '../lib/app-error.ts';
import type { ErrorFamily } from './route.ts';

export interface ErrorAnswer {
  status: number;
  headers: Record<string, string>;
  body: { type?: 'error'; error: Record<string, unknown>; request_id?: string | null };
}

/** LiteLLM's `type` words for `/key/*`; the rest is `bad_request_error` or `internal_server_error` by status. */
const LITELLM_TYPES: Partial<Record<ErrorCode, string>> = {
  insufficient_quota: 'budget_exceeded',
  pass_expired: 'expired_key',
  invalid_api_key: 'token_not_found_in_db',
  model_not_allowed: 'key_model_access_denied',
  credential_missing: 'auth_error',
  login_expired: 'auth_error',
  login_failed: 'auth_error',
  role_required: 'auth_error',
  not_found: 'not_found_error',
  database_unavailable: 'no_db_connection',
  ledger_unavailable: 'no_db_connection',
  rate_limit_exceeded: 'throttling_error',
};

/** Limits of the caller's own, which requirement 001 shows with the wait; all else there is the upstream's or ours. */
const CHAT_LIMITS = new Set<ErrorCode>(['rate_limit_exceeded', 'token_limit_exceeded', 'concurrency_exceeded']);
const CHAT_UPSTREAM = new Set<ErrorCode>([
  'upstream_error',
  'upstream_busy',
  'upstream_timeout',
  'channel_unavailable',
  'stream_cut',
]);

/** Anything thrown → an AppError; what nobody foresaw is `internal_error` and tells nothing but the request id. */
export function toAppError(error: unknown, requestId: string): AppError {
  if (error instanceof AppError) return error;
  if (error instanceof LedgerUnavailable)
    return new AppError('ledger_unavailable', { retryAfterMs: 2_000, cause: error });
  if (error instanceof DatabaseError && (error.problem === 'busy' || error.problem === 'unavailable'))
    return new AppError('database_unavailable', { retryAfterMs: 2_000, cause: error });
  return new AppError('internal_error', { params: { requestId }, cause: error });
}

/** What a client of Anthropic's Messages knows as overload; its SDKs try again later. */
const OVERLOADED = new Set<ErrorCode>(['upstream_busy', 'channel_unavailable', 'server_busy', 'server_stopping']);
const OVERLOADED_STATUS = 529;

/** Anthropic's `error.type` by status: https://docs.anthropic.com/en/api/errors */
const MESSAGES_TYPES: Record<number, string> = {
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

/** The answer for an error, in the family's shape and the caller's language. @param requestId where the family shows it. */
export function errorAnswer(
  error: AppError,
  family: ErrorFamily,
  locale: Locale,
  requestId: string | null = null,
): ErrorAnswer {
  const { status: known, ...entry } = ERRORS[error.code];
  const status = family === 'messages' && OVERLOADED.has(error.code) ? OVERLOADED_STATUS : known;
  const { retryAfterMs, headers = {} } = error.options;
  const seconds = retryAfterMs === undefined ? undefined : Math.max(1, Math.ceil(retryAfterMs / 1000));
  const retry = (entry as { retry?: boolean }).retry;
  return {
    status,
    headers: {
      ...headers,
      ...(seconds === undefined ? {} : { 'retry-after': String(seconds) }),
      ...(retry === undefined ? {} : { 'x-should-retry': String(retry) }),
    },
    body:
      family === 'messages'
        ? { type: 'error', error: messagesError(error, status, locale, seconds), request_id: requestId }
        : { error: errorObject(error, family, locale, seconds) },
  };
}

/** What an upstream or a school’s own hook says is told as they said it. */
const OTHERS_WORDS = new Set<ErrorCode>(['upstream_rejected', 'request_refused']);

/** The whole sentence, also what stands in it for `{detail}`. */
function messageOf({ code, options: { params } }: AppError, locale: Locale, seconds?: number): string {
  const given = params?.['detail'];
  const isOurs = typeof given === 'string' && !OTHERS_WORDS.has(code);
  const detail = isOurs ? { detail: reasonIn(locale, given) } : {};
  return errorMessage(code, locale, { ...params, ...detail, seconds: seconds ?? '' });
}

function messagesError(error: AppError, status: number, locale: Locale, seconds?: number): Record<string, unknown> {
  const { param, details } = error.options;
  const message = messageOf(error, locale, seconds);
  const type = MESSAGES_TYPES[status] ?? (status >= 500 ? 'api_error' : 'invalid_request_error');
  return { type, message, code: error.code, ...(param ? { param } : {}), ...details };
}

function errorObject(error: AppError, family: ErrorFamily, locale: Locale, seconds?: number): Record<string, unknown> {
  const { status, type } = ERRORS[error.code];
  const { param = null, details } = error.options;
  const message = messageOf(error, locale, seconds);
  if (family === 'litellm') {
    const fallback = status >= 500 ? 'internal_server_error' : 'bad_request_error';
    return { message, type: LITELLM_TYPES[error.code] ?? fallback, param, code: String(status) };
  }
  if (family === 'chat' && CHAT_LIMITS.has(error.code)) {
    const text = CHAT_LIMIT_TEXT[locale];
    return {
      type: 'rate_limit_exceeded',
      message: text,
      retry_after: seconds ?? 60,
      code: error.code,
      param,
      ...details,
    };
  }
  if (family === 'chat' && CHAT_UPSTREAM.has(error.code)) {
    return { type: 'upstream_error', message: errorMessage('upstream_error', locale), code: error.code, param };
  }
  return { message, type, param, code: error.code, ...details };
}

/** Requirement 001's sentence, word for word in Simplified Chinese. */
const CHAT_LIMIT_TEXT: Record<Locale, string> = {
  'zh-CN': '您超过当前使用限制，请稍后再试',
  'zh-TW': '您超過目前的使用限制，請稍後再試',
  en: 'You have reached your current limit. Please try again later',
};
