// Work that comes round: one round at a time, a round that fails does not end the rest.

export interface Rounds {
  /** Tells the round under way to end, and waits for it. */
  stop(): Promise<void>;
}

/** @param round gets a signal that aborts when the process leaves. `atOnce`: the first does not wait. */
export function startRounds(
  everyMs: number,
  round: (signal: AbortSignal) => Promise<unknown>,
  failed: (error: unknown) => void,
  { atOnce = false }: { atOnce?: boolean } = {},
): Rounds {
  const leaving = new AbortController();
  let running: Promise<unknown> | undefined;
  const begin = () => {
    running ??= round(leaving.signal)
      .catch(failed)
      .finally(() => (running = undefined));
  };
  const timer = setInterval(begin, everyMs);
  if (atOnce) begin();
  return {
    async stop() {
      clearInterval(timer);
      leaving.abort();
      await running;
    },
  };
}
