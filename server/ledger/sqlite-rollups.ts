// Writes what was added up for the roll-ups: the prepared statement of the writer thread.
import type { Statement } from 'bun:sqlite';

import type { Statements } from '../db/sqlite/statements.ts';
import { RollupDeltas } from './rollups.ts';

export class Rollups {
  readonly deltas = new RollupDeltas();
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

  flush(): void {
    for (const d of this.deltas.take()) {
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
  }
}
