// The administrator's list of blocked addresses, at requirement 001's addresses.
import { z } from 'zod';

import {
  BLOCKED_IPS_MAX,
  blockedAttemptView,
  type BlockedIpInput,
  blockedIpInput,
  blockedIpView,
} from '@hallpass/shared/blocked-ips.ts';

import { recordAudit } from '../audit/audit.ts';
import type { AppContext } from '../context.ts';
import { defineRoute, type Route, type RouteInput } from '../http/route.ts';
import { AppError } from '../lib/app-error.ts';
import { isWithin, parseNetwork } from '../lib/networks.ts';
import { checkNetwork } from './rules.ts';
import * as store from './store.ts';

const path = '/api/admin/blocked-ips';
const shared = { guard: 'admin', tag: 'blocked addresses' } as const;
const params = z.object({ id: z.string().max(100) });
const ATTEMPTS_SHOWN = 200;
const HOUR_MS = 3_600_000;

type Input = Pick<RouteInput<unknown, unknown, unknown>, 'ctx' | 'http' | 'user'>;

export const blocklistRoutes: readonly Route[] = [
  defineRoute({
    ...shared,
    method: 'get',
    path,
    summary: 'List the blocked addresses and networks with their refused visits',
    response: z.array(blockedIpView),
    handler: async ({ ctx, http }) => {
      await ctx.blockedAttempts.write();
      return (await store.listBlockedIps(ctx.db)).map((row) => viewOf(row, http.get('ip')));
    },
  }),
  defineRoute({
    ...shared,
    method: 'post',
    path,
    summary: 'Block an address or a network (CIDR) on the users’ pages',
    body: blockedIpInput,
    response: blockedIpView,
    status: 201,
    handler: (input) => block(input, input.body),
  }),
  defineRoute({
    ...shared,
    method: 'delete',
    path: `${path}/:id`,
    summary: 'Let a blocked address in again',
    params,
    response: z.object({ id: z.string(), deleted: z.literal(true) }),
    handler: (input) => unblock(input, input.params.id),
  }),
  defineRoute({
    ...shared,
    method: 'get',
    path: `${path}/:id/attempts`,
    summary: 'The latest refused visits of a blocked address, by hour',
    params,
    response: z.array(blockedAttemptView),
    handler: async ({ ctx, params: { id } }) => {
      if (!(await store.findBlockedIp(ctx.db, id))) throw new AppError('not_found');
      await ctx.blockedAttempts.write();
      const rows = await store.listAttempts(ctx.db, id, ATTEMPTS_SHOWN);
      return rows.map(({ ip, path: asked, hour, attempts, lastAt }) => ({
        ip,
        path: asked,
        hour: isoOf(hour * HOUR_MS),
        attempts,
        last_at: isoOf(lastAt),
      }));
    },
  }),
];

async function block({ ctx, http, user }: Input, body: BlockedIpInput) {
  const ipAddress = checkNetwork(body.ip_address);
  const id = ctx.ids.next('blk');
  const now = ctx.clock.now();
  const expiresAt = body.expires_at ? Date.parse(body.expires_at) : null;
  if (expiresAt !== null && expiresAt <= now) throw invalid('expires_at', 'the end has to lie ahead');
  await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    if ((await store.countBlockedIps(db)) >= BLOCKED_IPS_MAX)
      throw invalid('ip_address', `the list holds at most ${BLOCKED_IPS_MAX} entries`);
    if (await store.isBlocked(db, ipAddress, now))
      throw new AppError('already_exists', { param: 'ip_address', params: { what: ipAddress } });
    const reason = body.reason || null;
    await store.insertBlockedIp(db, { id, ipAddress, reason, createdBy: user!.id, createdAt: now, expiresAt });
    await audit({ ctx, http, user }, 'blocked_ip.create', id, { ip_address: ipAddress, reason }, db);
  });
  await ctx.blocklist.reload();
  return viewOf((await store.findBlockedIp(ctx.db, id))!, http.get('ip'));
}

function invalid(param: string, detail: string): AppError {
  return new AppError('invalid_parameter', { param, params: { param, detail } });
}

async function unblock({ ctx, http, user }: Input, id: string) {
  await ctx.db.transaction().execute(async (db) => {
    await ctx.bumpChanges(db);
    const row = await store.deleteBlockedIp(db, id);
    if (!row) throw new AppError('not_found');
    await audit({ ctx, http, user }, 'blocked_ip.delete', id, { ip_address: row.ipAddress }, db);
  });
  await ctx.blocklist.reload();
  return { id, deleted: true as const };
}

async function audit(
  { ctx, http, user }: Input,
  action: string,
  id: string,
  detail: Record<string, unknown>,
  db: AppContext['db'],
): Promise<void> {
  const actor = user ? { id: user.id, name: user.name } : null;
  await recordAudit(ctx, { actor, ip: http.get('ip'), action, target: { kind: 'blocked_ip', id }, detail }, db);
}

type Row = Awaited<ReturnType<typeof store.listBlockedIps>>[number];

function viewOf(row: Row, visitorIp: string): z.input<typeof blockedIpView> {
  const network = parseNetwork(row.ipAddress);
  return {
    id: row.id,
    ip_address: row.ipAddress,
    covers_you: network !== undefined && isWithin(network, visitorIp),
    reason: row.reason,
    created_at: isoOf(row.createdAt),
    created_by: row.creator,
    expires_at: row.expiresAt === null ? null : isoOf(row.expiresAt),
    attempts: Number(row.attempts ?? 0),
    last_attempt_at: row.lastAttemptAt === null ? null : isoOf(row.lastAttemptAt),
  };
}

const isoOf = (ms: number): string => new Date(ms).toISOString();
