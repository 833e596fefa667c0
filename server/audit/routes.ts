// The audit log for administrators: read, and verified.
import { z } from 'zod';

import { auditPage, auditQuery, type AuditView, auditVerdict } from '@hallpass/shared/audit.ts';

import type { AuditTable } from '../db/tables/system.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { findAuditDamage } from './audit.ts';
import { listAudit } from './store.ts';

const shared = { guard: 'admin', tag: 'audit log' } as const;

export const auditRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/audit',
    summary: 'Who changed or read what, newest first',
    query: auditQuery,
    response: auditPage,
    handler: async ({ ctx, query: { cursor, limit, ...filter } }) => {
      const rows = await listAudit(ctx.db, { ...filter, before: cursor }, limit + 1);
      const page = rows.slice(0, limit);
      return { data: page.map(viewOf), next_cursor: rows.length > limit ? String(page.at(-1)!.seq) : null };
    },
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: '/api/admin/audit/verify',
    summary: 'Walk the chain of hashes: was a row changed, removed or put in?',
    query: z.object({}),
    response: auditVerdict,
    handler: async ({ ctx }) => {
      const damage = await findAuditDamage(ctx.db);
      return { intact: damage === undefined, damage: damage ?? null };
    },
  }),
];

function viewOf(row: AuditTable): AuditView {
  return {
    seq: row.seq,
    id: row.id,
    at: new Date(row.at).toISOString(),
    actor_id: row.actorId,
    actor_name: row.actorName,
    action: row.action,
    target_kind: row.targetKind,
    target_id: row.targetId,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
    ip: row.ip,
  };
}
