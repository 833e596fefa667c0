// Builds the frozen value a call is decided from, out of rows and settings. Pure.
import { isIP } from 'node:net';
import { type Locale, LOCALES } from '@hallpass/shared/errors.ts';
import { z } from 'zod';

import { GUEST_PLAN_ID, settingsRpm } from '../plans/built-in.ts';
import type { PermissionLevel, Principal } from '../plans/levels.ts';
import { emptyLevel, levelOf } from '../plans/rows.ts';
import { type CallParties, countedKeys } from '../plans/rules.ts';
import type { PlanRow } from '../plans/store.ts';
import type { SystemSettings } from '../settings/settings.ts';
import type { PassParts, UserRow } from './store.ts';

/** What holds for everybody on this server. */
export interface Installation {
  settings: Readonly<SystemSettings>;
  timeZone: string;
}

const NOBODY = {
  passId: null,
  passName: null,
  passStatus: 'active',
  expiresAt: null,
  modelAliases: Object.freeze({}),
  planId: null,
  userId: null,
  userName: null,
  seatId: null,
  seatName: null,
  classroomId: null,
  classroomName: null,
  classroomPausedAt: null,
  activationCode: null,
  locale: null,
} as const satisfies Partial<Principal>;

/** The principal of a pass, with the levels pass → seat → classroom → user → plan → system. */
export function passPrincipal(parts: PassParts, installation: Installation): Principal {
  const { pass, seat, classroom, user, plan } = parts;
  const passName = pass.alias ?? seat?.displayName ?? pass.keyName;
  const levels = [
    levelOf({ kind: 'pass', id: pass.id, name: passName, createdAt: pass.createdAt }, pass),
    seat && levelOf({ kind: 'seat', id: seat.id, name: seat.displayName, createdAt: seat.createdAt }, seat),
    classroom && levelOf({ ...classroom, kind: 'classroom' }, classroom),
    user && userLevel(user),
    plan && planLevel(plan, installation),
    systemLevel(installation),
  ];
  return freeze({
    ...NOBODY,
    kind: 'pass',
    levels: levels.filter((level) => level !== undefined),
    passId: pass.id,
    passName,
    passStatus: [pass, seat, classroom, user].every((row) => !row || row.status === 'active') ? 'active' : 'blocked',
    expiresAt: pass.expiresAt,
    modelAliases: Object.freeze(aliasesOf(pass.modelAliases)),
    planId: plan?.id ?? null,
    ...userFields(user),
    seatId: seat?.id ?? null,
    seatName: seat?.displayName ?? null,
    classroomId: classroom?.id ?? null,
    classroomName: classroom?.name ?? null,
    classroomPausedAt: classroom?.pausedAt ?? null,
    activationCode: parts.activationCode ?? null,
    locale: localeOf(classroom?.locale) ?? localeOf(user?.locale),
    timeZone: classroom?.timeZone ?? installation.timeZone,
  });
}

/** The principal of a signed-in user without a pass. */
export function userPrincipal(user: UserRow, plan: PlanRow, installation: Installation): Principal {
  return freeze({
    ...NOBODY,
    kind: 'user',
    levels: [userLevel(user), planLevel(plan, installation), systemLevel(installation)],
    planId: plan.id,
    ...userFields(user),
    locale: localeOf(user.locale),
    timeZone: installation.timeZone,
  });
}

/** The principal of a guest: known by the address only, and their words are never kept. */
export function guestPrincipal(ip: string, plan: PlanRow, installation: Installation): Principal {
  const guest = emptyLevel({ kind: 'guest', id: guestId(ip), name: plan.name, createdAt: plan.createdAt });
  return freeze({
    ...NOBODY,
    kind: 'guest',
    levels: [{ ...guest, contentPolicy: 'none' }, planLevel(plan, installation), systemLevel(installation)],
    planId: plan.id,
    timeZone: installation.timeZone,
  });
}

/** The principal of the admin key: nothing but the system's own limits. */
export function adminPrincipal(installation: Installation): Principal {
  return freeze({
    ...NOBODY,
    kind: 'adminKey',
    levels: [systemLevel(installation)],
    timeZone: installation.timeZone,
  });
}

/** Under which keys limits may have counted a call, by what its row says of who made it. */
export function countedKeysOf({ ip, ...call }: Omit<CallParties, 'guestId'> & { ip: string | null }): string[] {
  const isGuest = call.passId === null && call.userId === null && ip !== null;
  return countedKeys({ ...call, guestId: isGuest ? guestId(ip) : null });
}

/** One guest per IPv4 address; per /64 network of IPv6, for a single house owns as many addresses as it likes. */
export function guestId(ip: string): string {
  if (isIP(ip) !== 6) return ip;
  const [head = '', tail] = ip.split('::');
  const left = head ? head.split(':') : [];
  const right = tail ? tail.split(':') : [];
  const groups = tail === undefined ? left : [...left, ...Array(8 - left.length - right.length).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

function planLevel(plan: PlanRow, { settings }: Installation): PermissionLevel {
  const level = levelOf({ ...plan, kind: 'plan' }, plan);
  const rpmLimit = settingsRpm(plan.id, settings) ?? level.rpmLimit;
  const pool = { budgetNanos: plan.poolBudgetNanos, budgetPeriod: plan.poolBudgetPeriod };
  return {
    ...level,
    ...(pool.budgetNanos === null ? {} : { pool }),
    rpmLimit,
    contentPolicy: plan.id === GUEST_PLAN_ID ? 'none' : level.contentPolicy,
  };
}

function systemLevel({ settings }: Installation): PermissionLevel {
  const level = emptyLevel({ kind: 'system', id: 'system', name: 'system', createdAt: 0 });
  return { ...level, budgetNanos: settings.systemBudgetNanos, budgetPeriod: '1mo' };
}

function userLevel(user: UserRow): PermissionLevel {
  return levelOf({ kind: 'user', id: user.id, name: nameOf(user), createdAt: user.createdAt }, user);
}

function userFields(user: UserRow | undefined): Pick<Principal, 'userId' | 'userName'> {
  return user ? { userId: user.id, userName: nameOf(user) } : { userId: null, userName: null };
}

function nameOf(user: UserRow): string {
  return user.username ?? user.email ?? user.id;
}

function localeOf(text: string | null | undefined): Locale | null {
  return LOCALES.find((locale) => locale === text) ?? null;
}

function aliasesOf(text: string | null): Record<string, string> {
  if (text === null) return {};
  try {
    return Object.assign(Object.create(null) as object, z.record(z.string(), z.string()).parse(JSON.parse(text)));
  } catch {
    // Written by us and checked then; damaged aliases name nothing, so the caller meets “no such model”.
    return {};
  }
}

function freeze(principal: Principal): Principal {
  for (const level of principal.levels) Object.freeze(level);
  Object.freeze(principal.levels);
  return Object.freeze(principal);
}
