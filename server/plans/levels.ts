// What each level (pass, seat, classroom, user, plan, system) allows, and who a caller is once known.
import type { Locale } from '@hallpass/shared/errors.ts';
import type { Timetable } from '@hallpass/shared/timetable.ts';

import type { PartyKind } from '../ledger/ledger.ts';

export type ContentPolicy = 'none' | 'on_request' | 'full';

/** An amount for a period; null period = it never resets, null amount = no budget. */
export interface Budget {
  budgetNanos: number | null;
  /** LiteLLM's durations: `30s 30m 30h 30d 1w 1mo`. */
  budgetPeriod: string | null;
}

/** One level's own settings; null = not set here. */
export interface PermissionLevel extends Budget {
  kind: PartyKind;
  id: string;
  /** How a refusal names it, such as a pass's alias or a plan's name. */
  name: string;
  /** Public model names; an empty list is kept as null (all). */
  models: string[] | null;
  accessSchedule: Timetable | null;
  contentPolicy: ContentPolicy | null;
  maxOutputTokens: number | null;
  /** A plan's budget that everyone on it shares, beside the one each of them has. */
  pool?: Budget;
  /** Where periods that are not aligned to the calendar begin: the level's creation, epoch ms. */
  budgetAnchorAt: number;
  rpmLimit: number | null;
  tpmLimit: number | null;
  maxParallel: number | null;
}

/** Who a call is made by, with everything the gateway decides from; frozen, shared between calls. */
export interface Principal {
  kind: 'pass' | 'user' | 'guest' | 'adminKey';
  /** Most specific first: pass, seat, classroom, user, plan, system. */
  levels: readonly PermissionLevel[];
  passId: string | null;
  passName: string | null;
  passStatus: 'active' | 'blocked';
  expiresAt: number | null;
  /** The caller's own names for models (LiteLLM's `aliases`). */
  modelAliases: Readonly<Record<string, string>>;
  planId: string | null;
  userId: string | null;
  userName: string | null;
  seatId: string | null;
  seatName: string | null;
  classroomId: string | null;
  classroomName: string | null;
  classroomPausedAt: number | null;
  activationCode: string | null;
  /** The classroom’s language where it has one, else the user’s. */
  locale: Locale | null;
  timeZone: string;
}
