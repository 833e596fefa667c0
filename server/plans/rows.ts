// Turns a stored row's permission columns into a level. What cannot be read closes, it never opens.
import { timetable, type Timetable } from '@hallpass/shared/timetable.ts';
import { z } from 'zod';

import type { PermissionColumns } from '../db/tables/columns.ts';
import type { PartyKind } from '../ledger/ledger.ts';
import type { ContentPolicy, PermissionLevel } from './levels.ts';

const CONTENT_POLICIES: readonly string[] = ['none', 'on_request', 'full'] satisfies ContentPolicy[];
/** LiteLLM's words for “everything there is” and “what the team has”. */
const EVERY_MODEL = 'all-proxy-models';
const INHERITED_MODELS = 'all-team-models';

interface LevelOwner {
  kind: PartyKind;
  id: string;
  name: string;
  createdAt: number;
}

/** A level that sets nothing. */
export function emptyLevel({ kind, id, name, createdAt }: LevelOwner): PermissionLevel {
  return {
    kind,
    id,
    name,
    models: null,
    accessSchedule: null,
    contentPolicy: null,
    maxOutputTokens: null,
    budgetNanos: null,
    budgetPeriod: null,
    budgetAnchorAt: createdAt,
    rpmLimit: null,
    tpmLimit: null,
    maxParallel: null,
  };
}

/** One level as its row sets it. */
export function levelOf(owner: LevelOwner, row: PermissionColumns): PermissionLevel {
  return {
    ...emptyLevel(owner),
    models: modelsOf(row.models),
    accessSchedule: scheduleOf(row.accessSchedule),
    contentPolicy: contentPolicyOf(row.contentPolicy),
    maxOutputTokens: row.maxOutputTokens,
    budgetNanos: row.budgetNanos,
    budgetPeriod: row.budgetPeriod,
    rpmLimit: row.rpmLimit,
    tpmLimit: row.tpmLimit,
    maxParallel: row.maxParallel,
  };
}

/** null = not set here. A list that cannot be read allows nothing. */
function modelsOf(text: string | null): string[] | null {
  if (text === null) return null;
  const list = z.array(z.string()).safeParse(parseJson(text));
  if (!list.success) return [];
  if (list.data.length === 0 || list.data.includes(INHERITED_MODELS)) return null;
  return list.data.includes(EVERY_MODEL) ? ['*'] : list.data;
}

/** null = not set here. Hours that cannot be read are never open. */
function scheduleOf(text: string | null): Timetable | null {
  if (text === null) return null;
  const hours = timetable.safeParse(parseJson(text));
  return hours.success ? hours.data : { timezone: 'UTC', windows: [] };
}

function contentPolicyOf(text: string | null): ContentPolicy | null {
  if (text === null) return null;
  return CONTENT_POLICIES.includes(text) ? (text as ContentPolicy) : 'none';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
