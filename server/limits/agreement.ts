// What the server processes agree on: whether limits are kept in Redis or in each one's memory, and what each had
// counted when that changed. Every change is a new epoch; an epoch is in force for a process once it has adopted it.
import type { Windows } from './limits.ts';

export type LimitStore = 'redis' | 'memory';

export interface Epoch {
  epoch: number;
  store: LimitStore;
  /** The Redis server the epoch's counters were begun on. */
  runId: string;
  /** Who shares the limits of a memory epoch, in order; null = not settled yet. */
  participants: string[] | null;
}

export interface Member {
  id: string;
  /** The last epoch it adopted. */
  epoch: number;
  redisOk: boolean;
  /**
   * `left`: it ended properly; what it had counted is known. `dead`: it has not been heard of for a while, or is known
   * to run no more.
   */
  state: 'live' | 'left' | 'dead';
  /** Since it was last heard of. */
  silentMs: number;
}

export interface View extends Epoch {
  /** Everybody heard of in the last minute, in the order of their ids. */
  members: Member[];
}

export interface Posted {
  windows: Windows;
  agedMs: number;
  hasLeft: boolean;
}

/** Errors of the store behind it are thrown as they are. */
export interface Agreement {
  readonly me: string;
  /** Says that this process lives, and reads where things stand. */
  look(redisOk: boolean): Promise<View>;
  /** Begins the next epoch, unless another process has done so. */
  propose(after: number, store: LimitStore, runId: string): Promise<void>;
  /** From now on this process lets nobody in by the rules of an earlier epoch; `windows` is all it has counted. */
  adopt(epoch: number, windows: Windows): Promise<void>;
  /** Settles who shares a memory epoch; the first to say so decides. */
  settle(epoch: number, participants: readonly string[]): Promise<void>;
  /** What the others had counted when they adopted this epoch, or left. */
  windowsOfOthers(epoch: number): Promise<Posted[]>;
  /** What a dead process has let in in the last minute, by the book of calls: it cannot say so itself any more. */
  windowsOfDead(id: string): Promise<Windows>;
  /** Adopts the epoch in a dead process's name. */
  adoptFor(id: string, epoch: number, windows: Windows): Promise<void>;
  leave(windows: Windows): Promise<void>;
}

/** A process not heard of for so long is taken for dead. */
export const DEAD_MS = 6_000;
/** What a process counted matters no longer after it has been silent for so long. */
export const FORGOTTEN_MS = 62_000;

interface Row {
  epoch: number;
  redisOk: boolean;
  seenAt: number;
  leftAt: number | null;
  postedAt: number;
  windows: Windows;
}

/**
 * Between the processes that share this memory: one server on SQLite, or several in a test.
 * @param book what a dead process has let in.
 */
export function createMemoryAgreement(
  monotonic: () => number,
  book: (id: string) => Windows = () => ({}),
): (me: string) => Agreement {
  let current: Epoch = { epoch: 1, store: 'memory', runId: '', participants: null };
  const rows = new Map<string, Row>();
  const rowOf = (me: string): Row => {
    const row = rows.get(me) ?? { epoch: 0, redisOk: false, seenAt: 0, leftAt: null, postedAt: 0, windows: {} };
    rows.set(me, row);
    return row;
  };
  return (me) => ({
    me,
    async look(redisOk) {
      Object.assign(rowOf(me), { redisOk, seenAt: monotonic(), leftAt: null });
      const members = [...rows].map(([id, row]) => memberOf(id, row, monotonic()));
      return {
        ...current,
        members: members.filter(({ silentMs }) => silentMs < FORGOTTEN_MS).sort((a, b) => (a.id < b.id ? -1 : 1)),
      };
    },
    async propose(after, store, runId) {
      if (current.epoch === after) current = { epoch: after + 1, store, runId, participants: null };
    },
    async adopt(epoch, windows) {
      Object.assign(rowOf(me), { epoch, windows, postedAt: monotonic() });
    },
    async settle(epoch, participants) {
      if (current.epoch === epoch && current.participants === null) current.participants = [...participants];
    },
    async windowsOfOthers(epoch) {
      return [...rows]
        .filter(([id, row]) => id !== me && (row.epoch === epoch || row.leftAt !== null))
        .map(([, row]) => ({ windows: row.windows, agedMs: monotonic() - row.postedAt, hasLeft: row.leftAt !== null }));
    },
    async windowsOfDead(id) {
      return book(id);
    },
    async adoptFor(id, epoch, windows) {
      Object.assign(rowOf(id), { epoch, windows, postedAt: monotonic() });
    },
    async leave(windows) {
      Object.assign(rowOf(me), { windows, leftAt: monotonic(), postedAt: monotonic(), seenAt: monotonic() });
    },
  });
}

export function memberOf(
  id: string,
  row: { epoch: number; redisOk: boolean; seenAt: number; leftAt: number | null; isGone?: boolean },
  now: number,
): Member {
  const silentMs = Math.max(0, now - row.seenAt);
  const state = row.leftAt !== null ? 'left' : row.isGone || silentMs > DEAD_MS ? 'dead' : 'live';
  return { id, epoch: row.epoch, redisOk: row.redisOk, state, silentMs };
}
