// The signed-in person's own: account, password, sign-ins, data. And invite links, which administrators make.
import type {
  accountReply,
  createdInviteReply,
  inviteCheckReply,
  inviteListReply,
  loginReply,
} from '@hallpass/shared/accounts.ts';
import type { z } from 'zod';

import { send, sendJson } from './http.ts';

export type Account = z.infer<typeof accountReply>;
export type Invite = z.infer<typeof inviteListReply>['data'][number];
export type CreatedInvite = z.infer<typeof createdInviteReply>;

const INVITES = '/api/admin/invites';

/** @throws Problem. */
export function readAccount(token: string): Promise<Account> {
  return sendJson<Account>('/api/auth/account', { token });
}

/** @returns a new token: every earlier one has ended. @throws Problem. */
export async function changePassword(token: string, current: string, next: string): Promise<string> {
  const body = { current_password: current, new_password: next };
  const reply = await sendJson<z.infer<typeof loginReply>>('/api/auth/password', { method: 'POST', token, body });
  return reply.access_token;
}

/** @throws Problem. */
export async function signOutEverywhere(token: string): Promise<void> {
  await sendJson('/api/auth/logout-everywhere', { method: 'POST', token });
}

/** Everything kept about the account, as a file. @throws Problem. */
export async function exportData(token: string): Promise<Blob> {
  return (await send('/api/auth/export', { token })).blob();
}

/** @param password undefined for an account that has none. @throws Problem. */
export async function closeAccount(token: string, password: string | undefined): Promise<void> {
  await sendJson('/api/auth/close', { method: 'POST', token, body: password === undefined ? {} : { password } });
}

/** What an invite link is good for. @throws Problem. */
export async function checkInvite(invite: string): Promise<z.infer<typeof inviteCheckReply>['role']> {
  const body = { invite };
  return (await sendJson<z.infer<typeof inviteCheckReply>>('/api/auth/invite', { method: 'POST', body })).role;
}

/** @throws Problem. */
export async function listInvites(token: string): Promise<Invite[]> {
  return (await sendJson<z.infer<typeof inviteListReply>>(INVITES, { token })).data;
}

/** @throws Problem. */
export function createInvite(token: string, role: Invite['role']): Promise<CreatedInvite> {
  return sendJson<CreatedInvite>(INVITES, { method: 'POST', token, body: { role } });
}

/** @throws Problem. */
export async function withdrawInvite(token: string, id: string): Promise<void> {
  await sendJson(`${INVITES}/${encodeURIComponent(id)}`, { method: 'DELETE', token });
}
