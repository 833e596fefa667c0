// The accounts, for administrators, and the end of a password link.
import type { ResetLink, UsersPage, UserUpdate, UserView } from '@hallpass/shared/users.ts';

import { send, sendJson } from './http.ts';

export type { ResetLink, UsersPage, UserUpdate, UserView };

const USERS = '/api/admin/users';
const pathOf = (id: string) => `${USERS}/${encodeURIComponent(id)}`;

/** Empty fields filter nothing. */
export type UserFilter = Readonly<Record<'search' | 'role' | 'status', string>>;

/** Newest first. @throws Problem. */
export function listUsers(token: string, filter: UserFilter, cursor = ''): Promise<UsersPage> {
  const named = Object.entries({ ...filter, cursor }).filter(([, value]) => value !== '');
  const query = new URLSearchParams(named).toString();
  return sendJson<UsersPage>(query ? `${USERS}?${query}` : USERS, { token });
}

/** @throws Problem. */
export function changeUser(token: string, id: string, body: UserUpdate): Promise<UserView> {
  return sendJson<UserView>(pathOf(id), { method: 'PUT', body, token });
}

/** @throws Problem. */
export function createResetLink(token: string, id: string): Promise<ResetLink> {
  return sendJson<ResetLink>(`${pathOf(id)}/reset-link`, { method: 'POST', token });
}

/** Everything kept about a person. @throws Problem. */
export async function exportUser(token: string, id: string): Promise<Blob> {
  return (await send(`${pathOf(id)}/export`, { token })).blob();
}

/** @throws Problem. */
export async function deleteUser(token: string, id: string): Promise<void> {
  await sendJson(pathOf(id), { method: 'DELETE', token });
}

/** @throws Problem. */
export async function resetPassword(token: string, password: string): Promise<void> {
  await sendJson('/api/auth/reset', { method: 'POST', body: { token, password } });
}
