// A real OpenID Connect issuer (npm's `oidc-provider`) with pupils of its own, for tests of signing in with one.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Provider } from 'oidc-provider';

export interface OidcPupil {
  email?: string;
  email_verified?: boolean | string;
}

export interface OidcIssuer extends AsyncDisposable {
  url: string;
  clientId: string;
  clientSecret: string;
  /** By their subject. Changed at any time. */
  pupils: Record<string, OidcPupil>;
  /** Requests that reached its token endpoint. */
  exchanges: number;
}

const CLIENT = { clientId: 'hallpass', clientSecret: 'secret-of-the-test-client' };

/** @param redirectUris where it may send people back to. */
export async function startOidcIssuer(redirectUris: () => string[]): Promise<OidcIssuer> {
  let handle: (req: IncomingMessage, res: ServerResponse) => void = () => undefined;
  const server = createServer((req, res) => {
    if (req.url?.startsWith('/token')) issuer.exchanges += 1;
    handle(req, res);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const issuer: OidcIssuer = {
    url,
    ...CLIENT,
    pupils: {},
    exchanges: 0,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const provider = createProvider(url, redirectUris(), issuer.pupils);
  const app = provider.callback();
  handle = (req, res) => {
    const uid = /^\/interaction\/([\w-]+)/.exec(req.url ?? '')?.[1];
    if (uid === undefined) void app(req, res);
    else interact(provider, req, res).catch((error: unknown) => res.writeHead(500).end(String(error)));
  };
  return issuer;
}

function createProvider(url: string, redirectUris: string[], pupils: Record<string, OidcPupil>): Provider {
  return new Provider(url, {
    clients: [
      {
        client_id: CLIENT.clientId,
        client_secret: CLIENT.clientSecret,
        redirect_uris: redirectUris,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    // As Google and most others do; the provider's own default is to tell the e-mail only at its userinfo address.
    conformIdTokenClaims: false,
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    findAccount: (_, sub) => {
      const pupil = pupils[sub];
      return pupil && { accountId: sub, claims: () => ({ sub, ...pupil }) as never };
    },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    pkce: { required: () => true },
    cookies: { keys: ['a key of the test issuer'] },
    ttl: { Grant: 600, Interaction: 600, Session: 600, AccessToken: 600, IdToken: 600 },
  });
}

/** `GET` asks who one is; `?as=<subject>` says so and consents; `?cancel` refuses. */
async function interact(provider: Provider, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const query = new URL(req.url!, 'http://issuer').searchParams;
  if (query.has('cancel')) {
    await provider.interactionFinished(req, res, { error: 'access_denied', error_description: 'cancelled' });
    return;
  }
  const { prompt, params, session } = await provider.interactionDetails(req, res);
  const as = query.get('as');
  if (prompt.name === 'consent') {
    const grant = new provider.Grant({ accountId: session!.accountId, clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    await provider.interactionFinished(req, res, { consent: { grantId: await grant.save() } });
  } else if (as === null) {
    res.writeHead(200, { 'content-type': 'text/html' });
    res.end(
      '<!doctype html><title>Issuer</title><form><label>Subject <input name="as"></label><button>Go</button></form>',
    );
  } else await provider.interactionFinished(req, res, { login: { accountId: as } });
}
