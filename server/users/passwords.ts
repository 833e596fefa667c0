// Hashes and checks passwords with bcrypt, a few at a time: many sign-ins at once must not take the processor
// away from running calls.
import { availableParallelism } from 'node:os';

import { AppError } from '../lib/app-error.ts';

/** 2^10 rounds, about 60 ms on a small machine. */
const COST = 10;
/** Half of the processors hash; the others stay with the calls. */
const LANES = Math.max(1, Math.floor(availableParallelism() / 2));
/** A class that signs in together fits, with seconds of waiting at most. */
export const PASSWORDS_WAITING_MAX = 64;
/** A hash of COST that no password matches: accounts that do not exist take as long as those that do. */
const NOBODY = '$2b$10$b2NAOGdw.BzxBmKWiSks6.yYvi534HunpWqF638wx57rSBlfbXD8G';

export interface Passwords {
  /** @throws AppError server_busy when too many wait. */
  hash(password: string): Promise<string>;
  /** Takes as long when there is no hash to compare with. @throws AppError server_busy when too many wait. */
  matches(password: string, hash: string | null | undefined): Promise<boolean>;
}

export function createPasswords(): Passwords {
  const inLine = createLine(LANES, PASSWORDS_WAITING_MAX);
  return {
    hash: (password) => inLine(() => Bun.password.hash(password, { algorithm: 'bcrypt', cost: COST })),
    matches: async (password, hash) => {
      const same = await inLine(() => Bun.password.verify(password, hash ?? NOBODY));
      return same && typeof hash === 'string';
    },
  };
}

/** Runs `lanes` tasks at once, first come first served; refuses when `waitingMax` wait already. */
function createLine(lanes: number, waitingMax: number) {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async <T>(task: () => Promise<T>): Promise<T> => {
    if (running >= lanes) {
      if (waiting.length >= waitingMax) throw new AppError('server_busy', { retryAfterMs: 5_000 });
      // The lane is handed over by whoever leaves it, so nobody can slip in between.
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
