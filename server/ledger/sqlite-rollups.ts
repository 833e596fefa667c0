// Usage per UTC hour and dimension, added up in memory and written once per commit.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import type { CallStatus } from './ledger.ts';

interface Delta {
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

export class Rollups {
  readonly #deltas = new Map<string, Delta>();
  readonly #upsert: Statement;

  constructor(statements: Statements) {
    this.#upsert = statements.prepare(
      `insert into usage_rollups as r (hour, dimension, dimension_id, calls, errors, prompt_tokens, completion_tokens,
        cost_nanos)
      values (?, ?, ?, ?, ?, ?, ?, ?)
      on conflict (hour, dimension, dimension_id) do update set
        calls = r.calls + excluded.calls, errors = r.errors + excluded.errors,
        prompt_tokens = r.prompt_tokens + excluded.prompt_tokens,
        completion_tokens = r.completion_tokens + excluded.completion_tokens,
        cost_nanos = r.cost_nanos + excluded.cost_nanos`,
    );
  }

  add(call: RolledCall, result: RolledResult): void {
    this.#addTo(call.hour, 'all', '', result);
    this.#addTo(call.hour, 'model', call.model, result);
    this.#addTo(call.hour, 'channel', result.channelId, result);
    this.#addTo(call.hour, 'pass', call.passId, result);
    this.#addTo(call.hour, 'user', call.userId, result);
    this.#addTo(call.hour, 'classroom', call.classroomId, result);
    this.#addTo(call.hour, 'plan', call.planId, result);
  }

  flush(): void {
    for (const d of this.#deltas.values()) {
      this.#upsert.run(
        d.hour,
        d.dimension,
        d.dimensionId,
        d.calls,
        d.errors,
        d.promptTokens,
        d.completionTokens,
        d.costNanos,
      );
    }
    this.#deltas.clear();
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
