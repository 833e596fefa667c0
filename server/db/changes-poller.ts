// Watches the version row: every admin write of any process bumps it, and each process drops what it remembers.
import type { Kysely } from 'kysely';

import type { Events } from '../events.ts';
import type { Logger } from '../lib/logger.ts';
import type { Schema } from './schema.ts';

export interface ChangesPoller {
  /** Looks now; the event is emitted before it resolves. */
  poll(): Promise<void>;
  /** Ends the polling; resolves when a look that is under way has ended. */
  stop(): Promise<void>;
}

const POLL_MS = 500;

/** Emits `changes.seen` whenever the version has moved. A database that cannot be asked is logged once per outage. */
export function startChangesPoller(
  { db, events, log }: { db: Kysely<Schema>; events: Events; log: Logger },
  everyMs = POLL_MS,
): ChangesPoller {
  let seen: number | undefined;
  let failing = false;
  let stopped = false;
  let running: Promise<void> = Promise.resolve();
  let timer: ReturnType<typeof setTimeout>;

  const look = async () => {
    try {
      const { version } = await db.selectFrom('changes').select('version').executeTakeFirstOrThrow();
      if (failing) log.info('changes can be read again');
      failing = false;
      if (seen === version || stopped) return;
      // The first look counts too: something may have been read before it and changed since.
      seen = version;
      events.emit({ type: 'changes.seen', version });
    } catch (error) {
      if (!failing && !stopped) log.warn('changes cannot be read; what is remembered stays in force', { error });
      failing = true;
    }
  };
  const poll = () => (running = running.then(look));
  let hinted = false;
  const stopListening = events.onAny(({ type }, from) => {
    // However many hints come while one waits, it will see what they are about.
    if (type !== 'changes.hinted' || from === 'here' || hinted || stopped) return;
    hinted = true;
    running = running.then(() => {
      hinted = false;
      return look();
    });
  });
  const schedule = () => {
    timer = setTimeout(() => void poll().then(() => stopped || schedule()), everyMs);
    timer.unref();
  };
  void poll();
  schedule();
  return {
    poll,
    stop: async () => {
      stopped = true;
      stopListening();
      clearTimeout(timer);
      await running;
    },
  };
}
