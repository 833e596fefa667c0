// The state of a copy button: copied for a moment, then itself again.
import { onScopeDispose, ref } from 'vue';

import { copyText } from '@/lib/copy-text.ts';

const SHOWN_MS = 2_000;

export type CopyState = 'idle' | 'copied' | 'failed';

export function useCopy() {
  const state = ref<CopyState>('idle');
  let timer: ReturnType<typeof setTimeout> | undefined;
  onScopeDispose(() => clearTimeout(timer));

  async function copy(text: string, event?: Event): Promise<void> {
    const near = event?.currentTarget instanceof Element ? event.currentTarget : undefined;
    state.value = (await copyText(text, near)) ? 'copied' : 'failed';
    clearTimeout(timer);
    timer = setTimeout(() => (state.value = 'idle'), SHOWN_MS);
  }

  return { state, copy };
}
