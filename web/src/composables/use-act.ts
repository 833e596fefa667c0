// Something an administrator does on a page with a list: it is done, the list is read again, and what came of it is said.
import { ref, type Ref } from 'vue';

import { Problem } from '@/api/problem.ts';

import type { AdminCall } from './use-admin-call.ts';
import { messageOf } from './use-form.ts';

export interface Act {
  /** What was done last, for a status line; '' = nothing. */
  said: Ref<string>;
  /** Why the last did not work; '' = it did. */
  failure: Ref<string>;
  act(work: (token: string) => Promise<unknown>, done: string): Promise<void>;
  /** After a form of its own has saved: the list is read again and the sentence said. */
  tell(done: string): Promise<void>;
}

export function useAct(call: AdminCall, load: () => Promise<void>): Act {
  const said = ref('');
  const failure = ref('');
  return {
    said,
    failure,
    async act(work, done) {
      failure.value = '';
      said.value = '';
      try {
        await call(work);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        failure.value = messageOf(error);
      }
      await load();
      if (failure.value === '') said.value = done;
    },
    async tell(done) {
      failure.value = '';
      await load();
      said.value = done;
    },
  };
}
