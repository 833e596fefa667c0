// Whether somebody is still there. By the clock, not by counting: a tab that slept knows how long it did.
import { computed, onScopeDispose, type Ref, ref, watch } from 'vue';

const SIGNS = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart'] as const;
const LOOK_MS = 1_000;

export interface Idle {
  /** Milliseconds since the last sign of life; 0 while nothing has to be watched. */
  idleMs: Ref<number>;
  /** Somebody has said that they are there. */
  touch(): void;
}

/** @param watching while there is something that nobody else should find. */
export function useIdle(watching: Ref<boolean>): Idle {
  const now = ref(Date.now());
  const last = ref(now.value);
  let timer: ReturnType<typeof setInterval> | undefined;
  const touch = () => {
    last.value = now.value = Date.now();
  };
  const look = () => (now.value = Date.now());
  const stop = () => {
    clearInterval(timer);
    for (const sign of SIGNS) removeEventListener(sign, touch, true);
    document.removeEventListener('visibilitychange', look);
  };
  watch(
    watching,
    (on) => {
      stop();
      touch();
      if (!on) return;
      timer = setInterval(look, LOOK_MS);
      for (const sign of SIGNS) addEventListener(sign, touch, { capture: true, passive: true });
      document.addEventListener('visibilitychange', look);
    },
    { immediate: true },
  );
  onScopeDispose(stop);
  return { idleMs: computed(() => (watching.value ? now.value - last.value : 0)), touch };
}
