// A clock for counters on the page, ticking only while somebody looks at it.
import { onScopeDispose, ref, type Ref, watch } from 'vue';

const TICK_MS = 250;

/** The time in epoch milliseconds, refreshed while `active` is true. */
export function useNow(active: Ref<boolean>): Ref<number> {
  const now = ref(Date.now());
  let timer: ReturnType<typeof setInterval> | undefined;
  const stop = () => clearInterval(timer);
  watch(
    active,
    (on) => {
      stop();
      now.value = Date.now();
      if (on) timer = setInterval(() => (now.value = Date.now()), TICK_MS);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return now;
}
