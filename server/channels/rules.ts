// What a channel may be: its address, the hint of a key, its time-outs. Pure.
import type { ModelType } from '@hallpass/shared/lists.ts';
import {
  type ChannelOptionsInput,
  channelOptionsSchema,
  mayRename,
  maySend,
} from '@hallpass/shared/channel-options.ts';

import { AppError } from '../lib/app-error.ts';
import { bareHost, hostKind } from '../lib/hosts.ts';
import type { BodyRules, ChannelOptions } from '../models/catalog.ts';

/**
 * Checks and tidies a base URL: no trailing slash, no user name, query or fragment. Names are only judged by what they
 * mean; their addresses are checked at each connection.
 * @throws AppError base_url_invalid, base_url_forbidden.
 */
export function parseBaseUrl(text: string, allowPrivate: boolean): string {
  // A parser drops tabs and newlines and reads a backslash as a slash: what was checked must be what was typed.
  const url = /[\s\p{C}\\#@?]/u.test(text) ? null : URL.parse(text);
  const isWeb = url?.protocol === 'http:' || url?.protocol === 'https:';
  if (!url || !isWeb || !/^https?:\/\/[^/]/i.test(text)) throw new AppError('base_url_invalid', { param: 'base_url' });
  const host = bareHost(url.hostname);
  const kind = hostKind(host);
  if (kind === 'forbidden' || (kind === 'private' && !allowPrivate))
    throw new AppError('base_url_forbidden', { param: 'base_url', params: { host } });
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

/** `sk-…abcd`: enough to tell keys apart; nothing of a short key. */
export function keyHint(secret: string): string {
  return secret.length < 20 ? '…' : `${secret.slice(0, 3)}…${secret.slice(-4)}`;
}

/** Vendors whose newer models refuse `max_tokens`. */
const NEW_CAP_HOSTS = /^https:\/\/(api\.openai\.com|[^/]+\.(openai|cognitiveservices|services\.ai)\.azure\.com)\//;

/** Stored options over the defaults. @param stored JSON of the API's names. */
export function channelOptions(stored: string, baseUrl: string): ChannelOptions {
  const own = channelOptionsSchema.parse(withoutForbidden(JSON.parse(stored) as ChannelOptionsInput));
  return {
    firstByteTimeoutMs: own.first_byte_timeout_ms ?? 120_000,
    stallTimeoutMs: own.stall_timeout_ms ?? 120_000,
    longestStreamMs: own.stream_timeout_ms ?? 3_600_000,
    maxTokensField:
      own.max_tokens_field ?? (NEW_CAP_HOSTS.test(`${baseUrl}/`) ? 'max_completion_tokens' : 'max_tokens'),
    maxResponseBytes: own.max_response_bytes ?? 16 * 1024 * 1024,
    query: new URLSearchParams(own.query).toString(),
    body: bodyRules(own),
    thinkTags: own.think_tags === true ? 'tags' : own.think_tags || undefined,
  };
}

/** What was stored before it was forbidden is left out: one channel's rule must not keep all from loading. */
function withoutForbidden({ rename_params: rename, extra_body: extra, ...own }: ChannelOptionsInput) {
  return {
    ...own,
    ...(rename ? { rename_params: only(rename, mayRename) } : {}),
    ...(extra ? { extra_body: only(extra, maySend) } : {}),
  };
}

function only<T>(record: Record<string, T>, may: (name: string, value: T) => boolean): Record<string, T> {
  return Object.fromEntries(Object.entries(record).filter(([name, value]) => may(name, value)));
}

function bodyRules(own: ChannelOptionsInput): BodyRules | undefined {
  const { drop_params: drop = [], rename_params: rename = {}, extra_body: extra = {}, stream_usage } = own;
  const streamUsage = stream_usage ?? 'asked';
  const isPlain = streamUsage === 'asked' && drop.length === 0;
  if (isPlain && Object.keys(rename).length === 0 && Object.keys(extra).length === 0) return undefined;
  return { drop, rename, extra, streamUsage };
}

const TYPES_BY_NAME: readonly [RegExp, ModelType][] = [
  [/embed|bge-|\be5-|voyage-\d/i, 'embedding'],
  [/rerank/i, 'rerank'],
  [/moderation/i, 'moderation'],
  [/whisper|\btts\b|-tts|transcribe|realtime|-audio|voxtral/i, 'audio'],
  [/\bsora\b|\bveo\b|-video/i, 'video'],
  [/dall-e|gpt-image|image-generation|-image\b|flux|stable-diffusion|imagen/i, 'image'],
];

/** What a model is for, as far as its name tells; `chat` where it does not. */
export function modelTypeOf(name: string): ModelType {
  return TYPES_BY_NAME.find(([pattern]) => pattern.test(name))?.[1] ?? 'chat';
}
