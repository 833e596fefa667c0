// Registering and signing in (requirement 001's addresses and bodies).
import { sendJson } from './http.ts';

interface TokenAnswer {
  access_token: string;
}

/** @throws Problem. */
export async function register(email: string, password: string): Promise<void> {
  await sendJson('/api/auth/register', { method: 'POST', body: { email, password } });
}

/** @returns the bearer token. @throws Problem. */
export async function login(email: string, password: string): Promise<string> {
  const answer = await sendJson<TokenAnswer>('/api/auth/login', { method: 'POST', body: { email, password } });
  return answer.access_token;
}

/** @returns the bearer token. @throws Problem. */
export async function adminLogin(username: string, password: string): Promise<string> {
  const answer = await sendJson<TokenAnswer>('/api/auth/admin/login', { method: 'POST', body: { username, password } });
  return answer.access_token;
}

/** Ends a sign-in before its 24 hours. @throws Problem. */
export async function logout(token: string): Promise<void> {
  await sendJson('/api/auth/logout', { method: 'POST', token });
}
