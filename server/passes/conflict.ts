// Says in our words why the database did not take a pass.
import { DatabaseError, isUniqueViolation } from '../db/database-error.ts';
import { AppError } from '../lib/app-error.ts';

/** The refusal for what a write of a pass threw; what is no conflict is returned as it is. */
export function conflictOf(error: unknown, { alias }: { alias?: string | null }): unknown {
  if (isUniqueViolation(error)) {
    if (error.column !== 'passes.alias') return new AppError('pass_key_taken', { param: 'key', cause: error });
    return new AppError('pass_name_taken', { params: { name: alias ?? '' }, param: 'key_alias', cause: error });
  }
  const isGone = error instanceof DatabaseError && error.problem === 'foreign_key';
  return isGone ? new AppError('not_found', { cause: error }) : error;
}
