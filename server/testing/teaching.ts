// Teachers with classes of their own, for tests: made the way a teacher makes them.
import type { ClassroomView, NewCode } from '@hallpass/shared/classrooms.ts';
import type { NewPass } from '@hallpass/shared/teaching.ts';

import type { GatewayApp } from './gateway-app.ts';
import { addPlan } from './passes.ts';
import { signInAs } from './people.ts';

export interface Taught {
  userId: string;
  token: string;
  planId: string;
  classroom: ClassroomView;
  passes: NewPass[];
  codes: NewCode[];
}

export type Send = (token: string, method: string, path: string, json?: unknown) => Promise<Response>;

export function sender({ app }: GatewayApp): Send {
  return (token, method, path, json) => app.request(path, { method, token, ...(json === undefined ? {} : { json }) });
}

/** A teacher with a class on a plan of 30 days, passes for these names and two codes. */
export async function teach(gateway: GatewayApp, name: string, students: readonly string[]): Promise<Taught> {
  const send = sender(gateway);
  const { userId, token } = await signInAs(gateway.app.ctx, 'teacher');
  const planId = await addPlan(gateway.app.ctx, { durationMs: 30 * 86_400_000 });
  const made = async <T>(path: string, json: unknown): Promise<T> => {
    const response = await send(token, 'POST', path, json);
    if (response.status !== 201) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  };
  const classroom = await made<ClassroomView>('/api/classrooms', { name, plan_id: planId });
  const path = `/api/classrooms/${classroom.id}`;
  const passes = (await made<{ data: NewPass[] }>(`${path}/passes`, { names: students })).data;
  const codes = (await made<{ data: NewCode[] }>(`${path}/codes`, { count: 2 })).data;
  return { userId, token, planId, classroom, passes, codes };
}
