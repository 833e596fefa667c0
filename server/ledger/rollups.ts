// Usage per UTC hour and dimension, added up in memory and written once per commit.
import type { CallStatus } from './ledger.ts';

export interface Delta {
  hour: number;
  dimension: string;
  dimensionId: string;
  calls: number;
  errors: number;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

/** Who and what a call is counted under. */
export interface RolledCall {
  hour: number;
  model: string;
  passId: string | null;
  userId: string | null;
  classroomId: string | null;
  planId: string | null;
}

export interface RolledResult {
  status: CallStatus;
  channelId: string | null;
  promptTokens: number;
  completionTokens: number;
  costNanos: number;
}

export class RollupDeltas {
  readonly #deltas = new Map<string, Delta>();

  add(call: RolledCall, result: RolledResult): void {
    this.#addTo(call.hour, 'all', '', result);
    this.#addTo(call.hour, 'model', call.model, result);
    this.#addTo(call.hour, 'channel', result.channelId, result);
    this.#addTo(call.hour, 'pass', call.passId, result);
    this.#addTo(call.hour, 'user', call.userId, result);
    this.#addTo(call.hour, 'classroom', call.classroomId, result);
    this.#addTo(call.hour, 'plan', call.planId, result);
  }

  /** In one order on every process, so that two that write at once do not wait for each other in a circle. */
  take(): Delta[] {
    const keys = [...this.#deltas.keys()].toSorted();
    const deltas = keys.map((key) => this.#deltas.get(key)!);
    this.#deltas.clear();
    return deltas;
  }

  forget(): void {
    this.#deltas.clear();
  }

  #addTo(hour: number, dimension: string, dimensionId: string | null, result: RolledResult): void {
    if (dimensionId === null) return;
    const key = `${hour}|${dimension}|${dimensionId}`;
    let delta = this.#deltas.get(key);
    if (!delta) {
      delta = { hour, dimension, dimensionId, calls: 0, errors: 0, promptTokens: 0, completionTokens: 0, costNanos: 0 };
      this.#deltas.set(key, delta);
    }
    delta.calls += 1;
    // A client that leaves is not an error.
    if (result.status !== 'success' && result.status !== 'cancelled') delta.errors += 1;
    delta.promptTokens += result.promptTokens;
    delta.completionTokens += result.completionTokens;
    delta.costNanos += result.costNanos;
  }
}
