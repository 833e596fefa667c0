// Whether a media query holds now, kept up to date while the component lives.
import { onUnmounted, ref, type Ref } from 'vue';

export function useMedia(query: string): Ref<boolean> {
  const list = matchMedia(query);
  const holds = ref(list.matches);
  const update = () => (holds.value = list.matches);
  list.addEventListener('change', update);
  onUnmounted(() => list.removeEventListener('change', update));
  return holds;
}
