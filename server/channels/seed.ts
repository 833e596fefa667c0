// Makes the first channel from OPENAI_API_KEY and OPENAI_BASE_URL, once in the life of a database.
//
// While the upstream's list cannot be had, nothing is stored: the demo model goes on answering, and the next start
// tries again. A channel without models would only have hidden both the fault and the demo.
import type { AppContext } from '../context.ts';
import { announce, insertChannel } from './save.ts';
import { listUpstreamModels } from './list-upstream-models.ts';
import { parseBaseUrl } from './rules.ts';
import { countChannels } from './store.ts';

/** The row of `settings` that says it was done. */
const SEEDED = 'internal.environment_seed';
/** The machine may be up before its network is. */
const RETRY_DELAYS_MS = [2_000, 8_000, 30_000];

export type SeedResult = 'not_configured' | 'ignored' | 'seeded' | 'failed';

export interface SeedOptions {
  /** Ends the waiting and the request, when the server stops. */
  signal?: AbortSignal;
  retryDelaysMs?: readonly number[];
}

/**
 * Started after listening and not awaited by it. Never rejects: what goes wrong is in the log.
 * With channels already stored, or once seeded, the variables are ignored with a notice.
 */
export async function seedFromEnvironment(ctx: AppContext, options: SeedOptions = {}): Promise<SeedResult> {
  const { config, log } = ctx;
  if (!config.OPENAI_API_KEY) return 'not_configured';
  const delays = [...(options.retryDelaysMs ?? RETRY_DELAYS_MS)];
  for (;;) {
    try {
      return await seedOnce(ctx, config.OPENAI_API_KEY, options.signal);
    } catch (error) {
      if (options.signal?.aborted) return 'failed';
      const delay = delays.shift();
      const reason = error instanceof Error ? error.message : String(error);
      log.warn('OPENAI_API_KEY could not be imported: the models of its upstream could not be listed', {
        host: new URL(config.OPENAI_BASE_URL).host,
        reason,
        next: delay === undefined ? 'at the next start' : `in ${delay / 1000} s`,
      });
      if (delay === undefined || !(await sleep(delay, options.signal))) return 'failed';
    }
  }
}

async function seedOnce(ctx: AppContext, apiKey: string, signal?: AbortSignal): Promise<SeedResult> {
  if ((await isSeeded(ctx)) || (await countChannels(ctx.db)) > 0) return ignore(ctx);
  const policy = { allowPrivate: ctx.config.ALLOW_PRIVATE_UPSTREAMS };
  const baseUrl = parseBaseUrl(ctx.config.OPENAI_BASE_URL, policy.allowPrivate);
  const models = await listUpstreamModels({ baseUrl, apiKey, policy, ...(signal ? { signal } : {}) });
  if (models.length === 0) throw new Error('the upstream lists no model');
  const id = ctx.ids.next('ch');
  const isFirst = await ctx.db.transaction().execute(async (db) => {
    const inside = { ...ctx, db };
    if (!(await claim(inside))) return false;
    await insertChannel(inside, id, {
      name: new URL(baseUrl).hostname,
      base_url: baseUrl,
      api_key: apiKey,
      rpm_limit: null,
      models: models.map((name) => ({ name })),
    });
    return true;
  });
  if (!isFirst) return ignore(ctx);
  await announce(ctx, id);
  ctx.log.info('OPENAI_API_KEY was imported into the database, encrypted; the variable is not needed any more', {
    channelId: id,
    models: models.length,
  });
  return 'seeded';
}

async function isSeeded({ db }: AppContext): Promise<boolean> {
  return (await db.selectFrom('settings').select('key').where('key', '=', SEEDED).executeTakeFirst()) !== undefined;
}

/** Inside the transaction that makes the channel, so that of several processes one does it. */
async function claim({ db, clock }: AppContext): Promise<boolean> {
  const rows = await db
    .insertInto('settings')
    .values({ key: SEEDED, value: 'true', updatedAt: clock.now(), updatedBy: null })
    .onConflict((oc) => oc.column('key').doNothing())
    .returning('key')
    .execute();
  return rows.length > 0 && (await countChannels(db)) === 0;
}

function ignore({ log }: AppContext): SeedResult {
  log.info('OPENAI_API_KEY is ignored: channels are kept in the database and managed in the console');
  return 'ignored';
}

/** @returns false when the signal ended it. */
async function sleep(ms: number, signal: AbortSignal | undefined): Promise<boolean> {
  if (signal?.aborted) return false;
  return new Promise((resolve) => {
    const end = (finished: boolean) => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', stopped);
      resolve(finished);
    };
    const stopped = () => end(false);
    const timer = setTimeout(() => end(true), ms);
    timer.unref();
    signal?.addEventListener('abort', stopped, { once: true });
  });
}
