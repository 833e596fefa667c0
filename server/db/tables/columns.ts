// Column types and groups that several tables share.

/** 0 or 1: bun:sqlite and PostgreSQL both take it, and neither a boolean. */
export type Flag = number;
/** JSON text, parsed in the store. */
export type Json = string;
/** Epoch milliseconds. */
export type Ms = number;
/** Whole nano-dollars. */
export type Nanos = number;

export interface Timestamps {
  createdAt: Ms;
  updatedAt: Ms;
}

/** Columns that any level (pass, seat, classroom, user, plan) may set; null = not set at this level. */
export interface PermissionColumns {
  models: Json | null;
  accessSchedule: Json | null;
  contentPolicy: string | null;
  maxOutputTokens: number | null;
  budgetNanos: Nanos | null;
  budgetPeriod: string | null;
  rpmLimit: number | null;
  tpmLimit: number | null;
  maxParallel: number | null;
}

/** A level that sets nothing. */
export const NO_PERMISSIONS: Readonly<PermissionColumns> = {
  models: null,
  accessSchedule: null,
  contentPolicy: null,
  maxOutputTokens: null,
  budgetNanos: null,
  budgetPeriod: null,
  rpmLimit: null,
  tpmLimit: null,
  maxParallel: null,
};
