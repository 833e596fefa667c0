// Sends a chat completion to an OpenAI-compatible upstream.
import { checkedFetch, OutboundError } from '../../../lib/outbound.ts';
import type { CatalogChannel, CatalogKey } from '../../../models/catalog.ts';
import { type SendUpstream, UpstreamUnreachable, UpstreamUnusable } from '../protocol.ts';

/** Bun's names for a connection that was never made. */
const NOT_CONNECTED =
  /ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_|DNS|CERT|TLS|SSL/i;

/** @param allowPrivate whether loopback and private addresses may be connected to. */
export function openaiChat(allowPrivate: boolean): SendUpstream {
  return async ({ route, key, body, requestId, signal }) => {
    const { url, headers } = authorize(route.channel, key);
    try {
      return await checkedFetch(
        url,
        {
          method: 'POST',
          headers: {
            ...headers,
            'content-type': 'application/json',
            accept: body.stream ? 'text/event-stream' : 'application/json',
            'accept-encoding': 'identity',
            'x-request-id': requestId,
          },
          body: JSON.stringify(body),
          signal,
        },
        { allowPrivate },
      );
    } catch (error) {
      if (error instanceof OutboundError && error.problem === 'encoded')
        throw new UpstreamUnusable(error.message, { cause: error });
      const { code = '', message = '' } = error as { code?: string; message?: string };
      if (error instanceof OutboundError || (!signal.aborted && NOT_CONNECTED.test(`${code} ${message}`)))
        throw new UpstreamUnreachable(message, { cause: error });
      throw error;
    }
  };
}

function authorize(channel: CatalogChannel, key: CatalogKey | null): { url: string; headers: Record<string, string> } {
  const url = `${channel.baseUrl}/chat/completions`;
  if (!key || channel.authType === 'none') return { url, headers: {} };
  if (channel.authType === 'bearer') return { url, headers: { authorization: `Bearer ${key.secret}` } };
  if (channel.authType === 'api-key') return { url, headers: { 'api-key': key.secret } };
  return { url: `${url}?key=${encodeURIComponent(key.secret)}`, headers: {} };
}
