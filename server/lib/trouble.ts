// Tells from what was thrown what is wrong with an upstream. Whatever the runtime says in its own words stays in the log.
import { UPSTREAM_TROUBLES, type UpstreamTrouble } from '@hallpass/shared/upstream-troubles.ts';

import { OutboundError, type OutboundProblem } from './outbound.ts';

/** An answer that cannot be used, found by ourselves. */
export class TroubleError extends Error {
  override readonly name = 'TroubleError';
  constructor(
    readonly trouble: UpstreamTrouble,
    options?: ErrorOptions,
  ) {
    super(UPSTREAM_TROUBLES[trouble].en, options);
  }
}

const OF_PROBLEM: Record<OutboundProblem, UpstreamTrouble> = {
  bad_url: 'address_forbidden',
  forbidden_address: 'address_forbidden',
  unresolvable: 'host_not_found',
  encoded: 'answer_compressed',
};

/** By the names Bun and Node give; the first that fits. */
const BY_CODE: readonly [RegExp, UpstreamTrouble][] = [
  [/CERT|SIGNATURE|ISSUER|ALTNAME/i, 'certificate_invalid'],
  [/TLS|SSL|WRONG_VERSION/i, 'tls_failed'],
  [/ENOTFOUND|EAI_|DNS/i, 'host_not_found'],
  [/ConnectionRefused|FailedToOpenSocket|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH/i, 'connection_refused'],
  [/ECONNRESET|ConnectionClosed|EPIPE/i, 'connection_closed'],
  [/Timeout|ETIMEDOUT/i, 'timed_out'],
  [
    /Malformed_HTTP|InvalidHTTP|InvalidContentLength|ResponseHeadersTooLarge|UnrequestedUpgrade|TransferEncoding|HPE_/i,
    'not_http',
  ],
];

/** @returns undefined for what is no error of a connection or an answer. */
export function troubleOf(error: unknown): UpstreamTrouble | undefined {
  if (error instanceof TroubleError) return error.trouble;
  if (error instanceof OutboundError) return OF_PROBLEM[error.problem];
  if (!(error instanceof Error)) return undefined;
  // The cause is nearer to what happened.
  const inner = troubleOf(error.cause);
  if (inner !== undefined) return inner;
  const { code = '' } = error as { code?: string };
  return BY_CODE.find(([name]) => name.test(`${String(code)} ${error.name}`))?.[1];
}
