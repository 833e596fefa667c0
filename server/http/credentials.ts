// Takes the caller's credential out of a request. One carrier at a time: two different ones are refused.
import { AppError } from '../lib/app-error.ts';

/** Longest credential looked at; a longer one cannot be ours. */
const MAX_LENGTH = 4_096;

const OTHER_CARRIERS = ['x-api-key', 'api-key'] as const;

/**
 * The bearer token of `Authorization`, or the value of `x-api-key`, `api-key`; undefined when there is none.
 * @throws AppError invalid_api_key for a malformed, over-long or contradictory credential.
 */
export function bearerToken(headers: Headers): string | undefined {
  let token: string | undefined;
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const match = /^Bearer +([^\s,]+)$/i.exec(authorization.slice(0, MAX_LENGTH + 16));
    if (!match) throw new AppError('invalid_api_key');
    token = match[1]!;
  }
  for (const name of OTHER_CARRIERS) {
    const value = headers.get(name)?.trim();
    if (value && token !== undefined && value !== token) throw new AppError('invalid_api_key');
    token ??= value || undefined;
  }
  if (token && token.length > MAX_LENGTH) throw new AppError('invalid_api_key');
  return token;
}
