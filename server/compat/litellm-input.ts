// LiteLLM's fields of a key → what we set on a pass. What nobody may set is left out; what we do not act on is kept.
import type { KeyFields } from '@hallpass/shared/litellm.ts';
import { dollarsToNanos, NANOS_PER_DOLLAR } from '@hallpass/shared/money.ts';

import type { AppContext } from '../context.ts';
import { isAdminKey } from '../http/guards.ts';
import { AppError } from '../lib/app-error.ts';
import { addDuration, formatDuration, parseDuration } from '../lib/durations.ts';
import { blockedBy, UNBLOCKED } from '../passes/blocks.ts';
import type { PassOwners, PassSettings } from '../passes/pass-settings.ts';
import { exists } from '../passes/store.ts';

type Json = Record<string, unknown>;

/** Kept JSON of one pass, in characters; and how deep it may be nested. */
export const KEPT_JSON_MAX = 16_384;
export const KEPT_DEPTH_MAX = 20;

/** Fields with a meaning of their own here; the rest is kept. */
const KNOWN = new Set([
  'key',
  'key_alias',
  'duration',
  'models',
  'max_budget',
  'budget_duration',
  'rpm_limit',
  'tpm_limit',
  'max_parallel_requests',
  'metadata',
  'aliases',
  'permissions',
  'blocked',
  'user_id',
  'team_id',
  'plan_id',
]);
/** Fields that only the server sets, and names that every object has. */
const PROTECTED = new Set([
  'token',
  'token_id',
  'key_name',
  'spend',
  'expires',
  'budget_reset_at',
  'created_at',
  'created_by',
  'updated_at',
  'updated_by',
  'litellm_budget_table',
  'litellm_extra',
  'model_spend',
  '__proto__',
  'constructor',
  'prototype',
]);

/** Where in `litellmExtra` the parts of `permissions` are that are not class hours, and labels that name no row. */
export const EXTRA_PERMISSIONS = 'permissions';
export const EXTRA_USER = 'user_id';
export const EXTRA_TEAM = 'team_id';

/**
 * @param kept what the pass kept before; null for a new one.
 * @throws AppError invalid_parameter naming the field.
 */
export function settingsOf(body: KeyFields, kept: Json | null, now: number): Partial<PassSettings> {
  const settings: Partial<PassSettings> = {
    ...given('alias', body.key_alias, (alias) => alias || null),
    ...given('models', body.models, (models) => (models.length > 0 ? models : null)),
    ...given('budgetNanos', body.max_budget, nanosOf),
    ...given('budgetPeriod', body.budget_duration, (text) => formatDuration(durationOf('budget_duration', text))),
    ...given('expiresAt', body.duration, (text) => expiryOf(text, now)),
    ...given('rpmLimit', body.rpm_limit, same),
    ...given('tpmLimit', body.tpm_limit, same),
    ...given('maxParallel', body.max_parallel_requests, same),
    ...given('modelAliases', body.aliases, same),
    ...given('accessSchedule', body.permissions, (permissions) => permissions.access_schedule ?? null),
  };
  if (body.blocked !== undefined) Object.assign(settings, body.blocked ? blockedBy('administration') : UNBLOCKED);
  if (body.metadata !== undefined) settings.metadata = bounded('metadata', body.metadata ?? {});
  settings.litellmExtra = bounded('litellm_extra', extraOf(body, kept ?? {}));
  return settings;
}

/** The value of a key of the caller's own. @throws AppError invalid_parameter when it could be taken for something else. */
export function ownKeyOf(ctx: AppContext, key: string | null | undefined): string | undefined {
  if (key === null || key === undefined) return undefined;
  const isHash = /^[0-9a-f]{64}$/i.test(key);
  if (isHash || isAdminKey(key, ctx) || ctx.logins.looksLikeLogin(key)) throw invalid('key', 'choose another value');
  return key;
}

/** Longest time of grace of a replaced key. */
export const GRACE_MAX_MS = 90 * 86_400_000;

/** Milliseconds; absent or empty = none. @throws AppError invalid_parameter. */
export function graceOf(text: string | null | undefined, now: number): number {
  if (!text) return 0;
  const graceMs = addDuration(now, durationOf('grace_period', text)) - now;
  if (graceMs > GRACE_MAX_MS) throw invalid('grace_period', 'at most 90d');
  return graceMs;
}

/**
 * Whose the pass is to be. A name that is no row of ours is a label: it is kept and has no effect.
 * @throws AppError invalid_parameter for an id in our form that is not there.
 */
export async function ownersOf(ctx: AppContext, body: KeyFields): Promise<Partial<PassOwners>> {
  const owners: Partial<PassOwners> = {};
  if (body.user_id !== undefined) owners.userId = await rowOrLabel(ctx, 'users', 'user_id', body.user_id);
  if (body.team_id !== undefined) owners.classroomId = await rowOrLabel(ctx, 'classrooms', 'team_id', body.team_id);
  if (body.plan_id !== undefined) owners.planId = await planOf(ctx, body.plan_id);
  return owners;
}

async function planOf(ctx: AppContext, id: string | null): Promise<string | null> {
  if (id === null || (await exists(ctx.db, 'plans', id))) return id;
  throw invalid('plan_id', `no plan has the id ${id}`);
}

const OUR_ID = /^[a-z]+_[0-9a-f]{8}-?[0-9a-f]{4}/;

async function rowOrLabel(
  ctx: AppContext,
  table: 'users' | 'classrooms',
  field: string,
  id: string | null,
): Promise<string | null> {
  if (id === null) return null;
  if (await exists(ctx.db, table, id)) return id;
  if (OUR_ID.test(id)) throw invalid(field, `nothing has the id ${id}`);
  return null;
}

/** Sets a field that the body has; null empties it. */
function given<F extends keyof PassSettings, T>(
  field: F,
  value: T | null | undefined,
  convert: (value: T) => PassSettings[F],
): Partial<PassSettings> {
  if (value === undefined) return {};
  return { [field]: value === null ? null : convert(value) };
}

const same = <T>(value: T): T => value;

function nanosOf(dollars: number): number {
  const nanos = dollarsToNanos(dollars);
  // Noise of binary fractions is forgiven, an amount that we cannot keep is not.
  if (Math.abs(dollars * NANOS_PER_DOLLAR - nanos) > 0.001 + nanos * Number.EPSILON)
    throw invalid('max_budget', 'the smallest amount is 0.000000001 dollars');
  return nanos;
}

function durationOf(field: string, text: string) {
  const duration = parseDuration(text);
  if (!duration) throw invalid(field, 'is not a duration such as 30s, 30m, 30h, 30d, 1w, 1mo');
  return duration;
}

/** LiteLLM's `-1` is “never”. */
function expiryOf(text: string, now: number): number | null {
  return text === '-1' ? null : addDuration(now, durationOf('duration', text));
}

function extraOf(body: Json, kept: Json): Json {
  const extra: Json = { ...kept };
  const set = (name: string, value: unknown) => {
    if (value === null || value === undefined) delete extra[name];
    else extra[name] = value;
  };
  for (const [name, value] of Object.entries(body)) if (!KNOWN.has(name) && !PROTECTED.has(name)) set(name, value);
  for (const label of [EXTRA_USER, EXTRA_TEAM]) if (body[label] !== undefined) set(label, body[label]);
  if (body['permissions'] !== undefined) {
    const { access_schedule: _, ...others } = (body['permissions'] ?? {}) as Json;
    set(EXTRA_PERMISSIONS, Object.keys(others).length > 0 ? others : null);
  }
  return extra;
}

function bounded(field: string, value: Json): Json {
  if (depthOf(value) > KEPT_DEPTH_MAX) throw invalid(field, `is nested deeper than ${KEPT_DEPTH_MAX} levels`);
  if (JSON.stringify(value).length > KEPT_JSON_MAX) throw invalid(field, `is longer than ${KEPT_JSON_MAX} characters`);
  return value;
}

/** Without recursion, for the value comes from outside. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= KEPT_DEPTH_MAX) {
    level = level
      .filter((one) => typeof one === 'object' && one !== null)
      .flatMap((one) => Object.values(one as object));
    depth += 1;
  }
  return depth;
}

function invalid(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}
