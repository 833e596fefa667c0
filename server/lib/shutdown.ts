// Knows whether the server is stopping and which calls still run. main.ts decides when; calls only ask and obey.
import { AppError } from './app-error.ts';

/** What a client that comes while the server stops is told to wait before it tries again. */
const RETRY_AFTER_MS = 5_000;

export interface Shutdown {
  /** Aborts as soon as the server begins to stop: not ready any more, new calls are refused. */
  readonly stopping: AbortSignal;
  /** Aborts when the time for running calls is over: a stream ends with an error event, settles and returns. */
  readonly expired: AbortSignal;
  /** Calls that run now, from admission until their ledger row is written. */
  readonly inFlight: number;
  /**
   * Counts a call as running until the returned function is called; calling it again does nothing.
   * @throws AppError server_stopping once the server is stopping.
   */
  begin(): () => void;
  /** Begins to stop. */
  stop(): void;
  /** Ends what still runs; implies `stop`. */
  expire(): void;
  /** Resolves as soon as no call runs. */
  idle(): Promise<void>;
}

export function createShutdown(): Shutdown {
  const stopping = new AbortController();
  const expired = new AbortController();
  let waiting: (() => void)[] = [];
  let inFlight = 0;
  const end = (): void => {
    inFlight -= 1;
    if (inFlight > 0) return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  return {
    stopping: stopping.signal,
    expired: expired.signal,
    get inFlight() {
      return inFlight;
    },
    begin() {
      if (stopping.signal.aborted) throw new AppError('server_stopping', { retryAfterMs: RETRY_AFTER_MS });
      inFlight += 1;
      let running = true;
      return () => {
        if (running) end();
        running = false;
      };
    },
    stop: () => stopping.abort(),
    expire: () => {
      stopping.abort();
      expired.abort();
    },
    idle: () => (inFlight === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve))),
  };
}
