// What a teacher does in their classes. The class is always named in the address.
import type { ClassroomView, CodesPage, NewCode } from '@hallpass/shared/classrooms.ts';
import { NAMES_MAX } from '@hallpass/shared/lists.ts';
import type {
  ClassCall,
  ClassCallsPage,
  ClassPass,
  ClassPassesPage,
  ClassUsage,
  NamesInput,
  NewPass,
  OfferedPlan,
  OwnClassroomUpdate,
} from '@hallpass/shared/teaching.ts';

import { send, sendJson } from './http.ts';

export type { ClassCall, ClassCallsPage, ClassPass, ClassUsage, NewPass, OfferedPlan };

const CLASSROOMS = '/api/classrooms';
const pathOf = (classroomId: string) => `${CLASSROOMS}/${encodeURIComponent(classroomId)}`;

/** By name. @throws Problem. */
export async function listOwnClassrooms(token: string): Promise<ClassroomView[]> {
  return (await sendJson<{ data: ClassroomView[] }>(CLASSROOMS, { token })).data;
}

/** @param id undefined makes a new one. @throws Problem. */
export function saveOwnClassroom(
  token: string,
  id: string | undefined,
  body: OwnClassroomUpdate,
): Promise<ClassroomView> {
  if (id === undefined) return sendJson<ClassroomView>(CLASSROOMS, { method: 'POST', body, token });
  return sendJson<ClassroomView>(pathOf(id), { method: 'PUT', body, token });
}

/** @throws Problem. */
export async function listOfferedPlans(token: string): Promise<OfferedPlan[]> {
  return (await sendJson<{ data: OfferedPlan[] }>('/api/plans', { token })).data;
}

/** As many as a class can have that was filled here; an administrator may have put more into it. */
const PAGES_MAX = 10;

/** All passes of a class, by name. @throws Problem. */
export async function listClassPasses(token: string, classroomId: string): Promise<ClassPass[]> {
  const passes: ClassPass[] = [];
  let cursor = '';
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const answer = await sendJson<ClassPassesPage>(`${pathOf(classroomId)}/passes?limit=200${cursor}`, { token });
    passes.push(...answer.data);
    if (answer.next_cursor === null) break;
    cursor = `&cursor=${encodeURIComponent(answer.next_cursor)}`;
  }
  return passes.toSorted((a, b) => (a.name ?? '').localeCompare(b.name ?? ''));
}

/** The answer is the only one that ever holds the keys. All are made or none. @throws Problem. */
export async function makeClassPasses(token: string, classroomId: string, body: NamesInput): Promise<NewPass[]> {
  const path = `${pathOf(classroomId)}/passes`;
  return (await sendJson<{ data: NewPass[] }>(path, { method: 'POST', body, token, timeoutMs: 60_000 })).data;
}

/** @throws Problem. */
export async function setClassPassBlocked(
  token: string,
  classroomId: string,
  pass: string,
  blocked: boolean,
): Promise<void> {
  const path = `${pathOf(classroomId)}/passes/${blocked ? 'block' : 'unblock'}`;
  await sendJson(path, { method: 'POST', body: { passes: [pass] }, token });
}

/** Valid for so many days from now. @throws Problem. */
export async function extendClassPasses(
  token: string,
  classroomId: string,
  passes: readonly string[],
  days: number,
): Promise<void> {
  const path = `${pathOf(classroomId)}/passes/extend`;
  for (let i = 0; i < passes.length; i += NAMES_MAX)
    await sendJson(path, { method: 'POST', body: { passes: passes.slice(i, i + NAMES_MAX), days }, token });
}

/** New keys, told this once. @param graceHours how long the old ones are still good. @throws Problem. */
export async function rotateClassPasses(
  token: string,
  classroomId: string,
  passes: readonly string[],
  graceHours: number,
): Promise<NewPass[]> {
  const path = `${pathOf(classroomId)}/passes/rotate`;
  const body = { passes, grace_hours: graceHours };
  return (await sendJson<{ data: NewPass[] }>(path, { method: 'POST', body, token, timeoutMs: 60_000 })).data;
}

export interface OwnCodeFilter {
  status?: string | undefined;
  cursor?: string | undefined;
}

/** The newest first. @throws Problem. */
export function listClassCodes(token: string, classroomId: string, filter: OwnCodeFilter): Promise<CodesPage> {
  const named = Object.entries(filter).filter(([, value]) => value) as [string, string][];
  return sendJson<CodesPage>(`${pathOf(classroomId)}/codes?${new URLSearchParams(named).toString()}`, { token });
}

/** The answer is the only one that ever holds the codes. @throws Problem. */
export async function makeClassCodes(
  token: string,
  classroomId: string,
  body: { count: number; days: number | null },
): Promise<NewCode[]> {
  const path = `${pathOf(classroomId)}/codes`;
  return (await sendJson<{ data: NewCode[] }>(path, { method: 'POST', body, token })).data;
}

/** @throws Problem. */
export async function revokeClassCode(token: string, classroomId: string, id: string): Promise<void> {
  await sendJson(`${pathOf(classroomId)}/codes/${encodeURIComponent(id)}`, { method: 'DELETE', token });
}

/** @throws Problem. */
export function readClassUsage(token: string, classroomId: string, range: string): Promise<ClassUsage> {
  return sendJson<ClassUsage>(`${pathOf(classroomId)}/usage?range=${range}`, { token });
}

/** The newest first. @throws Problem. */
export function listClassCalls(token: string, classroomId: string, cursor = ''): Promise<ClassCallsPage> {
  const query = cursor ? `?cursor=${encodeURIComponent(cursor)}` : '';
  return sendJson<ClassCallsPage>(`${pathOf(classroomId)}/calls${query}`, { token });
}

/** All calls of a class, as CSV. @throws Problem. */
export async function exportClassCalls(token: string, classroomId: string): Promise<{ name: string; content: Blob }> {
  const response = await send(`${pathOf(classroomId)}/calls/export`, { token });
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1];
  return { name: name ?? 'hallpass-class.csv', content: await response.blob() };
}
