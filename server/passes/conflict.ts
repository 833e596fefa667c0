// Says in our words why the database did not take a pass.
import { DatabaseError, isUniqueViolation } from '../db/database-error.ts';
import { AppError } from '../lib/app-error.ts';

/** The refusal for what a write of a pass threw; what is no conflict is returned as it is. */
export function conflictOf(error: unknown, { alias }: { alias?: string | null }): unknown {
  if (isUniqueViolation(error)) {
    const isAlias = error.column === 'passes.alias';
    const params = { what: isAlias ? `key_alias ${alias}` : 'key' };
    return new AppError('already_exists', { params, param: isAlias ? 'key_alias' : 'key', cause: error });
  }
  const isGone = error instanceof DatabaseError && error.problem === 'foreign_key';
  return isGone ? new AppError('not_found', { cause: error }) : error;
}
