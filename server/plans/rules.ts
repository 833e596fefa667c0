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

/** The parties of a call as its row in the ledger names them. */
export type CallParties = Pick<Principal, 'passId' | 'seatId' | 'classroomId' | 'userId' | 'planId'> & {
  /** Null where somebody is known. */
  guestId: string | null;
};

/** The keys of every scope that `limitScopes` can have for the caller of this call, limited or not. */
export function countedKeys({ passId, seatId, classroomId, userId, planId, guestId }: CallParties): string[] {
  const own = Object.entries({ pass: passId, seat: seatId, classroom: classroomId, user: userId, guest: guestId })
    .filter(([, id]) => id !== null)
    .map(([kind, id]) => `${kind}:${id}`);
  const party = passId ? `pass:${passId}` : userId ? `user:${userId}` : `guest:${guestId}`;
  return [...own, ...(planId === null ? [] : [`${party}@plan:${planId}`]), 'system:system'];
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
