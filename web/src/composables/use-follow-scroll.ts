// Keeps a scroller at its end while it grows, and lets go as soon as the reader scrolls up.
import { onScopeDispose, ref, type Ref, watch } from 'vue';

/** Pixels from the end that still count as the end. */
const NEAR_END_PX = 48;

export function useFollowScroll(scroller: Ref<HTMLElement | null>, content: Ref<HTMLElement | null>) {
  const following = ref(true);
  let lastTop = 0;
  let lastHeight = 0;

  const isNearEnd = (el: HTMLElement) => el.scrollHeight - el.scrollTop - el.clientHeight <= NEAR_END_PX;

  function toEnd(behavior: ScrollBehavior = 'auto'): void {
    following.value = true;
    scroller.value?.scrollTo({ top: scroller.value.scrollHeight, behavior });
  }

  function onScroll(): void {
    const el = scroller.value;
    if (!el) return;
    // Only a move upwards lets go; content that grows moves nothing, and a keyboard that goes is no reader.
    if (isNearEnd(el)) following.value = true;
    else if (el.scrollTop < lastTop && el.clientHeight === lastHeight) following.value = false;
    lastTop = el.scrollTop;
    lastHeight = el.clientHeight;
  }

  const observer = new ResizeObserver(() => {
    lastHeight = scroller.value?.clientHeight ?? 0;
    if (following.value) toEnd();
  });
  watch([scroller, content], ([box, inner], [oldBox]) => {
    observer.disconnect();
    oldBox?.removeEventListener('scroll', onScroll);
    box?.addEventListener('scroll', onScroll, { passive: true });
    if (box) observer.observe(box);
    if (inner) observer.observe(inner);
  });
  onScopeDispose(() => observer.disconnect());

  return { following, toEnd };
}
