// Says before a reload or a closed tab that the conversation will be gone: it lives in memory only.
import { onUnmounted, type Ref, watch } from 'vue';

export function useLeaveWarning(hasSomething: Ref<boolean>): void {
  // The browser words the question itself; it asks only where somebody has done something on the page.
  const warn = (event: BeforeUnloadEvent) => event.preventDefault();
  watch(
    hasSomething,
    (on) => {
      removeEventListener('beforeunload', warn);
      if (on) addEventListener('beforeunload', warn);
    },
    { immediate: true },
  );
  onUnmounted(() => removeEventListener('beforeunload', warn));
}
