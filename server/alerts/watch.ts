// Looks round now and then: what is new is raised and told, what is over is resolved and told.
import type { AppContext } from '../context.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { type Condition, conditionsOf, type Facts } from './conditions.ts';
import { readFacts } from './facts.ts';
import { enqueue } from './messages.ts';
import * as store from './store.ts';
import type { AlertRow } from './store.ts';

const LOOK_EVERY_MS = 30_000;
const KEPT_MS = 90 * 86_400_000;

export function startAlertWatch(ctx: AppContext): Rounds {
  return startRounds(
    LOOK_EVERY_MS,
    () => watch(ctx),
    (error) => ctx.log.error('what administrators should be told of could not be found out', { error }),
    // What is wrong when the server starts is on the overview as soon as it can be looked at.
    { atOnce: true },
  );
}

/** One round. @param facts given by tests; read otherwise. */
export async function watch(ctx: AppContext, facts?: Facts): Promise<void> {
  const known = facts ?? (await readFacts(ctx));
  const wanted = new Map(
    conditionsOf(known).map((condition) => [keyOf(condition.kind, condition.subjectId), condition]),
  );
  const open = await store.listOpenAlerts(ctx.db);
  const now = ctx.clock.now();
  const fresh = new Map(wanted);
  for (const alert of open) {
    const condition = wanted.get(keyOf(alert.kind, alert.subjectId));
    fresh.delete(keyOf(alert.kind, alert.subjectId));
    if (condition) await refresh(ctx, alert, condition);
    else if (isOurs(alert, known)) await resolve(ctx, alert, { now, isTold: !isWorse(alert, wanted) });
  }
  for (const condition of fresh.values()) await raise(ctx, condition, now);
  await store.forgetAlerts(ctx.db, now - KEPT_MS);
}

/** Other servers' disks are theirs to judge. */
function isOurs({ kind, subjectId }: AlertRow, { disk }: Facts): boolean {
  return kind !== 'disk_low' || subjectId === disk?.host;
}

/** A budget that was nearly used up and now is: that it is no longer nearly so is no good news. */
function isWorse({ kind, subjectId }: AlertRow, wanted: ReadonlyMap<string, Condition>): boolean {
  return kind === 'budget_near' && wanted.has(keyOf('budget_spent', subjectId));
}

/** What has become critical is told again. */
async function refresh(ctx: AppContext, alert: AlertRow, { detail, level }: Condition): Promise<void> {
  const columns = { detail: JSON.stringify(detail), level };
  if (columns.detail === alert.detail && level === alert.level) return;
  await ctx.db.transaction().execute(async (db) => {
    const isChanged = await store.updateAlert(db, alert, columns);
    if (isChanged && level === 'critical' && alert.level !== level)
      await enqueue(ctx, db, 'alert.raised', { ...alert, ...columns });
  });
}

async function raise(ctx: AppContext, condition: Condition, now: number): Promise<void> {
  const { kind, level, subjectId, subjectName } = condition;
  const row: AlertRow = {
    id: ctx.ids.next('alert'),
    kind,
    level,
    subjectId,
    subjectName,
    detail: JSON.stringify(condition.detail),
    raisedAt: now,
    resolvedAt: null,
  };
  await ctx.db.transaction().execute(async (db) => {
    if (await store.raiseAlert(db, row)) await enqueue(ctx, db, 'alert.raised', row);
  });
}

async function resolve(
  ctx: AppContext,
  alert: AlertRow,
  { now, isTold }: { now: number; isTold: boolean },
): Promise<void> {
  await ctx.db.transaction().execute(async (db) => {
    if ((await store.resolveAlert(db, alert.id, now)) && isTold)
      await enqueue(ctx, db, 'alert.resolved', { ...alert, resolvedAt: now });
  });
}

const keyOf = (kind: string, subjectId: string) => `${kind} ${subjectId}`;
