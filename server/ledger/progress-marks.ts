// How much of each running answer has been delivered, sent to the ledger a few times a second. Only the newest
// mark of a call is kept, and one message is under way at a time, so a slow disk makes no queue.
export interface Mark {
  callId: string;
  deliveredBytes: number;
}

/** Between two messages. */
const EVERY_MS = 250;

export class ProgressMarks {
  readonly #send: (marks: Mark[]) => Promise<void>;
  #newest = new Map<string, number>();
  #scheduled = false;

  /** @param send resolves when the marks are written; marks it rejects are dropped, for newer ones follow. */
  constructor(send: (marks: Mark[]) => Promise<void>) {
    this.#send = send;
  }

  set(callId: string, deliveredBytes: number): void {
    this.#newest.set(callId, deliveredBytes);
    this.#schedule();
  }

  /** The call has ended. */
  drop(callId: string): void {
    this.#newest.delete(callId);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setTimeout(() => void this.#flush(), EVERY_MS).unref();
  }

  async #flush(): Promise<void> {
    const marks = [...this.#newest].map(([callId, deliveredBytes]) => ({ callId, deliveredBytes }));
    this.#newest = new Map();
    try {
      if (marks.length > 0) await this.#send(marks);
    } catch {
      // A mark only sharpens the estimate of an orphan; the calls themselves report the ledger's trouble.
    }
    this.#scheduled = false;
    if (this.#newest.size > 0) this.#schedule();
  }
}
