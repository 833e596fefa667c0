// One error for both engines, so that stores and routes need not know which of them runs.

export type DatabaseProblem = 'unique' | 'foreign_key' | 'check' | 'busy' | 'unavailable' | 'other';

/** A statement or a transaction failed; `problem` says how, on either engine. */
export class DatabaseError extends Error {
  constructor(
    readonly problem: DatabaseProblem,
    message: string,
    /** The column of a unique violation as `table.column`, where the engine names it. */
    readonly column?: string,
  ) {
    super(message);
    this.name = 'DatabaseError';
  }
}

/** Whether an insert or update met a row that already has this value. */
export function isUniqueViolation(error: unknown): error is DatabaseError {
  return error instanceof DatabaseError && error.problem === 'unique';
}

const SQLITE_PROBLEMS: [RegExp, DatabaseProblem][] = [
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY)/, 'unique'],
  // `on delete restrict` is told as a trigger's.
  [/^SQLITE_CONSTRAINT_(FOREIGNKEY|TRIGGER)/, 'foreign_key'],
  [/^SQLITE_CONSTRAINT_CHECK/, 'check'],
  [/^SQLITE_(BUSY|LOCKED)/, 'busy'],
  [/^SQLITE_(IOERR|FULL|CANTOPEN|READONLY|CORRUPT|NOTADB|NOMEM)/, 'unavailable'],
];

/** Reads what bun:sqlite threw. */
export function fromSqlite(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const { code = '', message = String(error) } = error as { code?: string; message?: string };
  const problem =
    SQLITE_PROBLEMS.find(([pattern]) => pattern.test(code))?.[1] ??
    (/closed database/i.test(message) ? 'unavailable' : 'other');
  return new DatabaseError(problem, message, /failed: ([\w.]+)/.exec(message)?.[1]);
}

const POSTGRES_PROBLEMS: [RegExp, DatabaseProblem][] = [
  [/^23505/, 'unique'],
  // The second is `on delete restrict`.
  [/^(23503|23001)/, 'foreign_key'],
  [/^(23|22)/, 'check'],
  [/^(55P03|40001|40P01)/, 'busy'],
  [/^(08|25|53|57|58|XX|ECONN|ENOTFOUND|ETIMEDOUT|EPIPE)/, 'unavailable'],
];

/** Reads what `pg` threw. */
export function fromPostgres(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  const {
    code = '',
    message = String(error),
    table,
    detail,
  } = error as {
    code?: string;
    message?: string;
    table?: string;
    detail?: string;
  };
  const problem =
    POSTGRES_PROBLEMS.find(([pattern]) => pattern.test(code))?.[1] ??
    (/connect|terminat|timeout|after calling end/i.test(message) ? 'unavailable' : 'other');
  const column = /Key \(([\w, ]+)\)/.exec(detail ?? '')?.[1];
  return new DatabaseError(problem, message, table && column ? `${table}.${column}` : undefined);
}
