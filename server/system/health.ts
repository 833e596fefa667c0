// How the server itself is: for the console's page, and read nowhere else.
import { stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { sql } from 'kysely';

import type { SystemHealth } from '@hallpass/shared/system.ts';

import manifest from '../../package.json' with { type: 'json' };
import type { AppContext } from '../context.ts';
import { migrations } from '../db/migrations/index.ts';
import { diskRoom } from '../lib/disk.ts';

const STARTED_AT = Date.now() - Math.round(performance.now());

export async function readHealth(ctx: AppContext): Promise<SystemHealth> {
  const { config, settings, gateway } = ctx;
  const { logRetentionDays, contentRetentionDays } = settings.current();
  const room = await diskRoom(dirname(config.DATABASE_PATH));
  return {
    version: manifest.version,
    started_at: iso(STARTED_AT),
    runtime: `Bun ${Bun.version}`,
    host: hostname(),
    time_zone: config.TIME_ZONE,
    memory_bytes: process.memoryUsage.rss(),
    live_calls: gateway.running.size,
    database: await databaseHealth(ctx),
    redis: ctx.redis ? { up: ctx.redis.link.isUp, limits: ctx.redis.limits.store } : null,
    servers: await serversOf(ctx),
    disk: room && { free_bytes: room.freeBytes, total_bytes: room.totalBytes },
    retention_days: { calls: logRetentionDays, contents: contentRetentionDays },
  };
}

async function databaseHealth({ db, database, config }: AppContext): Promise<SystemHealth['database']> {
  const began = performance.now();
  await db.selectFrom('changes').select('version').executeTakeFirst();
  const answerMs = performance.now() - began;
  const oldest = await db.selectFrom('calls').select('openedAt').orderBy('openedAt').limit(1).executeTakeFirst();
  return {
    engine: database.engine,
    answer_ms: Math.round(answerMs * 100) / 100,
    size_bytes: await sizeOf(database, config.DATABASE_PATH),
    migration: Object.keys(migrations).at(-1)!,
    call_rows: await countCallRows(db),
    oldest_call_at: oldest ? iso(oldest.openedAt) : null,
  };
}

/** From the roll-ups: counting a million rows takes longer than the page may. Calls that run now are not in it. */
async function countCallRows(db: AppContext['db']): Promise<number> {
  const rows = await db
    .selectFrom('usageRollups')
    .select(({ fn }) => ['dimension', fn.sum<number | string>('calls').as('calls')])
    .where('dimension', 'in', ['all', 'folded'])
    .groupBy('dimension')
    .execute();
  const of = (name: string) => Number(rows.find(({ dimension }) => dimension === name)?.calls ?? 0);
  return of('all') - of('folded');
}

async function sizeOf({ engine, raw }: AppContext['database'], path: string): Promise<number | null> {
  if (engine === 'sqlite') {
    // What was written last stands in the log beside the file.
    const sizes = await Promise.all([path, `${path}-wal`].map((file) => stat(file).catch(() => ({ size: 0 }))));
    return sizes.reduce((sum, { size }) => sum + size, 0);
  }
  const { rows } = await sql<{ size: number | string }>`select pg_database_size(current_database()) as size`.execute(
    raw,
  );
  return Number(rows[0]?.size ?? 0);
}

async function serversOf({ db, database }: AppContext): Promise<SystemHealth['servers']> {
  if (database.engine === 'sqlite')
    return [{ host: hostname(), pid: process.pid, started_at: iso(STARTED_AT), seen_at: iso(Date.now()) }];
  const rows = await db.selectFrom('replicas').selectAll().orderBy('startedAt').execute();
  return rows.map(({ host, pid, startedAt, seenAt }) => ({
    host: host.split(' ')[0]!,
    pid,
    started_at: iso(startedAt),
    seen_at: iso(seenAt),
  }));
}

const iso = (ms: number) => new Date(ms).toISOString();
