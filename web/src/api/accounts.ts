// Registering, signing in and out (requirement 001's addresses and bodies), and the one-time set-up.
import type { loginReply, meReply, signInOptionsReply } from '@hallpass/shared/accounts.ts';
import { type Role, ROLES } from '@hallpass/shared/roles.ts';
import type { z } from 'zod';

import { sendJson } from './http.ts';

export { type Role, ROLES };
export type Me = z.infer<typeof meReply>;
export type SignInOptions = z.infer<typeof signInOptionsReply>;

async function bearer(path: string, body: object): Promise<string> {
  const answer = await sendJson<z.infer<typeof loginReply>>(path, { method: 'POST', body });
  return answer.access_token;
}

/** @param invite the token of an invite link. @throws Problem. */
export async function register(email: string, password: string, invite?: string): Promise<void> {
  const body = { email, password, ...(invite ? { invite } : {}) };
  await sendJson('/api/auth/register', { method: 'POST', body });
}

/** @returns the bearer token. @throws Problem. */
export function login(email: string, password: string): Promise<string> {
  return bearer('/api/auth/login', { email, password });
}

/** @returns the bearer token. @throws Problem. */
export function adminLogin(username: string, password: string): Promise<string> {
  return bearer('/api/auth/admin/login', { username, password });
}

/** Makes the first administrator. @returns the bearer token. @throws Problem. */
export function setUp(token: string, username: string, password: string): Promise<string> {
  return bearer('/api/auth/setup', { token, username, password });
}

/** Who a token belongs to. @throws Problem. */
export function whoAmI(token: string): Promise<Me> {
  return sendJson<Me>('/api/auth/me', { token });
}

/** Whether anybody may register, and guests may chat. @throws Problem. */
export function signInOptions(): Promise<SignInOptions> {
  return sendJson<SignInOptions>('/api/auth/options');
}

/** Ends a sign-in before its 24 hours. @throws Problem. */
export async function logout(token: string): Promise<void> {
  await sendJson('/api/auth/logout', { method: 'POST', token });
}
