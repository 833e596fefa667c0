// Speaks OpenID Connect with the configured issuer: authorization code with PKCE, state and nonce. Knows nothing of users.
import * as client from 'openid-client';

import type { Config } from '../config.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { createFlowSeal, type OidcFlow } from './oidc-flow.ts';

/** Who came back, as the issuer vouches for them. */
export interface OidcIdentity {
  issuer: string;
  subject: string;
  /** Undefined where the issuer has not verified it. */
  email: string | undefined;
}

export interface Oidc {
  /** What the button calls the service. */
  name: string;
  /** @throws AppError oidc_unavailable. */
  start(input: { redirectUri: string; invite?: string | undefined }): Promise<{ url: string; flow: string }>;
  /**
   * @param answer the query string the browser came back with.
   * @returns who it is, and the invite the sign-in began with. @throws AppError oidc_failed, oidc_unavailable, server_busy.
   */
  finish(flow: string, answer: string): Promise<{ identity: OidcIdentity; invite: string | undefined }>;
}

/** Seconds the issuer may take for one answer. */
const TIMEOUT_S = 10;
/** Sign-ins that wait for the issuer at once. */
export const EXCHANGES_MAX = 64;

type Parts = { config: Config; clock: Clock; log: Logger };

/** @returns undefined where no issuer is configured. */
export function createOidc({ config, clock, log }: Parts): Oidc | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, SECRET_KEY: secretKey } = config;
  if (!issuer || !clientId || !secretKey) return undefined;
  const name = config.OIDC_NAME ?? issuerName(issuer);
  const server = rememberOnce(() => discover(issuer, clientId, config.OIDC_CLIENT_SECRET));
  const seal = createFlowSeal(secretKey, clock);
  let exchanging = 0;

  const failed = (error: unknown, step: string): AppError => {
    // The browser is told that it failed; why is for the administrator. Tokens and codes are in neither.
    log.warn('sign-in with another service failed', { step, reason: reasonOf(error) });
    const code = isIssuersFault(error) ? 'oidc_unavailable' : 'oidc_failed';
    return new AppError(code, { params: { name }, cause: error });
  };

  return {
    name,
    async start({ redirectUri, invite }) {
      try {
        const configuration = await server();
        const [state, nonce, codeVerifier] = [
          client.randomState(),
          client.randomNonce(),
          client.randomPKCECodeVerifier(),
        ];
        const url = client.buildAuthorizationUrl(configuration, {
          redirect_uri: redirectUri,
          scope: 'openid email',
          state,
          nonce,
          code_challenge: await client.calculatePKCECodeChallenge(codeVerifier),
          code_challenge_method: 'S256',
        });
        const flow: OidcFlow = { state, nonce, codeVerifier, redirectUri, ...(invite === undefined ? {} : { invite }) };
        return { url: url.href, flow: await seal.seal(flow) };
      } catch (error) {
        throw failed(error, 'start');
      }
    },
    async finish(sealed, answer) {
      const flow = await seal.open(sealed);
      if (!flow) throw new AppError('oidc_failed', { params: { name } });
      if (exchanging >= EXCHANGES_MAX) throw new AppError('server_busy', { retryAfterMs: 5_000 });
      exchanging += 1;
      try {
        return { identity: await exchange(await server(), flow, answer), invite: flow.invite };
      } catch (error) {
        throw failed(error, 'finish');
      } finally {
        exchanging -= 1;
      }
    },
  };
}

async function discover(issuer: string, clientId: string, secret: string | undefined): Promise<client.Configuration> {
  const options = {
    timeout: TIMEOUT_S,
    // A school's own issuer may speak plain HTTP in its network; its address says so.
    ...(issuer.startsWith('http:') ? { execute: [client.allowInsecureRequests] } : {}),
  };
  const found = await client.discovery(new URL(issuer), clientId, undefined, client.None(), options);
  if (secret === undefined) return found;
  const methods = found.serverMetadata().token_endpoint_auth_methods_supported;
  // OpenID Connect Discovery: where nothing is said it is `client_secret_basic`.
  const auth = methods?.includes('client_secret_post')
    ? client.ClientSecretPost(secret)
    : client.ClientSecretBasic(secret);
  const configuration = new client.Configuration(found.serverMetadata(), clientId, secret, auth);
  configuration.timeout = TIMEOUT_S;
  if (issuer.startsWith('http:')) client.allowInsecureRequests(configuration);
  return configuration;
}

async function exchange(configuration: client.Configuration, flow: OidcFlow, answer: string): Promise<OidcIdentity> {
  const back = new URL(flow.redirectUri);
  back.search = answer;
  const tokens = await client.authorizationCodeGrant(configuration, back, {
    pkceCodeVerifier: flow.codeVerifier,
    expectedState: flow.state,
    expectedNonce: flow.nonce,
    idTokenExpected: true,
  });
  const claims = tokens.claims()!;
  let { email, email_verified: verified } = claims as { email?: unknown; email_verified?: unknown };
  if (email === undefined && configuration.serverMetadata().userinfo_endpoint) {
    const info = await client.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    ({ email, email_verified: verified } = info);
  }
  const issuer = configuration.serverMetadata().issuer;
  const isOurs = isAuthoritative(issuer, email, claims.hd);
  // Some issuers send the word instead of the value.
  const vouched = typeof email === 'string' && (verified === true || verified === 'true') && isOurs;
  return { issuer, subject: claims.sub, email: vouched ? (email as string) : undefined };
}

const GOOGLE = 'https://accounts.google.com';

/** Google says of itself that it vouches only for its own mail and that of its Workspace domains (`hd`). */
function isAuthoritative(issuer: string, email: unknown, hostedDomain: unknown): boolean {
  return issuer !== GOOGLE || typeof hostedDomain === 'string' || String(email).toLowerCase().endsWith('@gmail.com');
}

/** Made once; a failure is not kept, so that the next one asks again. */
function rememberOnce<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () =>
    (made ??= make().catch((error: unknown) => {
      made = undefined;
      throw error;
    }));
}

function issuerName(issuer: string): string {
  return issuer.replace(/\/$/, '') === GOOGLE ? 'Google' : new URL(issuer).hostname;
}

/** Not reached, or it answered with nonsense or a 5xx; the person did nothing wrong. */
function isIssuersFault(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { name, code, cause } = error as Error & { code?: unknown };
  const status = (cause as { status?: number } | undefined)?.status ?? 0;
  return name === 'TimeoutError' || name === 'TypeError' || code === 'OAUTH_TIMEOUT' || status >= 500;
}

/** The library's code and message; neither holds a secret. */
function reasonOf(error: unknown): string {
  const { code, error: word, message } = error as { code?: string; error?: string; message?: string };
  return [code, word, message].filter(Boolean).join(': ').slice(0, 300);
}
