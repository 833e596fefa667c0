// Passes, plans and classrooms for tests.
import type { AppContext } from '../context.ts';
import { NO_PERMISSIONS } from '../db/tables/columns.ts';
import type { ClassroomsTable, PlansTable, SeatsTable } from '../db/tables/people.ts';
import { type IssuedPass, type IssueInput, issuePass } from '../passes/issue.ts';

/** Issues a pass as an admin would. */
export function addPass(ctx: AppContext, input: IssueInput = {}): Promise<IssuedPass> {
  return issuePass(ctx, input, { actor: null });
}

/** @returns the id. */
export async function addPlan(ctx: AppContext, fields: Partial<PlansTable> = {}): Promise<string> {
  const [id, now] = [ctx.ids.next('plan'), ctx.clock.now()];
  const row: PlansTable = {
    id,
    name: id,
    description: null,
    builtIn: 0,
    poolBudgetNanos: null,
    poolBudgetPeriod: null,
    durationMs: null,
    ...NO_PERMISSIONS,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
  await ctx.db.insertInto('plans').values(row).execute();
  return row.id;
}

/** @returns the id. */
export async function addClassroom(ctx: AppContext, fields: Partial<ClassroomsTable> = {}): Promise<string> {
  const [id, now] = [ctx.ids.next('class'), ctx.clock.now()];
  const row: ClassroomsTable = {
    id,
    name: 'Class 7a',
    ownerUserId: null,
    planId: null,
    locale: null,
    timeZone: null,
    joinCodeHash: null,
    systemPrompt: null,
    pausedAt: null,
    status: 'active',
    metadata: '{}',
    ...NO_PERMISSIONS,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
  await ctx.db.insertInto('classrooms').values(row).execute();
  return row.id;
}

/** @returns the id. */
export async function addSeat(ctx: AppContext, classroomId: string, fields: Partial<SeatsTable> = {}): Promise<string> {
  const [id, now] = [ctx.ids.next('seat'), ctx.clock.now()];
  const row: SeatsTable = {
    id,
    classroomId,
    displayName: 'Seat 12',
    userId: null,
    deviceSecretHash: null,
    rejoinCodeHash: null,
    status: 'active',
    ...NO_PERMISSIONS,
    createdAt: now,
    updatedAt: now,
    ...fields,
  };
  await ctx.db.insertInto('seats').values(row).execute();
  return row.id;
}
