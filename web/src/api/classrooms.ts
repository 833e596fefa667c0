// Classes and activation codes, for administrators; and the one address where a code becomes a pass.
import type {
  Activated,
  ClassroomInput,
  ClassroomView,
  CodesInput,
  CodesPage,
  CodeView,
  NewCode,
} from '@hallpass/shared/classrooms.ts';

import { sendJson } from './http.ts';

export type { Activated, ClassroomInput, ClassroomView, CodesInput, CodesPage, CodeView, NewCode };

const CLASSROOMS = '/api/admin/classrooms';
const CODES = '/api/admin/activation-codes';
const pathOf = (id: string) => `${CLASSROOMS}/${encodeURIComponent(id)}`;

/** By name. @throws Problem. */
export async function listClassrooms(token: string): Promise<ClassroomView[]> {
  return (await sendJson<{ data: ClassroomView[] }>(CLASSROOMS, { token })).data;
}

/** @param id undefined makes a new one. @throws Problem. */
export function saveClassroom(
  token: string,
  id: string | undefined,
  body: Partial<ClassroomInput>,
): Promise<ClassroomView> {
  if (id === undefined) return sendJson<ClassroomView>(CLASSROOMS, { method: 'POST', body, token });
  return sendJson<ClassroomView>(pathOf(id), { method: 'PUT', body, token });
}

/** @throws Problem. */
export async function deleteClassroom(token: string, id: string): Promise<void> {
  await sendJson(pathOf(id), { method: 'DELETE', token });
}

export interface CodeFilter {
  classroom?: string | undefined;
  status?: string | undefined;
  cursor?: string | undefined;
}

/** The newest first. @throws Problem. */
export function listCodes(token: string, filter: CodeFilter): Promise<CodesPage> {
  const named = Object.entries(filter).filter(([, value]) => value);
  return sendJson<CodesPage>(`${CODES}?${new URLSearchParams(named as [string, string][]).toString()}`, { token });
}

/** The answer is the only one that ever holds the codes. @throws Problem. */
export async function makeCodes(token: string, body: Partial<CodesInput>): Promise<NewCode[]> {
  return (await sendJson<{ data: NewCode[] }>(CODES, { method: 'POST', body, token })).data;
}

/** @throws Problem. */
export async function revokeCode(token: string, id: string): Promise<void> {
  await sendJson(`${CODES}/${encodeURIComponent(id)}`, { method: 'DELETE', token });
}

/** @throws Problem. */
export function activate(code: string): Promise<Activated> {
  return sendJson<Activated>('/api/v1/activate', { method: 'POST', body: { code } });
}
