// The one value that walks through the gateway: everything known about a call before it is sent.
import type { Locale } from '@hallpass/shared/errors.ts';

import type { ErrorFamily } from '../http/route.ts';
import type { UnitPrices } from '../ledger/ledger.ts';
import type { CatalogModel, CatalogRoute } from '../models/catalog.ts';
import type { ContentPolicy, Principal } from '../plans/levels.ts';
import type { ClientFormat } from './protocols/protocol.ts';
import type { Pin } from './issued-responses.ts';
import type { PromptSize } from './prompt-size.ts';
import type { ChatRequest } from './request-body.ts';

/** A call that is understood but not yet measured: hooks may still change its request. */
export interface AskedCall {
  readonly id: string;
  readonly requestId: string;
  /** The address that was called, such as `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly family: ErrorFamily;
  /** What the client speaks. */
  readonly format: ClientFormat;
  /** Its headers that travel to an upstream of the same format. */
  readonly headers: Readonly<Record<string, string>>;
  readonly locale: Locale;
  readonly ip: string;
  /** Epoch ms. */
  readonly openedAt: number;
  /** Monotonic ms, for durations. */
  readonly startedAt: number;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  readonly principal: Principal;
  readonly request: ChatRequest;
  readonly model: CatalogModel;
  /** Where the earlier response was made that the request goes on from. */
  readonly pin?: Pin | undefined;
}

export interface Call extends AskedCall {
  /** The routes this caller may use: all, or only the priced ones where a budget is in scope. */
  readonly routes: readonly CatalogRoute[];
  readonly size: PromptSize;
  /** Whether any level has a finite budget. */
  readonly capped: boolean;
  /** The dearest prices of its routes; null = none is known. */
  readonly prices: UnitPrices | null;
  /** What may be kept of what is said. */
  readonly contentPolicy: ContentPolicy;
}

/** What the ledger granted. */
export interface Hold {
  heldNanos: number;
  /** The output cap sent upstream; null = the client's own, if any, goes untouched. */
  outputTokens: number | null;
}
