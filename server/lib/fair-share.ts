// Lets a long run of work that never waits give way to everyone else on the event loop.

/** Pieces between two breaths: some milliseconds at most. */
const SHARE = 128;

/**
 * Counts the pieces of one run. Promises alone do not let others in: what is already there is taken up without a turn.
 * Large pieces count like small ones: what arrives at once is bounded, so that a few of them end by themselves, and a
 * breath between them would only let more arrive behind a reader who has stopped.
 */
export class FairShare {
  #done = 0;

  /** One piece of work was done. @returns whether others should have their turn first. */
  isSpent(): boolean {
    this.#done += 1;
    return this.#done >= SHARE;
  }

  /** Everyone else's turn. */
  breathe(): Promise<void> {
    this.#done = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
