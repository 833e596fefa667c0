// Time-outs by the thousand on one timer: most end before they are due, and a timer of its own for each costs more
// than the work it watches. They are late by up to 25 ms.

const TICK_MS = 25;

interface Waiting {
  dueAt: number;
  run: () => void;
}

/** By the tick in which they are due. */
const due = new Map<number, Set<Waiting>>();
let timer: ReturnType<typeof setInterval> | undefined;
let lastTick = 0;

const tickOf = (ms: number): number => Math.ceil(ms / TICK_MS);

/**
 * Calls `run` after `ms`, or never once the returned function was called.
 * Like an interval that is unreferenced, it does not keep a process running.
 */
export function coarseTimeout(run: () => void, ms: number): () => void {
  const dueAt = tickOf(performance.now() + ms);
  const waiting = { dueAt, run };
  let inTick = due.get(dueAt);
  if (!inTick) due.set(dueAt, (inTick = new Set()));
  inTick.add(waiting);
  if (!timer) {
    lastTick = tickOf(performance.now()) - 1;
    timer = setInterval(tick, TICK_MS);
    timer.unref();
  }
  return () => cancel(waiting);
}

/**
 * The same promise, with an end: rejects with what `late` makes unless it is settled within `ms`.
 * The promise itself goes on.
 */
export function within<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const cancelTimeout = coarseTimeout(() => reject(late()), ms);
    work.then(
      (value) => {
        cancelTimeout();
        resolve(value);
      },
      (error: unknown) => {
        cancelTimeout();
        reject(error);
      },
    );
  });
}

function cancel(waiting: Waiting): void {
  const inTick = due.get(waiting.dueAt);
  if (!inTick?.delete(waiting) || inTick.size > 0) return;
  due.delete(waiting.dueAt);
  if (due.size === 0) stop();
}

function tick(): void {
  const now = Math.floor(performance.now() / TICK_MS);
  for (; lastTick < now; lastTick += 1) {
    const inTick = due.get(lastTick + 1);
    due.delete(lastTick + 1);
    for (const { run } of inTick ?? []) run();
  }
  if (due.size === 0) stop();
}

function stop(): void {
  clearInterval(timer);
  timer = undefined;
}
