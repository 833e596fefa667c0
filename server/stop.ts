// How the server stops: calls that run may finish, new ones are refused, and a second signal ends the wait.
import type { Logger } from './lib/logger.ts';
import type { Shutdown } from './lib/shutdown.ts';
import { waitAtMost } from './lib/wait.ts';

/** How long running calls may go on after the first signal. */
const GRACE_MS = 30_000;
/** How long they get, once told to end, to tell their client and to write their ledger row. */
const LAST_WORDS_MS = 5_000;
/** Ctrl-C reaches the server directly and again through npm and the launcher: that is one press, not several. */
const SAME_PRESS_MS = 1_000;

const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;

export interface StopSignals {
  first: Promise<NodeJS.Signals>;
  /** Somebody does not want to wait. */
  second: Promise<void>;
}

/** From now on signals no longer end the process by themselves. */
export function watchSignals(): StopSignals {
  const first = Promise.withResolvers<NodeJS.Signals>();
  const second = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  for (const signal of SIGNALS)
    process.on(signal, () => {
      firstAt ??= performance.now();
      first.resolve(signal);
      if (performance.now() - firstAt >= SAME_PRESS_MS) second.resolve();
    });
  return { first: first.promise, second: second.promise };
}

/** Resolves when no call runs any more, or when those that run have had all the time there is. */
export async function drain(shutdown: Shutdown, second: Promise<void>, log: Logger): Promise<void> {
  shutdown.stop();
  log.info('stopping', { running: shutdown.inFlight });
  await waitAtMost(GRACE_MS, shutdown.idle(), second);
  if (shutdown.inFlight === 0) return;
  log.warn('ending calls that still run', { running: shutdown.inFlight });
  shutdown.expire();
  await waitAtMost(LAST_WORDS_MS, shutdown.idle());
  if (shutdown.inFlight > 0)
    log.error('calls did not end; the next start settles them', { running: shutdown.inFlight });
}
