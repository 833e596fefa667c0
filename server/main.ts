// The server process, from its settings to its exit code.
import { verifyEncryptionKey } from './channels/encryption-check.ts';
import { seedFromEnvironment } from './channels/seed.ts';
import { startAlertMessages } from './alerts/messages.ts';
import { startAlertWatch } from './alerts/watch.ts';
import { createApp } from './app.ts';
import { startRetention } from './calls/retention.ts';
import { type Config, ConfigError, readConfig } from './config.ts';
import { type AppContext, createContext } from './context.ts';
import { startChangesPoller } from './db/changes-poller.ts';
import type { DatabaseHandle } from './db/dialect.ts';
import { inspectSqlite, makeDataFolder } from './db/inspect-sqlite.ts';
import { isPrepared, joinDatabase, migrateDatabase, openDatabase } from './db/open.ts';
import { startHealthChecks } from './gateway/health-checks.ts';
import { startKeyProbes } from './gateway/key-probes.ts';
import { listen } from './http/listen.ts';
import { createIds, systemClock } from './lib/clock.ts';
import { lockFile } from './lib/file-lock.ts';
import { createLogger } from './lib/logger.ts';
import { StartError } from './lib/start-error.ts';
import { createVault, VaultError } from './lib/vault.ts';
import { DEMO_MODEL } from './models/demo-model.ts';
import { startAddingUp } from './stats/add-up-days.ts';
import { seedBuiltInPlans } from './plans/built-in.ts';
import { withSecrets } from './secrets.ts';
import { drain, watchSignals } from './stop.ts';
import { prepareFirstAdmin } from './users/first-admin.ts';
import { helpText, welcomeText } from './welcome.ts';

/** A server that is being replaced gets this long to let go of its data. */
const LOCK_WAIT_MS = 5_000;
/** After the last call has ended, for answers that are not calls. */
const CLOSE_WAIT_MS = 2_000;
const END_WAIT_MS = 1_000;

const clock = systemClock;
const ids = createIds(clock);
const log = createLogger((line) => process.stderr.write(`${line}\n`));

/** Runs until a signal; resolves when everything is written and closed. */
async function serve(given: Config): Promise<void> {
  const lock = await claimData(given);
  const config = await withSecrets(given, () => ids.secret(32));
  const database = await openDatabase(config);
  try {
    await prepare(database, config);
    await run(await createContext({ config, clock, ids, log, database }));
  } finally {
    await database.close();
    lock[Symbol.dispose]();
  }
}

/** A SQLite file belongs to one server; who may work on a PostgreSQL database is written in it. */
async function claimData({ DATABASE_URL, DATABASE_PATH }: Config): Promise<Disposable> {
  makeDataFolder(DATABASE_PATH);
  if (DATABASE_URL !== undefined) return new DisposableStack();
  const lock = await lockFile(`${DATABASE_PATH}.lock`, LOCK_WAIT_MS);
  inspectSqlite(DATABASE_PATH);
  return lock;
}

/** The key is tried before anything is changed; on a new database there is something to try only afterwards. */
async function prepare(database: DatabaseHandle, config: Config): Promise<void> {
  const vault = createVault(config.ENCRYPTION_KEY ?? '');
  if (await isPrepared(database, config)) await verifyEncryptionKey(database.db, vault, clock.now());
  await migrateDatabase(database, config);
  await joinDatabase(database, config);
  await verifyEncryptionKey(database.db, vault, clock.now());
  await seedBuiltInPlans(database.db, clock.now());
}

async function run(ctx: AppContext): Promise<void> {
  const recovered = await ctx.ledger.recover(clock.now());
  if (recovered > 0) log.warn('settled calls that an earlier process left open', { calls: recovered });
  const link = await prepareFirstAdmin(ctx);
  const signals = watchSignals();
  const server = listen(createApp(ctx), { hostname: ctx.config.HOST, port: ctx.config.APP_PORT });
  const poller = startChangesPoller(ctx);
  const rounds = [
    startKeyProbes,
    startHealthChecks,
    startRetention,
    startAddingUp,
    startAlertWatch,
    startAlertMessages,
  ].map((start) => start(ctx));
  await using _attempts = ctx.blockedAttempts;
  const demoModel = ctx.catalog.current().find(DEMO_MODEL) ? DEMO_MODEL : undefined;
  process.stdout.write(welcomeText({ config: ctx.config, port: server.port, setupPath: link?.setupPath, demoModel }));
  log.info('started', { port: server.port, pid: process.pid });
  const leaving = new AbortController();
  const seeding = seedFromEnvironment(ctx, { signal: leaving.signal });
  await signals.first;
  leaving.abort();
  await drain(ctx.shutdown, signals.second, log);
  await server.close(CLOSE_WAIT_MS);
  await Promise.all([poller.stop(), ...rounds.map((round) => round.stop()), seeding]);
  await ctx.redis?.[Symbol.asyncDispose]();
}

/** A fault nobody foresaw: what is in memory cannot be trusted any more. The ledger on disk can, so the next start goes on from it. */
function crash(error: unknown): never {
  log.error('the server cannot go on', { error });
  process.exit(1);
}

async function main(): Promise<void> {
  if (process.argv.includes('--help')) return void process.stdout.write(helpText());
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  try {
    await serve(readConfig());
    log.info('stopped');
    // Everything is written and closed. Should a forgotten timer keep the process, it ends all the same.
    setTimeout(() => process.exit(), END_WAIT_MS).unref();
  } catch (error) {
    if (!(error instanceof StartError || error instanceof ConfigError || error instanceof VaultError)) throw error;
    process.stderr.write(`\nHallpass cannot start.\n\n${error.message}\n\n`);
    process.exitCode = 1;
  }
}

await main();
