// What an audit row holds and how it is hashed.
import { createHash } from 'node:crypto';

import type { AuditTable } from '../db/tables/system.ts';

/** What the first row names as the hash before it. */
export const FIRST_HASH = '0'.repeat(64);

/** Longest `detail` kept, in characters of JSON. */
export const DETAIL_MAX = 16_384;

export interface AuditEntry {
  /** Null for the system itself, such as a start or the command line. */
  actor: { id: string; name: string } | null;
  /** `noun.verb`, such as `settings.update`. */
  action: string;
  target?: { kind: string; id: string };
  /** What changed; JSON, no secrets. */
  detail?: Record<string, unknown>;
  ip?: string | null;
}

type Place = Pick<AuditTable, 'id' | 'at' | 'seq' | 'previousHash'>;

export function toRow(entry: AuditEntry, place: Place): AuditTable {
  const row = {
    ...place,
    actorId: entry.actor?.id ?? null,
    actorName: entry.actor?.name ?? null,
    action: entry.action,
    targetKind: entry.target?.kind ?? null,
    targetId: entry.target?.id ?? null,
    detail: boundedJson(entry.detail ?? {}),
    ip: entry.ip ?? null,
  };
  return { ...row, hash: hashOf(row) };
}

/** Over every column but the hash itself, in a fixed order. */
export function hashOf(row: Omit<AuditTable, 'hash'>): string {
  const { previousHash, seq, id, at, actorId, actorName, action, targetKind, targetId, detail, ip } = row;
  const text = JSON.stringify([
    previousHash,
    seq,
    id,
    at,
    actorId,
    actorName,
    action,
    targetKind,
    targetId,
    detail,
    ip,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

function boundedJson(detail: Record<string, unknown>): string {
  const json = JSON.stringify(detail);
  if (json.length <= DETAIL_MAX) return json;
  return JSON.stringify({ truncated: true, characters: json.length, fields: Object.keys(detail).slice(0, 100) });
}
