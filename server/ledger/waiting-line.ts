// Calls that stand in line until open holds are given back: first come, first served, per blocked account.
import type { BudgetRefusal, OpenOp } from './ledger.ts';

/** Most calls in line on one account; the next is refused at once. */
export const LINE_MAX = 256;

export interface Waiter {
  /** The operation to answer. */
  opId: number;
  op: OpenOp;
  /** Place in the order of arrival, over all lines. */
  seq: number;
  since: number;
  deadline: number;
  /** Accounts of the call. */
  keys: string[];
  /** The account it stands at. */
  at: string;
  /** What it is told when nothing becomes free. */
  refusal: BudgetRefusal;
}

export class WaitingLine {
  #queues = new Map<string, Waiter[]>();
  #seq = 0;

  get isEmpty(): boolean {
    return this.#queues.size === 0;
  }

  /** The first of these accounts where someone who came before `seq` stands. */
  busyAmong(keys: readonly string[], seq = Infinity): string | undefined {
    return keys.find((key) => (this.#queues.get(key)?.[0]?.seq ?? Infinity) < seq);
  }

  /** false = that line is full. */
  join(waiter: Omit<Waiter, 'seq'>): boolean {
    return this.#insert({ ...waiter, seq: this.#seq++ });
  }

  /** Goes to another account's line, by order of arrival; false = that line is full and the waiter is out. */
  move(waiter: Waiter, key: string): boolean {
    this.remove(waiter);
    return this.#insert({ ...waiter, at: key });
  }

  head(key: string): Waiter | undefined {
    return this.#queues.get(key)?.[0];
  }

  remove(waiter: Waiter): void {
    const rest = this.#queues.get(waiter.at)?.filter(({ seq }) => seq !== waiter.seq) ?? [];
    if (rest.length > 0) this.#queues.set(waiter.at, rest);
    else this.#queues.delete(waiter.at);
  }

  findCall(callId: string): Waiter | undefined {
    return this.all().find(({ op }) => op.call.id === callId);
  }

  expired(now: number): Waiter[] {
    return this.all().filter(({ deadline }) => deadline <= now);
  }

  /** When the next waiter gives up; undefined when none waits. */
  nextDeadline(): number | undefined {
    return this.isEmpty ? undefined : Math.min(...this.all().map(({ deadline }) => deadline));
  }

  /** The line as it is now, to go back to after a rollback. */
  snapshot(): ReadonlyMap<string, Waiter[]> {
    return new Map(this.#queues);
  }

  restore(snapshot: ReadonlyMap<string, Waiter[]>): void {
    this.#queues = new Map(snapshot);
  }

  /** Empties the line. @returns who stood in it. */
  dismiss(): Waiter[] {
    const all = this.all();
    this.#queues.clear();
    return all;
  }

  #insert(waiter: Waiter): boolean {
    const queue = this.#queues.get(waiter.at) ?? [];
    if (queue.length >= LINE_MAX) return false;
    const later = queue.findIndex(({ seq }) => seq > waiter.seq);
    // Arrays are replaced, never changed, so that a snapshot is a copy of the map alone.
    this.#queues.set(waiter.at, later < 0 ? [...queue, waiter] : queue.toSpliced(later, 0, waiter));
    return true;
  }

  /** Everyone, line by line. */
  all(): Waiter[] {
    return [...this.#queues.values()].flat();
  }
}
