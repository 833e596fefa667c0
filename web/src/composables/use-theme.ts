// Light, dark or the device's choice. public/theme.js applies the same rule before the first paint.
import { ref, watch } from 'vue';

import { readStored, writeStored } from '@/lib/stored.ts';

export const THEMES = ['system', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];

const STORED = 'hallpass.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');

export function useTheme() {
  const stored = readStored('local', STORED);
  const theme = ref<Theme>(THEMES.find((name) => name === stored) ?? 'system');
  watch(theme, (chosen) => {
    writeStored('local', STORED, chosen === 'system' ? null : chosen);
    applyTheme();
  });
  return theme;
}

function applyTheme(): void {
  const stored = readStored('local', STORED);
  const isDark = stored === 'dark' || (stored !== 'light' && dark.matches);
  document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
}

dark.addEventListener('change', applyTheme);
// The device may have changed its mind since the first paint, before this was here.
applyTheme();
