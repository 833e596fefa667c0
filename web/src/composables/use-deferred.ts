// A control whose opened part is heavy: its closed look is there at once. The rest is fetched right after the first
// screen and takes its place when somebody comes near.
import { type Component, nextTick, onMounted, ref, type Ref, shallowRef } from 'vue';

import { idle } from '@/lib/idle.ts';

export interface Deferred {
  /** The real control, once it is there. */
  control: Ref<Component | undefined>;
  /** It is to open at once. */
  wanted: Ref<boolean>;
  /** For the element around it. */
  on: Record<'pointerover' | 'pointerdown' | 'focusin' | 'click', (event: Event) => void>;
}

/**
 * @param load the real control; called again after a failure (no network) when somebody comes near.
 * @param root where the closed look is, so that the real control keeps the focus.
 */
export function useDeferred(load: () => Promise<{ default: Component }>, root: () => Element | null): Deferred {
  const control = shallowRef<Component>();
  const wanted = ref(false);
  /** Between press and release the button must stay what it is, or the click is lost. */
  let isPressed = false;
  async function show(): Promise<void> {
    const loaded = await load().catch(() => undefined);
    if (!loaded || control.value || isPressed) return;
    const hadFocus = root()?.contains(document.activeElement) ?? false;
    control.value = loaded.default;
    await nextTick();
    if (hadFocus && !wanted.value) root()?.querySelector('button')?.focus();
  }
  onMounted(async () => {
    await idle();
    await load().catch(() => undefined);
  });
  const on: Deferred['on'] = {
    // A finger comes near and presses in one.
    pointerover: (event) => void ((event as PointerEvent).pointerType === 'mouse' && show()),
    focusin: () => void show(),
    pointerdown: () => (isPressed = true),
    click() {
      isPressed = false;
      if (control.value) return;
      wanted.value = true;
      void show();
    },
  };
  return { control, wanted, on };
}
