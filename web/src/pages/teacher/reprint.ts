// New keys for many passes, as many at once as one request takes. What was made is told whatever becomes of the rest.
import { NAMES_MAX } from '@hallpass/shared/lists.ts';

import { Problem } from '@/api/problem.ts';
import type { ClassPass, NewPass } from '@/api/teaching.ts';
import { messageOf } from '@/composables/use-form.ts';

export interface Reprint {
  made: NewPass[];
  /** Why the rest have no new key; '' = there is no rest. */
  problem: string;
}

/** @param rotate of so many passes. @throws Problem if none got a new key. */
export async function reprint(
  passes: readonly Pick<ClassPass, 'id'>[],
  rotate: (ids: readonly string[]) => Promise<NewPass[]>,
): Promise<Reprint> {
  const ids = passes.map(({ id }) => id);
  const made: NewPass[] = [];
  for (let i = 0; i < ids.length; i += NAMES_MAX)
    try {
      made.push(...(await rotate(ids.slice(i, i + NAMES_MAX))));
    } catch (error) {
      if (!(error instanceof Problem) || made.length === 0) throw error;
      return { made, problem: messageOf(error) };
    }
  return { made, problem: '' };
}
