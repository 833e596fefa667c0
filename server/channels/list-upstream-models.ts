// Asks an upstream which models it has.
import { modelNameSchema } from '@hallpass/shared/channel-models.ts';
import { type AuthType, CHANNEL_MODELS_MAX, type ChannelProtocol } from '@hallpass/shared/channels.ts';
import { type UpstreamTrouble, troubleText } from '@hallpass/shared/upstream-troubles.ts';

import { checkedFetch, type OutboundPolicy } from '../lib/outbound.ts';
import { troubleOf } from '../lib/trouble.ts';

export interface UpstreamModelsQuery {
  /** Without a trailing slash. */
  baseUrl: string;
  apiKey: string;
  /** How the key is sent; bearer where absent. */
  authType?: AuthType;
  /** What the upstream speaks; chat completions where absent. */
  protocol?: ChannelProtocol;
  /** Of the channel, without `?`: Azure's api-version. */
  query?: string;
  policy: OutboundPolicy;
  signal?: AbortSignal;
  /** Until the whole list is here. */
  timeoutMs?: number;
}

/** The list did not come. */
export class UpstreamListError extends Error {
  override readonly name = 'UpstreamListError';
  /** @param reason a code of `shared/upstream-troubles.ts`, or a status of HTTP. */
  constructor(
    readonly reason: UpstreamTrouble | `HTTP ${number}`,
    options?: ErrorOptions,
  ) {
    super(troubleText(reason, 'en'), options);
  }
}

/** Gemini lists 50 where it is not asked for more, and never more than this: https://ai.google.dev/api/models#method:-models.list */
const GEMINI_PAGE = 'pageSize=1000';
const TIMEOUT_MS = 10_000;
const MAX_BYTES = 5 * 1024 * 1024;

/**
 * Names in the upstream's order, without those that could not be stored, at most as many as a channel holds.
 * @throws UpstreamListError
 */
export async function listUpstreamModels(query: UpstreamModelsQuery): Promise<string[]> {
  const { signal, timeoutMs = TIMEOUT_MS } = query;
  const deadline = AbortSignal.timeout(timeoutMs);
  try {
    const text = await readList(query, signal ? AbortSignal.any([signal, deadline]) : deadline);
    const body: unknown = JSON.parse(text);
    return query.protocol === 'gemini' ? geminiNamesIn(body) : namesIn(body);
  } catch (error) {
    if (error instanceof UpstreamListError) throw error;
    if (deadline.aborted) throw new UpstreamListError('timed_out', { cause: error });
    if (error instanceof SyntaxError) throw new UpstreamListError('answer_not_json', { cause: error });
    throw new UpstreamListError(troubleOf(error) ?? 'connection_failed', { cause: error });
  }
}

async function readList(source: UpstreamModelsQuery, signal: AbortSignal): Promise<string> {
  const { url, headers } = addressed(source);
  const init = { headers: { ...headers, accept: 'application/json' }, signal };
  const response = await checkedFetch(url, init, source.policy);
  if (!response.ok) {
    await response.body?.cancel();
    throw new UpstreamListError(response.status < 400 ? 'redirected' : `HTTP ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body.
    if (size > MAX_BYTES) throw new UpstreamListError('answer_too_large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function addressed({ baseUrl, apiKey, authType = 'bearer', query = '', protocol }: UpstreamModelsQuery) {
  const credential = authType === 'query' ? `key=${encodeURIComponent(apiKey)}` : '';
  const search = [query, protocol === 'gemini' ? GEMINI_PAGE : '', credential].filter(Boolean).join('&');
  const url = `${baseUrl}/models${search && `?${search}`}`;
  if (authType === 'none' || authType === 'query') return { url, headers: {} };
  return { url, headers: authType === 'bearer' ? { authorization: `Bearer ${apiKey}` } : { [authType]: apiKey } };
}

/** OpenAI's `{data: [{id}]}`, or the bare list some servers send. */
function namesIn(body: unknown): string[] {
  const list = Array.isArray(body) ? body : (body as { data?: unknown } | null)?.data;
  return usable(list, (item) => item.id);
}

/** Gemini's own list names what each model can do; of those that do not write, none can be a route. */
function geminiNamesIn(body: unknown): string[] {
  return usable((body as { models?: unknown } | null)?.models, ({ name, supportedGenerationMethods: methods }) => {
    const writes = !Array.isArray(methods) || methods.includes('generateContent');
    return writes && typeof name === 'string' ? name.replace(/^models\//, '') : undefined;
  });
}

function usable(list: unknown, nameOf: (item: Record<string, unknown>) => unknown): string[] {
  if (!Array.isArray(list)) throw new UpstreamListError('not_a_list');
  const names = list.flatMap((item: unknown) => {
    const name = modelNameSchema.safeParse(nameOf((item ?? {}) as Record<string, unknown>));
    return name.success ? [name.data] : [];
  });
  return [...new Set(names)].slice(0, CHANNEL_MODELS_MAX);
}
