// What may be set on a pass, and how its columns keep it.
import type { Timetable } from '@hallpass/shared/timetable.ts';

import type { AuditEntry } from '../audit/rules.ts';
import type { ContentPolicy } from '../plans/levels.ts';
import type { PassRow } from './store.ts';

/** On whose behalf a pass is switched off. */
export type BlockedBy = 'teacher' | 'administration';

/** null = not set on the pass, so the class's or the plan's value holds. */
export interface PassSettings {
  alias: string | null;
  models: string[] | null;
  accessSchedule: Timetable | null;
  contentPolicy: ContentPolicy | null;
  maxOutputTokens: number | null;
  budgetNanos: number | null;
  budgetPeriod: string | null;
  rpmLimit: number | null;
  tpmLimit: number | null;
  maxParallel: number | null;
  expiresAt: number | null;
  status: 'active' | 'blocked';
  /** Set together with `status`, by `blocks.ts` alone. */
  blockedBy: BlockedBy | null;
  /** The caller's own names for models. */
  modelAliases: Record<string, string> | null;
  metadata: Record<string, unknown>;
  /** Fields of LiteLLM that we keep and give back but do not act on. */
  litellmExtra: Record<string, unknown>;
}

/** Whose a pass is. */
export interface PassOwners {
  planId: string | null;
  userId: string | null;
  seatId: string | null;
  classroomId: string | null;
}

/** Who changes a pass, for the audit log. */
export type ChangedBy = Pick<AuditEntry, 'actor' | 'ip'>;

export const UNSET: PassSettings = {
  alias: null,
  models: null,
  accessSchedule: null,
  contentPolicy: null,
  maxOutputTokens: null,
  budgetNanos: null,
  budgetPeriod: null,
  rpmLimit: null,
  tpmLimit: null,
  maxParallel: null,
  expiresAt: null,
  status: 'active',
  blockedBy: null,
  modelAliases: null,
  metadata: {},
  litellmExtra: {},
};

const JSON_FIELDS = new Set<string>(['models', 'accessSchedule', 'modelAliases', 'metadata', 'litellmExtra']);

type Columns<T> = Pick<PassRow, keyof T & keyof PassSettings>;

/** The columns of the settings given, and of no others: whatever else the object carries stays out. */
export function columnsOf<T extends Partial<PassSettings>>(settings: T): Columns<T> {
  const columns: Record<string, unknown> = {};
  for (const name of Object.keys(UNSET) as (keyof PassSettings)[]) {
    const value = settings[name];
    if (value === undefined) continue;
    columns[name] = JSON_FIELDS.has(name) && value !== null ? JSON.stringify(value) : value;
  }
  return columns as Columns<T>;
}
