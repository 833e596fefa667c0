// Takes the caller's credential out of a request. One carrier at a time: two different ones are refused.
import { AppError } from '../lib/app-error.ts';

/** Longest credential looked at; a longer one cannot be ours. */
const MAX_LENGTH = 4_096;

/**
 * The bearer token of `Authorization`, or the value of `x-api-key`, `api-key`; undefined when there is none.
 * @throws AppError invalid_api_key for a malformed, over-long or contradictory credential.
 */
export function bearerToken(headers: Headers): string | undefined {
  const found = new Set<string>();
  const authorization = headers.get('authorization');
  if (authorization !== null) {
    const match = /^Bearer +([^\s,]+)$/i.exec(authorization.slice(0, MAX_LENGTH + 16));
    if (!match) throw new AppError('invalid_api_key');
    found.add(match[1]!);
  }
  for (const name of ['x-api-key', 'api-key']) {
    const value = headers.get(name)?.trim();
    if (value) found.add(value);
  }
  const [token, other] = found;
  if (other !== undefined || (token && token.length > MAX_LENGTH)) throw new AppError('invalid_api_key');
  return token;
}
