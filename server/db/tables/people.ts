// Who may call: users, plans, classrooms, seats, passes, activation codes.
import type { Flag, Json, Ms, Nanos, PermissionColumns, Timestamps } from './columns.ts';

/** The permission columns are what an administrator set for this user alone. */
export interface UsersTable extends PermissionColumns, Timestamps {
  id: string;
  email: string | null;
  username: string | null;
  passwordHash: string | null;
  role: string;
  displayName: string | null;
  locale: string | null;
  oidcIssuer: string | null;
  oidcSubject: string | null;
  status: string;
  tokensValidAfter: Ms;
  lastLoginAt: Ms | null;
}

export interface InvitesTable {
  id: string;
  tokenHash: string;
  kind: string;
  role: string | null;
  userId: string | null;
  createdBy: string | null;
  createdAt: Ms;
  expiresAt: Ms;
  usedAt: Ms | null;
}

export interface PlansTable extends PermissionColumns, Timestamps {
  id: string;
  name: string;
  description: string | null;
  builtIn: Flag;
  /** A budget shared by everyone on the plan, beside the one each of them has. */
  poolBudgetNanos: Nanos | null;
  poolBudgetPeriod: string | null;
  durationMs: Ms | null;
}

export interface ClassroomsTable extends PermissionColumns, Timestamps {
  id: string;
  name: string;
  ownerUserId: string | null;
  planId: string | null;
  locale: string | null;
  timeZone: string | null;
  joinCodeHash: string | null;
  systemPrompt: string | null;
  pausedAt: Ms | null;
  status: string;
  metadata: Json;
}

export interface ClassroomTeachersTable {
  classroomId: string;
  userId: string;
  createdAt: Ms;
}

export interface SeatsTable extends PermissionColumns, Timestamps {
  id: string;
  classroomId: string;
  displayName: string;
  userId: string | null;
  deviceSecretHash: string | null;
  rejoinCodeHash: string | null;
  status: string;
}

export interface PassesTable extends PermissionColumns, Timestamps {
  id: string;
  publicId: string;
  tokenHash: string;
  /** Masked form for display, such as `sk-hp-3f9a…Xy7k`. */
  keyName: string;
  alias: string | null;
  planId: string | null;
  userId: string | null;
  seatId: string | null;
  classroomId: string | null;
  status: string;
  /** `teacher` or `administration`; null while it is not blocked. */
  blockedBy: string | null;
  expiresAt: Ms | null;
  modelAliases: Json | null;
  metadata: Json;
  litellmExtra: Json;
  createdBy: string | null;
  lastUsedAt: Ms | null;
}

/** A key that a newer one has replaced, and until when it is still good. */
export interface ReplacedKeysTable {
  tokenHash: string;
  passId: string;
  validUntil: Ms;
  createdAt: Ms;
}

export interface ActivationCodesTable {
  id: string;
  codeHash: string;
  publicPart: string;
  classroomId: string | null;
  seatId: string | null;
  planId: string | null;
  status: string;
  createdBy: string | null;
  createdAt: Ms;
  expiresAt: Ms | null;
  redeemedAt: Ms | null;
  redeemedPassId: string | null;
  redeemedUserId: string | null;
}

export interface RevokedLoginsTable {
  /** The `jti` of a signed-out token, kept until the token would have expired by itself. */
  id: string;
  userId: string;
  expiresAt: Ms;
}

/** A named preset of a model and its parameters; it holds no key and no address. */
export interface AgentsTable extends Timestamps {
  id: string;
  userId: string;
  name: string;
  description: string | null;
  /** A public model name; it may be gone or forbidden by now. */
  model: string;
  systemPrompt: string | null;
  parameters: Json;
}
