// The chat page's keyboard shortcuts; the help sheet is made from the same list.
import { onMounted, onUnmounted } from 'vue';

import type { TextKey } from '@/i18n/texts.ts';

export type Shortcut = 'help' | 'newChat' | 'focus' | 'copyLast' | 'again' | 'download';

interface Keys {
  /** What is pressed, as the sheet shows it; `Mod` is ⌘ on a Mac and Ctrl elsewhere. */
  shown: string[];
  text: TextKey;
  matches: (event: KeyboardEvent, typing: boolean) => boolean;
}

const isMod = (event: KeyboardEvent) => event.ctrlKey !== event.metaKey && !event.altKey;
const withShift = (code: string) => (event: KeyboardEvent) => isMod(event) && event.shiftKey && event.code === code;

/** By the place of the key, not its letter: an input method changes the letter. */
export const SHORTCUTS: Record<Shortcut, Keys> = {
  help: {
    shown: ['Mod', '/'],
    text: 'keys.help',
    matches: (event, typing) =>
      (isMod(event) && event.code === 'Slash') || (!typing && !event.ctrlKey && !event.metaKey && event.key === '?'),
  },
  focus: {
    shown: ['/'],
    text: 'keys.focus',
    matches: (event, typing) => !typing && !event.ctrlKey && !event.metaKey && event.key === '/',
  },
  newChat: { shown: ['Mod', 'Shift', 'O'], text: 'keys.newChat', matches: withShift('KeyO') },
  copyLast: { shown: ['Mod', 'Shift', 'C'], text: 'keys.copyLast', matches: withShift('KeyC') },
  again: { shown: ['Mod', 'Shift', 'R'], text: 'keys.again', matches: withShift('KeyR') },
  download: { shown: ['Mod', 'Shift', 'S'], text: 'keys.download', matches: withShift('KeyS') },
};

export function useShortcuts(actions: Record<Shortcut, () => void>): void {
  function onKeydown(event: KeyboardEvent): void {
    if (
      event.isComposing ||
      event.defaultPrevented ||
      document.querySelector('[role=alertdialog],[role=dialog][data-state=open]')
    )
      return;
    const target = event.target as HTMLElement | null;
    const typing = target?.matches?.('input, textarea, [contenteditable]') ?? false;
    const found = (Object.keys(SHORTCUTS) as Shortcut[]).find((name) => SHORTCUTS[name].matches(event, typing));
    if (!found) return;
    event.preventDefault();
    actions[found]();
  }
  onMounted(() => addEventListener('keydown', onKeydown));
  onUnmounted(() => removeEventListener('keydown', onKeydown));
}
