// Health checks by timer: a channel whose administrator asked for it is asked the test's short question now and then.
// A failure counts as any call's would, an answer ends a rest. What is due is in the channel's own row, so a restart
// forgets nothing and of several replicas one asks.
import { channelOptionsSchema } from '@hallpass/shared/channel-options.ts';
import { type ChannelTest, type ChannelTestResult } from '@hallpass/shared/channel-tests.ts';
import type { UpstreamTrouble } from '@hallpass/shared/upstream-troubles.ts';

import * as store from '../channels/store.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../lib/app-error.ts';
import { type Rounds, startRounds } from '../lib/rounds.ts';
import { troubleOf } from '../lib/trouble.ts';
import { type Tester, testChannel } from './test-channel.ts';

const LOOK_EVERY_MS = 30_000;
const MINUTE_MS = 60_000;
/** A round asks no more; the rest is due in the next. */
const CHANNELS_PER_ROUND = 20;

export function startHealthChecks(ctx: AppContext): Rounds {
  return startRounds(
    LOOK_EVERY_MS,
    (signal) => runHealthChecks(ctx, signal),
    (error) => ctx.log.error('channels could not be checked', { error }),
  );
}

/** One round. @returns how many channels were asked. */
export async function runHealthChecks(ctx: AppContext, signal: AbortSignal): Promise<number> {
  const channels = await store.listEnabledChannels(ctx.db);
  const now = ctx.clock.now();
  const due = channels.filter(({ options, lastCheckAt }) => {
    const minutes = channelOptionsSchema.parse(JSON.parse(options)).health_check_minutes;
    return minutes !== undefined && now - (lastCheckAt ?? 0) >= minutes * MINUTE_MS;
  });
  const oldestFirst = due.toSorted((a, b) => (a.lastCheckAt ?? 0) - (b.lastCheckAt ?? 0));
  let checked = 0;
  for (const { id, lastCheckAt } of oldestFirst.slice(0, CHANNELS_PER_ROUND)) {
    if (signal.aborted) break;
    if (!(await store.claimCheck(ctx.db, id, lastCheckAt, now))) continue;
    checked += 1;
    const by = { name: null, ip: '127.0.0.1', requestId: ctx.ids.next('check'), locale: 'en', signal } as const;
    await checkKeysInUse(ctx, id, by).catch((error: unknown) =>
      ctx.log.warn('a channel could not be checked', { channelId: id, error }),
    );
  }
  return checked;
}

/** Keys that are disabled have probes of their own; one that cools was told to wait. */
async function checkKeysInUse(ctx: AppContext, channelId: string, by: Tester): Promise<void> {
  const keys = await store.listKeys(ctx.db, channelId);
  const inUse = keys.filter(({ id, status }) => status === 'enabled' && ctx.board.restingMs(id) === 0);
  if (keys.length > 0 && inUse.length === 0) return;
  const asked: ChannelTest[] = keys.length === 0 ? [{}] : inUse.map(({ id }) => ({ key_id: id }));
  const results: ChannelTestResult[] = [];
  try {
    for (const one of asked) if (!by.signal.aborted) results.push(...(await testChannel(ctx, channelId, one, by)));
  } catch (error) {
    const isEmpty = error instanceof AppError && error.code === 'not_found';
    const lastCheckError: UpstreamTrouble = isEmpty ? 'nothing_to_ask' : (troubleOf(error) ?? 'connection_failed');
    await store.updateChannel(ctx.db, channelId, { lastCheckMs: null, lastCheckError });
    throw error;
  }
  if (!by.signal.aborted) await noteCheck(ctx, channelId, results);
}

async function noteCheck(ctx: AppContext, channelId: string, results: readonly ChannelTestResult[]): Promise<void> {
  const times = results.filter(({ ok }) => ok).map(({ latency_ms }) => latency_ms);
  await store.updateChannel(ctx.db, channelId, {
    lastCheckMs: times.length > 0 ? Math.min(...times) : null,
    lastCheckError: results.find(({ ok }) => !ok)?.error ?? null,
  });
}
