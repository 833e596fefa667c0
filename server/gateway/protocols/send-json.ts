// Sends a request to an upstream over HTTP, as JSON or as a form, whatever format its body has.
import { checkedFetch, OutboundError } from '../../lib/outbound.ts';
import type { CatalogChannel, CatalogKey } from '../../models/catalog.ts';
import { type SendUpstream, UpstreamUnreachable, UpstreamUnusable } from './protocol.ts';
import { formOf } from './media/upload.ts';
import { vendorBody } from './openai-chat/vendor-body.ts';

/** Bun's names for a connection that was never made. */
const NOT_CONNECTED =
  /ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|EAI_|DNS|CERT|TLS|SSL/i;

/** What a protocol asks for in every request; the client's own values win. */
const DEFAULT_HEADERS: Partial<Record<CatalogChannel['protocol'], Record<string, string>>> = {
  'anthropic-messages': { 'anthropic-version': '2023-06-01' },
};

/** @param allowPrivate whether loopback and private addresses may be connected to. */
export function sendJson(allowPrivate: boolean): SendUpstream {
  return async ({ route, key, path, body, stream, form, accept, headers: travelling, requestId, signal }) => {
    const { url, headers } = authorize(route.channel, key, path);
    const rules = route.channel.options.body;
    const fields = rules ? vendorBody(body, rules) : body;
    const sent = form ? await encodedForm(fields) : { type: 'application/json', bytes: JSON.stringify(fields) };
    try {
      return await checkedFetch(
        url,
        {
          method: 'POST',
          headers: {
            ...DEFAULT_HEADERS[route.channel.protocol],
            ...travelling,
            ...headers,
            'content-type': sent.type,
            accept: stream ? 'text/event-stream' : (accept ?? 'application/json'),
            'accept-encoding': 'identity',
            'x-request-id': requestId,
          },
          body: sent.bytes,
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

/** Its type tells the boundary between its entries. */
async function encodedForm(fields: Record<string, unknown>) {
  const encoded = new Response(formOf(fields));
  const type = encoded.headers.get('content-type')!;
  return { type, bytes: new Uint8Array(await encoded.arrayBuffer()) };
}

/** Where to and with which credential. The secret stands in what is returned only: it is never logged. */
function authorize(
  channel: CatalogChannel,
  key: CatalogKey | null,
  below: string,
): { url: string; headers: Record<string, string> } {
  const { authType, options } = channel;
  const secret = authType === 'none' ? undefined : key?.secret;
  const credential = authType === 'query' && secret !== undefined ? `key=${encodeURIComponent(secret)}` : '';
  const query = credential && options.query ? `${options.query}&${credential}` : credential || options.query;
  const path = `${channel.baseUrl}${below}`;
  const url = query === '' ? path : `${path}${path.includes('?') ? '&' : '?'}${query}`;
  if (secret === undefined || authType === 'query') return { url, headers: {} };
  if (authType === 'bearer') return { url, headers: { authorization: `Bearer ${secret}` } };
  return { url, headers: { [authType]: secret } };
}
