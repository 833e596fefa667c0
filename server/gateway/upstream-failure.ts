// Reads how an upstream failed: what the client is told, whether another try makes sense, and what it cost.
// The rules are the fault matrix of the money rules. Pure but for reading the error's body.
import type { ErrorCode } from '@hallpass/shared/errors.ts';
import type { UpstreamTrouble } from '@hallpass/shared/upstream-troubles.ts';

import type { AttemptStatus } from '../ledger/ledger.ts';
import type { AppErrorOptions } from '../lib/app-error.ts';
import { TroubleError } from '../lib/trouble.ts';
import type { CatalogKey, CatalogRoute } from '../models/catalog.ts';
import type { TokenUsage } from '../ledger/ledger.ts';
import { readGoogleError } from './protocols/gemini/errors.ts';
import { UpstreamUnreachable, UpstreamUnusable } from './protocols/protocol.ts';

export interface UpstreamFailure {
  status: AttemptStatus;
  httpStatus: number | null;
  code: ErrorCode;
  options: AppErrorOptions;
  retry: boolean;
  /** Whether the upstream may have charged for the prompt. */
  chargePrompt: boolean;
  /** What it reported and will charge all the same. */
  usage?: TokenUsage;
  /** What it says of the key. */
  key?: { effect: 'cool'; ms: number | undefined; reason: string } | { effect: 'disable'; reason: string };
  /** Whether it counts against the channel's health. */
  unhealthy: boolean;
}

/** Why we ourselves ended an attempt. */
export type AbortReason = 'client' | 'timeout' | 'stopping' | 'paused' | 'useless';

const failure = (code: ErrorCode, more: Partial<UpstreamFailure> = {}): UpstreamFailure => ({
  status: 'error',
  httpStatus: null,
  code,
  options: {},
  retry: true,
  chargePrompt: false,
  unhealthy: true,
  ...more,
});

/** What a client is told; one that has left is told nothing. */
const ENDED_BY_US = { client: 'upstream_error', stopping: 'server_stopping', paused: 'class_paused' } as const;

/** The adapter threw before an answer's head arrived. */
export function failureOfError(error: unknown, reason: AbortReason | undefined): UpstreamFailure {
  if (reason === 'timeout') return failure('upstream_timeout', { status: 'timeout', chargePrompt: true });
  if (reason === 'client' || reason === 'stopping' || reason === 'paused') {
    return failure(ENDED_BY_US[reason], { status: 'cancelled', chargePrompt: true, retry: false, unhealthy: false });
  }
  if (error instanceof UpstreamUnusable) return failure('upstream_error', { retry: false, options: { cause: error } });
  if (error instanceof UpstreamUnreachable) return failure('upstream_error', { options: { cause: error } });
  const chargePrompt = !NOT_HTTP.test((error as { code?: string } | null)?.code ?? '');
  return failure('upstream_error', { chargePrompt, options: { cause: error } });
}

/** Bun's names for an answer that breaks the protocol: whoever sent it has not worked on the prompt. */
const NOT_HTTP =
  /^(Malformed_HTTP_Response|Invalid(HTTPResponse|ContentLength)|ResponseHeadersTooLarge|Un(requestedUpgrade|supportedTransferEncoding))$/;

/** The upstream answered with something that is no answer, such as a page or broken JSON with status 200. */
export function failureOfBody(trouble: UpstreamTrouble, httpStatus: number): UpstreamFailure {
  return failure('upstream_error', { httpStatus, options: { cause: new TroubleError(trouble) } });
}

/** The upstream's first event is an error. @param sentence its own. */
export function failureOfEvent(sentence: string, httpStatus: number): UpstreamFailure {
  return failure('upstream_error', { httpStatus, options: { cause: new Error(sentence) } });
}

/** The answer came whole and says that the model failed: another try may do better, and this one is paid for. */
export function failureOfModel(detail: string, httpStatus: number, usage: TokenUsage | undefined): UpstreamFailure {
  return { ...failureOfEvent(detail, httpStatus), unhealthy: false, ...(usage ? { usage } : {}) };
}

/** The upstream sent more than is read; it would again. */
export function failureOfSize(httpStatus: number): UpstreamFailure {
  return { ...failureOfBody('answer_too_large', httpStatus), retry: false };
}

/** The upstream answered with a status that is no success. @param text the start of its body. */
export function failureOfStatus(
  httpStatus: number,
  text: string,
  retryAfterMs: number | undefined,
  hide: Hide = same,
): UpstreamFailure {
  const google = readGoogleError(text);
  if (httpStatus === 401 || httpStatus === 403 || (httpStatus === 400 && google.isBadKey)) {
    const reason = `HTTP ${httpStatus}: ${cleanDetail(text, hide)}`;
    return failure('upstream_error', { httpStatus, key: { effect: 'disable', reason }, unhealthy: false });
  }
  if (httpStatus === 429) {
    const reason = `HTTP 429: ${cleanDetail(text, hide)}`;
    return failure('upstream_busy', {
      httpStatus,
      key: { effect: 'cool', ms: retryAfterMs ?? google.retryAfterMs, reason },
      unhealthy: false,
    });
  }
  if (httpStatus >= 500 || httpStatus === 408 || (httpStatus === 400 && google.isBadProject))
    return failure('upstream_error', { httpStatus });
  if (httpStatus < 300) return failureOfBody('answer_empty', httpStatus);
  if (httpStatus < 400)
    return failure('upstream_error', {
      httpStatus,
      retry: false,
      options: { cause: new TroubleError('redirected') },
    });
  const detail = cleanDetail(text, hide);
  return failure('upstream_rejected', { httpStatus, retry: false, unhealthy: false, options: { params: { detail } } });
}

/**
 * How long an upstream asks to be left alone, in ms: `retry-after-ms` (OpenAI, Azure), or `retry-after` in seconds or
 * as a date; undefined when absent, unreadable or past.
 */
export function retryAfterOf(headers: Headers, now: number): number | undefined {
  const exact = headers.get('retry-after-ms');
  const plain = headers.get('retry-after');
  return readMs(exact ? Number(exact) : NaN) ?? readMs(plain ? secondsOrDate(plain, now) : NaN);
}

function secondsOrDate(text: string, now: number): number {
  return /^\s*\d/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
}

function readMs(ms: number): number | undefined {
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Takes out of an upstream's sentence what we know to be the inside. */
export type Hide = (text: string) => string;

const same: Hide = (text) => text;

/** A shorter one is a placeholder, and would be found in the middle of words. */
const SECRET_MIN = 6;

/** The key that was sent and the channel's address go, whatever they look like; the model gets its public name back. */
export function hiderOf({ channel, upstreamModel }: CatalogRoute, key: CatalogKey | null, publicName: string): Hide {
  const { host, hostname } = new URL(channel.baseUrl);
  // A bare name such as `ollama` is also an ordinary word.
  const parts = [key?.secret ?? '', host, /[.:]/.test(hostname) ? hostname : ''];
  const inside = parts.filter((part) => part.length >= SECRET_MIN);
  return (text) =>
    inside.reduce((rest, part) => rest.replaceAll(part, '…'), text).replaceAll(upstreamModel, () => publicName);
}

/** The upstream's own sentence without addresses or anything that looks like a key. */
export function cleanDetail(text: string, hide: Hide = same): string {
  return (
    hide(messageOf(text))
      .replace(/https?:\/\/\S+/gi, '…')
      .replace(/\b(sk|key|token|bearer)[-_][\w*.-]{6,}/gi, '…')
      // After a space only what cannot be a plain word, such as in “API key provided”.
      .replace(/\b(key|token|bearer) (?=\S*[\d*]|\S{20})[\w*.-]{6,}/gi, '…')
      .replace(/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '…')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, 300)
  );
}

interface ErrorBody {
  error?: { message?: unknown } | string;
  message?: unknown;
  detail?: unknown;
}

function messageOf(text: string): string {
  try {
    const parsed = JSON.parse(text) as ErrorBody | ErrorBody[];
    // Google's compatible door sends a list of one.
    const body = (Array.isArray(parsed) ? parsed[0] : parsed) ?? {};
    const nested = typeof body.error === 'object' ? body.error?.message : body.error;
    const found = [nested, body.message, body.detail].find((value) => typeof value === 'string');
    return typeof found === 'string' ? found : '';
  } catch {
    return '';
  }
}
