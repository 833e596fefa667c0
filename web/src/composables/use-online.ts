// Whether the browser has any network. A hint only: a server on this very machine answers without one.
import { onMounted, onUnmounted, ref, type Ref } from 'vue';

export function useOnline(): Ref<boolean> {
  const online = ref(navigator.onLine);
  const update = () => {
    online.value = navigator.onLine;
  };
  onMounted(() => {
    addEventListener('online', update);
    addEventListener('offline', update);
  });
  onUnmounted(() => {
    removeEventListener('online', update);
    removeEventListener('offline', update);
  });
  return online;
}
