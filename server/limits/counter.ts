// What one party used in the last 60 seconds, in 60 one-second slots that are reused in turn, and what it has open.

export const WINDOW_SECONDS = 60;

const NOTHING = new Float64Array(WINDOW_SECONDS);

/** One place taken; it is in every counter of its call, and comes back by itself at its deadline. */
export interface Place {
  second: number;
  tokens: number;
  deadlineMs: number;
}

export class Counter {
  requests = 0;
  tokens = 0;
  readonly #requestSlots = new Uint32Array(WINDOW_SECONDS);
  /** Made when the party first has a token limit. */
  #tokenSlots: Float64Array | undefined;
  #second = 0;
  /** In the order they were taken, which is the order of their deadlines. */
  readonly #open = new Set<Place>();

  /** Empties the slots that the clock has passed. */
  advance(second: number): void {
    const steps = Math.min(second - this.#second, WINDOW_SECONDS);
    for (let step = 1; step <= steps; step++) this.#clear((second - steps + step) % WINDOW_SECONDS);
    if (steps > 0) this.#second = second;
  }

  /** Calls open now; places past their deadline are given up. */
  openAt(nowMs: number): number {
    for (const place of this.#open) {
      if (place.deadlineMs > nowMs) break;
      this.#open.delete(place);
    }
    return this.#open.size;
  }

  take(place: Place, countTokens: boolean, keepOpen: boolean): void {
    this.#requestSlots[place.second % WINDOW_SECONDS]! += 1;
    this.requests += 1;
    if (countTokens) this.#addTokens(place.second, place.tokens);
    if (keepOpen) this.#open.add(place);
  }

  /** Counts what was counted elsewhere, in a second that is still in the window. */
  add(second: number, requests: number, tokens: number): void {
    if (!this.#holds(second) || second > this.#second) return;
    this.#requestSlots[second % WINDOW_SECONDS]! += requests;
    this.requests += requests;
    if (tokens !== 0) this.#addTokens(second, tokens);
  }

  /** Every second in the window in which something is counted. */
  slots(): { second: number; requests: number; tokens: number }[] {
    const found = [];
    for (let second = Math.max(0, this.#second - WINDOW_SECONDS + 1); second <= this.#second; second++) {
      const slot = second % WINDOW_SECONDS;
      const [requests, tokens] = [this.#requestSlots[slot]!, this.#tokenSlots?.[slot] ?? 0];
      if (requests !== 0 || tokens !== 0) found.push({ second, requests, tokens });
    }
    return found;
  }

  close(place: Place): void {
    this.#open.delete(place);
  }

  /** More tokens than were estimated count now; fewer are taken off where they were counted. */
  correctTokens(place: Place, difference: number): void {
    if (difference > 0) this.#addTokens(this.#second, difference);
    else if (this.#holds(place.second)) this.#addTokens(place.second, difference);
  }

  /** Takes a request out of the window again, if it is still in it. */
  giveBack(place: Place, countedTokens: boolean): void {
    if (!this.#holds(place.second)) return;
    this.#requestSlots[place.second % WINDOW_SECONDS]! -= 1;
    this.requests -= 1;
    if (countedTokens) this.#addTokens(place.second, -place.tokens);
  }

  /** Seconds until at most `allowed` requests are left of what is counted now. */
  requestsFreeIn(allowed: number): number {
    return this.#freeIn(this.#requestSlots, this.requests, allowed);
  }

  /** Seconds until at most `allowed` tokens are left of what is counted now. */
  tokensFreeIn(allowed: number): number {
    return this.#freeIn(this.#tokenSlots ?? NOTHING, this.tokens, allowed);
  }

  /** Nothing in the window and nothing open: it may be forgotten. */
  isIdle(second: number, nowMs: number): boolean {
    return second - this.#second >= WINDOW_SECONDS && this.openAt(nowMs) === 0;
  }

  #holds(second: number): boolean {
    return this.#second - second < WINDOW_SECONDS;
  }

  #addTokens(second: number, tokens: number): void {
    this.#tokenSlots ??= new Float64Array(WINDOW_SECONDS);
    this.#tokenSlots[second % WINDOW_SECONDS]! += tokens;
    this.tokens += tokens;
  }

  #clear(slot: number): void {
    this.requests -= this.#requestSlots[slot]!;
    this.#requestSlots[slot] = 0;
    if (!this.#tokenSlots) return;
    this.tokens -= this.#tokenSlots[slot]!;
    this.#tokenSlots[slot] = 0;
  }

  #freeIn(slots: Uint32Array | Float64Array, total: number, allowed: number): number {
    if (allowed < 0) return WINDOW_SECONDS;
    let left = total;
    for (let age = WINDOW_SECONDS - 1; age >= 0; age--) {
      if (left <= allowed) return WINDOW_SECONDS - 1 - age;
      left -= slots[(this.#second - age + WINDOW_SECONDS) % WINDOW_SECONDS]!;
    }
    return WINDOW_SECONDS;
  }
}
