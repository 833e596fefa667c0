// Sends a request to our own server and turns every kind of failure into a Problem.
import { currentLocale } from '@/i18n/texts.ts';
import { takeEarlyAnswer } from '@/lib/early-answers.ts';

import { Problem, problemFromBody } from './problem.ts';

export interface SendOptions {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  body?: unknown;
  /** A login's bearer; guests send none. */
  token?: string | undefined;
  signal?: AbortSignal;
}

export interface JsonOptions extends Omit<SendOptions, 'signal'> {
  /** Longest wait for the answer. */
  timeoutMs?: number;
}

/** Milliseconds a JSON answer may take; streams have no such bound, a model may think for minutes. */
const JSON_TIMEOUT_MS = 20_000;

/** @throws Problem; the AbortError of `signal` where the caller gave up. */
export async function send(path: string, options: SendOptions = {}): Promise<Response> {
  const { method = 'GET', body, token, signal } = options;
  let response: Response;
  try {
    const early = method === 'GET' ? takeEarlyAnswer(path, currentLocale(), token) : undefined;
    response = await (early
      ? untilAborted(early, signal)
      : fetch(path, {
          method,
          headers: {
            'accept-language': currentLocale(),
            ...(body === undefined ? {} : { 'content-type': 'application/json' }),
            ...(token ? { authorization: `Bearer ${token}` } : {}),
          },
          credentials: 'omit',
          cache: 'no-store',
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
          ...(signal ? { signal } : {}),
        }));
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem('network', '');
  }
  if (response.ok) return response;
  const answer: unknown = await response.json().catch(() => null);
  throw problemFromBody(answer, response);
}

/** What was asked for before cannot be called back, only no longer be waited for. */
function untilAborted(answer: Promise<Response>, signal: AbortSignal | undefined): Promise<Response> {
  return new Promise((resolve, reject) => {
    answer.then(resolve, reject);
    signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

/** The parsed JSON answer. @throws Problem. */
export async function sendJson<T>(
  path: string,
  { timeoutMs = JSON_TIMEOUT_MS, ...options }: JsonOptions = {},
): Promise<T> {
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(), timeoutMs);
  try {
    const response = await send(path, { ...options, signal: timeout.signal });
    return response.status === 204 ? (undefined as T) : ((await response.json()) as T);
  } catch (error) {
    throw error instanceof Problem ? error : new Problem('network', '');
  } finally {
    clearTimeout(timer);
  }
}
