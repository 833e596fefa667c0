// Lets a long run of work that never waits give way to everyone else on the event loop.

/** Work between two breaths: some milliseconds at most. */
const SHARE = 256 * 1024;

/** What a piece of work costs besides its length. */
const PIECE = 2 * 1024;

/** Counts the work of one run. Promises alone do not let others in: what is already there is taken up without a turn. */
export class FairShare {
  #done = 0;

  /** @param length of the piece of work that was done. @returns whether others should have their turn first. */
  isSpent(length: number): boolean {
    this.#done += PIECE + length;
    return this.#done >= SHARE;
  }

  /** Everyone else's turn. */
  breathe(): Promise<void> {
    this.#done = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
