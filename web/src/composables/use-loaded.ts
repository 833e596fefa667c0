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

  async function load(): Promise<void> {
    loading.value = true;
    try {
      data.value = await work();
      problem.value = undefined;
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      problem.value = error;
    } finally {
      loading.value = false;
    }
  }

  onMounted(load);
  return { data, problem, loading, load };
}
