// Blocked addresses, settings, audit, jobs, and the version row every process polls.
import type { Generated } from 'kysely';

import type { Flag, Json, Ms } from './columns.ts';

export interface BlockedIpsTable {
  id: string;
  ipAddress: string;
  reason: string | null;
  createdBy: string | null;
  createdAt: Ms;
  expiresAt: Ms | null;
}

export interface BlockedAttemptsTable {
  id: string;
  blockedIpId: string;
  ip: string;
  path: string;
  hour: number;
  attempts: number;
  lastAt: Ms;
}

export interface AlertsTable {
  id: string;
  kind: string;
  level: string;
  subjectId: string;
  subjectName: string;
  /** Values of its sentence. */
  detail: Json;
  raisedAt: Ms;
  resolvedAt: Ms | null;
}

/** A message about an alert on its way to a receiver. */
export interface AlertMessagesTable {
  id: string;
  /** `webhook` or `mail`. */
  target: string;
  body: Json;
  tries: number;
  nextTryAt: Ms;
  createdAt: Ms;
  /** When it arrived or was given up; null while it is tried. */
  endedAt: Ms | null;
  /** Why the last try failed; null when it arrived. */
  error: string | null;
}

export interface SettingsTable {
  key: string;
  value: string;
  updatedAt: Ms;
  updatedBy: string | null;
}

export interface AuditTable {
  seq: number;
  id: string;
  at: Ms;
  actorId: string | null;
  actorName: string | null;
  action: string;
  targetKind: string | null;
  targetId: string | null;
  detail: Json;
  ip: string | null;
  previousHash: string;
  hash: string;
}

export interface JobsTable {
  id: string;
  kind: string;
  status: string;
  runAt: Ms;
  startedAt: Ms | null;
  endedAt: Ms | null;
  attempts: number;
  payload: Json;
  result: Json | null;
}

/** One row; `version` grows with every change that processes cache. */
export interface ChangesTable {
  id: number;
  version: Generated<number>;
}

/** One row per server process on a PostgreSQL database; empty on SQLite. Times are the database's, not the process's. */
export interface ReplicasTable {
  id: string;
  /** The machine and its process numbers' space; together with `pid` it tells a neighbour whether the process lives. */
  host: string;
  pid: number;
  startedAt: Ms;
  seenAt: Ms;
  /** The number of its last committed group, written in the same transaction. */
  lastGroup: number;
}

/** One row: where the processes on this database keep their limits now. */
export interface LimitEpochsTable {
  id: number;
  epoch: number;
  /** `redis` or `memory`. */
  store: string;
  runId: string;
  participants: Json | null;
}

/** One row per server process that shares limits. Times are the database's. */
export interface LimitMembersTable {
  id: string;
  epoch: number;
  redisOk: Flag;
  seenAt: Ms;
  leftAt: Ms | null;
  postedAt: Ms;
  /** What it had counted when it adopted the epoch, or left. */
  counted: Json;
  /** What its own clock showed when it was last seen. */
  clockAt: Ms;
}
