// The only way out: resolves the host, checks every address, and connects to the checked one, so that a name cannot
// answer with one address for the check and another for the connection. Redirects are not followed.
import { isIP } from 'node:net';

import { type AddressKind, addressKind } from './addresses.ts';
import { bareHost, hostKind } from './hosts.ts';
import { createResolver, type Lookup, type Resolver } from './resolver.ts';

export interface OutboundPolicy {
  /** Loopback, private and CGNAT addresses may be reached. Link-local and metadata addresses never are. */
  allowPrivate: boolean;
}

export type OutboundProblem = 'bad_url' | 'forbidden_address' | 'unresolvable' | 'encoded';

/** The request was not sent, or its answer not read, because it would not have been safe. */
export class OutboundError extends Error {
  override readonly name = 'OutboundError';
  constructor(
    readonly problem: OutboundProblem,
    message: string,
  ) {
    super(message);
  }
}

/** What goes out; a body that can be sent twice, for a second address may have to be tried. */
export interface OutboundInit {
  method?: string;
  /** Names in lower case. */
  headers?: Record<string, string>;
  body?: string | Uint8Array<ArrayBuffer>;
  signal?: AbortSignal;
}

export type CheckedFetch = (url: string, init: OutboundInit, policy: OutboundPolicy) => Promise<Response>;

/** Failures before a byte was sent: the next address may be tried. */
const NOT_CONNECTED = new Set([
  'ConnectionRefused',
  'FailedToOpenSocket',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** How many addresses of one name are tried. */
const TRIES_MAX = 3;

/** @param lookup replaces DNS in tests. */
export function createCheckedFetch(lookup?: Lookup): CheckedFetch {
  const resolver = createResolver(lookup);
  return (text, init, policy) => {
    const url = parseUrl(text);
    const host = bareHost(url.hostname);
    if (!isIP(host)) return sendByName({ url, host, init, policy, resolver });
    assertAllowed(addressKind(host), policy, host);
    return send({ target: url.href, ip: host, init });
  };
}

/**
 * Sends a request to a checked address; a 3xx is an answer like any other.
 * @throws OutboundError; whatever `fetch` throws otherwise.
 */
export const checkedFetch: CheckedFetch = createCheckedFetch();

function parseUrl(text: string): URL {
  const url = URL.parse(text);
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:'))
    throw new OutboundError('bad_url', 'only http and https addresses are called');
  if (url.username || url.password) throw new OutboundError('bad_url', 'an address may not hold a user name');
  return url;
}

function isAllowed(kind: AddressKind, { allowPrivate }: OutboundPolicy): boolean {
  return kind === 'public' || (kind === 'private' && allowPrivate);
}

function assertAllowed(kind: AddressKind, policy: OutboundPolicy, host: string): void {
  if (!isAllowed(kind, policy))
    throw new OutboundError('forbidden_address', `${host} is at an address that must not be called`);
}

interface NamedRequest {
  url: URL;
  host: string;
  init: OutboundInit;
  policy: OutboundPolicy;
  resolver: Resolver;
}

async function sendByName({ url, host, init, policy, resolver }: NamedRequest): Promise<Response> {
  assertAllowed(hostKind(host) ?? 'public', policy, host);
  const remembered = resolver.addresses(host);
  const addresses = remembered instanceof Promise ? await whileWanted(remembered, host, init.signal) : remembered;
  const allowed = addresses.filter((ip) => isAllowed(addressKind(ip), policy)).slice(0, TRIES_MAX);
  if (allowed.length === 0) assertAllowed('forbidden', policy, host);
  for (const [index, ip] of allowed.entries()) {
    try {
      const response = await send({ target: withHost(url, ip), ip, init, named: url });
      if (index > 0) resolver.prefer(host, ip);
      return response;
    } catch (error) {
      const isLast = index === allowed.length - 1;
      if (isLast) resolver.forget(host);
      if (isLast || !NOT_CONNECTED.has((error as { code?: string }).code ?? '')) throw error;
    }
  }
  throw new OutboundError('unresolvable', `${host} has no address`);
}

async function whileWanted(
  answer: Promise<readonly string[]>,
  host: string,
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  const addresses = await answer.catch((cause) => {
    throw new OutboundError('unresolvable', `${host} has no address (${cause.code ?? cause.message})`);
  });
  signal?.throwIfAborted();
  return addresses;
}

function withHost(url: URL, ip: string): string {
  const authority = `${ip.includes(':') ? `[${ip}]` : ip}${url.port ? `:${url.port}` : ''}`;
  return `${url.protocol}//${authority}${url.pathname}${url.search}`;
}

interface CheckedRequest {
  target: string;
  /** The checked address that `target` names. */
  ip: string;
  init: OutboundInit;
  /** The address by name, where `target` is by number: its name goes into `Host` and the certificate check. */
  named?: URL;
}

/**
 * A proxy of the environment may lead out of the house, but what is in it is not sent out, nor a key with it; and of
 * plain HTTP the proxy would read the key: through a tunnel to an https upstream it reads nothing.
 */
function mayUseProxy(target: string, ip: string): boolean {
  return target.startsWith('https:') && addressKind(ip) !== 'private';
}

async function send({ target, ip, init, named }: CheckedRequest): Promise<Response> {
  const response = await fetch(target, {
    ...init,
    // Compressed answers could be bombs, and an SSE event may not wait for a compressor's block.
    headers: { ...init.headers, 'accept-encoding': 'identity', ...(named ? { host: named.host } : {}) },
    redirect: 'manual',
    decompress: false,
    // The caller's signal carries its own timers; a thinking model is silent for longer than fetch would wait.
    timeout: false,
    ...(mayUseProxy(target, ip) ? {} : { proxy: false }),
    ...(named?.protocol === 'https:' ? { tls: { serverName: bareHost(named.hostname) } } : {}),
  } as BunFetchRequestInit);
  const encoding = response.headers.get('content-encoding');
  if (encoding && encoding.toLowerCase() !== 'identity') {
    await response.body?.cancel();
    throw new OutboundError(
      'encoded',
      `the answer is compressed (${encoding.slice(0, 40)}) although that was not asked for`,
    );
  }
  return response;
}
