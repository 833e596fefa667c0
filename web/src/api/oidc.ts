// Signing in with another service, in two halves. What joins them stays in this tab's storage; no token is ever in an
// address, and the service's answer leaves the address bar before anything else happens.
import type { loginReply, oidcStartReply } from '@hallpass/shared/accounts.ts';
import type { z } from 'zod';

import { readStored, writeStored } from '@/lib/stored.ts';

import { sendJson } from './http.ts';

const STORED = 'hallpass.oidc';

/** What the person set out to do, and where to go afterwards. */
export interface OidcErrand {
  purpose: 'login' | 'link';
  next: string;
}

/** @returns where the browser has to go. @throws Problem. */
export async function startOidc(errand: OidcErrand, invite?: string): Promise<string> {
  const body = { origin: location.origin, ...(invite ? { invite } : {}) };
  const started = await sendJson<z.infer<typeof oidcStartReply>>('/api/auth/oidc/start', { method: 'POST', body });
  // The way back leads to another name of this server, where this tab's storage is not: begin there.
  if (started.return_origin !== location.origin) return `${started.return_origin}/login`;
  writeStored('session', STORED, JSON.stringify({ ...errand, flow: started.flow }));
  return started.url;
}

/** What this tab set out to do; told once. */
export function takeErrand(): (OidcErrand & { flow: string }) | undefined {
  const stored = readStored('session', STORED);
  writeStored('session', STORED, null);
  try {
    const errand = JSON.parse(stored ?? 'null') as (OidcErrand & { flow: string }) | null;
    return typeof errand?.flow === 'string' ? errand : undefined;
  } catch {
    return undefined;
  }
}

/** @returns the bearer token. @throws Problem. */
export async function finishOidc(flow: string, answer: string): Promise<string> {
  const body = { flow, answer };
  return (await sendJson<z.infer<typeof loginReply>>('/api/auth/oidc/finish', { method: 'POST', body })).access_token;
}

/** Adds the service to the signed-in account. @throws Problem. */
export async function linkOidc(token: string, flow: string, answer: string): Promise<void> {
  await sendJson('/api/auth/oidc/link', { method: 'POST', token, body: { flow, answer } });
}
