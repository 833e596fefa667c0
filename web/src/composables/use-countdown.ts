// Counts whole seconds down to nothing, by the clock: a sleeping tab does not slow it.
import { onScopeDispose, ref, type Ref } from 'vue';

const TICK_MS = 250;

export function useCountdown(seconds: number): Ref<number> {
  const endsAt = Date.now() + seconds * 1000;
  const left = ref(seconds);
  const timer = setInterval(() => {
    left.value = Math.max(0, Math.ceil((endsAt - Date.now()) / 1000));
    if (left.value === 0) clearInterval(timer);
  }, TICK_MS);
  onScopeDispose(() => clearInterval(timer));
  return left;
}
