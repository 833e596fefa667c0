// The contract of an upstream protocol. Adapters know no HTTP framework and no ledger.
import type { Locale } from '@hallpass/shared/errors.ts';

import type { CatalogKey, CatalogRoute } from '../../models/catalog.ts';

export interface UpstreamRequest {
  route: CatalogRoute;
  /** null where the channel needs none. */
  key: CatalogKey | null;
  /** The chat completions body, already bounded and with the upstream's model name. */
  body: Record<string, unknown>;
  requestId: string;
  locale: Locale;
  /** Aborted when the client leaves or a time-out passes; the adapter must stop at once. */
  signal: AbortSignal;
}

/**
 * Sends one request upstream and resolves with the answer's head; the body is a chat completion or its stream.
 * Contract: never retries, never follows a redirect, throws UpstreamUnreachable when no connection was made
 * (nothing can have been charged), UpstreamUnusable when the answer must not be read, and anything else when the request may have been received.
 */
export type SendUpstream = (request: UpstreamRequest) => Promise<Response>;

/** The upstream answered, but in a form that is not read, such as compressed; another try would not help. */
export class UpstreamUnusable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamUnusable';
  }
}

/** No connection was made: refused, no such host, TLS failed, address not allowed. */
export class UpstreamUnreachable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UpstreamUnreachable';
  }
}
