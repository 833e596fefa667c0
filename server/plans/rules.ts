// Reads a caller's levels: which setting wins, which limits count, which models are allowed. Pure.
import type { LimitScope } from '../limits/limits.ts';
import type { ContentPolicy, PermissionLevel, Principal } from './levels.ts';

/** Settings of which the most specific level that has one decides. */
export type OverridingField = 'models' | 'accessSchedule' | 'contentPolicy' | 'maxOutputTokens';

/** The most specific level's value; null where no level sets it. */
export function effective<F extends OverridingField>(levels: readonly PermissionLevel[], field: F): PermissionLevel[F] {
  for (const level of levels) if (level[field] !== null) return level[field];
  return null as PermissionLevel[F];
}

/** What may be kept of what is said; nothing where no level says otherwise. */
export function contentPolicyOf(levels: readonly PermissionLevel[]): ContentPolicy {
  return effective(levels, 'contentPolicy') ?? 'none';
}

/** Whether the levels let this public model name through; a list may hold `*` and `prefix/*`. */
export function isModelAllowed(levels: readonly PermissionLevel[], publicName: string): boolean {
  const models = effective(levels, 'models');
  if (models === null) return true;
  return models.some((name) => (name.endsWith('*') ? publicName.startsWith(name.slice(0, -1)) : name === publicName));
}

const scopesOf = new WeakMap<Principal, readonly LimitScope[]>();

/**
 * Everyone whose rates and concurrency count for this caller. A plan's numbers hold for each pass, user or guest on
 * it, so they are counted under that party; a classroom's and the system's are shared by all in it.
 */
export function limitScopes(principal: Principal): readonly LimitScope[] {
  let scopes = scopesOf.get(principal);
  if (!scopes) {
    const party = principal.levels[0]!;
    scopes = principal.levels.filter(setsLimit).map((level) => scopeOf(level, party));
    scopesOf.set(principal, scopes);
  }
  return scopes;
}

function setsLimit({ rpmLimit, tpmLimit, maxParallel }: PermissionLevel): boolean {
  return rpmLimit !== null || tpmLimit !== null || maxParallel !== null;
}

function scopeOf(level: PermissionLevel, party: PermissionLevel): LimitScope {
  const own = `${level.kind}:${level.id}`;
  return {
    key: level.kind === 'plan' ? `${party.kind}:${party.id}@${own}` : own,
    name: level.name,
    rpm: level.rpmLimit,
    tpm: level.tpmLimit,
    maxParallel: level.maxParallel,
  };
}
