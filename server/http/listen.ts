// Puts the application on its port.
import type { Hono } from 'hono';

import { StartError } from '../lib/start-error.ts';
import { waitAtMost } from '../lib/wait.ts';
import type { HttpEnv } from './route.ts';

/** Larger bodies are refused before they are read; each address has its own, smaller bound besides. */
const MAX_BODY_BYTES = 64 * 1024 * 1024;

/** A connection on which nothing moves is closed after this; longer than proxies keep theirs, so that they close first. */
const IDLE_SECONDS = 120;

export interface Listener {
  port: number;
  /** Closes idle connections, waits for answers under way up to `waitMs`, then cuts what is left. */
  close(waitMs: number): Promise<void>;
}

export interface ListenAddress {
  hostname: string;
  port: number;
  idleSeconds?: number;
}

/** @throws StartError when the port is taken or not allowed. */
export function listen(app: Hono<HttpEnv>, address: ListenAddress): Listener {
  const server = serve(app, address);
  return {
    port: server.port!,
    close: async (waitMs) => {
      await waitAtMost(waitMs, server.stop());
      await server.stop(true);
    },
  };
}

function serve(
  app: Hono<HttpEnv>,
  { hostname, port, idleSeconds = IDLE_SECONDS }: ListenAddress,
): Bun.Server<undefined> {
  try {
    return Bun.serve({
      hostname,
      port,
      idleTimeout: idleSeconds,
      maxRequestBodySize: MAX_BODY_BYTES,
      fetch: async (request, bun) => {
        const whole = withAddress(request);
        if (!whole) return badHost();
        // A model may think for minutes without a byte: until it answers, the timers are the gateway's own. From then on
        // something moves, if only a heartbeat, and a connection that waits for nothing is not kept for ever.
        bun.timeout(request, 0);
        const response = await app.fetch(whole, { ip: bun.requestIP(request)?.address ?? '' });
        bun.timeout(request, idleSeconds);
        return response;
      },
    });
  } catch (error) {
    throw new StartError(refusalText((error as NodeJS.ErrnoException).code, hostname, port), { cause: error });
  }
}

/**
 * Without a usable `Host`, what Bun gives as the URL is none: further in, another path would be found in it, or none.
 * HTTP/1.0 needs no `Host` (health checks of load balancers send none); one that is no host is refused.
 */
function withAddress(request: Request): Request | undefined {
  if (URL.canParse(request.url)) return request;
  if (request.headers.get('host') || !request.url.startsWith('/')) return undefined;
  return new Request(`http://localhost${request.url}`, request);
}

const badHost = (): Response => new Response(null, { status: 400, headers: { connection: 'close' } });

function refusalText(code: string | undefined, hostname: string, port: number): string {
  if (code === 'EADDRINUSE')
    return `Port ${port} is already in use. Please stop the other program, or set APP_PORT to another number.`;
  if (code === 'EACCES')
    return `Port ${port} may not be used by this user. Please set APP_PORT to a number from 1024 upwards.`;
  return `The server cannot listen on ${hostname} port ${port} (${code ?? 'unknown reason'}). Please check HOST and APP_PORT.`;
}
