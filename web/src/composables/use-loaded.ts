// Something a page shows once it has come from the server.
import { onMounted, ref, shallowRef, type Ref, type ShallowRef } from 'vue';

import { Problem } from '@/api/problem.ts';

export interface Loaded<T> {
  /** Undefined until it has come the first time. */
  data: ShallowRef<T | undefined>;
  problem: ShallowRef<Problem | undefined>;
  loading: Ref<boolean>;
  load: () => Promise<void>;
}

/** Loads when the page appears; while it is loaded again the old stays. */
export function useLoaded<T>(work: () => Promise<T>): Loaded<T> {
  const data = shallowRef<T>();
  const problem = shallowRef<Problem>();
  const loading = ref(true);

  // Of two at once the one that began last counts: a slow answer to an earlier question is no answer to this one.
  let begun = 0;

  async function load(): Promise<void> {
    const mine = ++begun;
    loading.value = true;
    try {
      const found = await work();
      if (mine !== begun) return;
      data.value = found;
      problem.value = undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      if (mine === begun) problem.value = error;
    } finally {
      if (mine === begun) loading.value = false;
    }
  }

  onMounted(load);
  return { data, problem, loading, load };
}
