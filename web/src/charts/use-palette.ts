// The look's colours as charts need them: plain RGB, because a canvas library computes with them, and anew when the
// theme changes.
import { onUnmounted, shallowRef, type ShallowRef } from 'vue';

export interface Palette {
  text: string;
  quiet: string;
  line: string;
  card: string;
  font: string;
  /** One for each thing shown; they differ in lightness too, and names stand beside them. */
  series: readonly string[];
  bad: string;
}

const SERIES = {
  light: ['#00797a', '#e0a52b', '#b0502c', '#5667b0', '#7b983c', '#8b5a9f', '#3f8ec0', '#8b9096'],
  dark: ['#4bb9bb', '#eabb54', '#e08a66', '#93a3e6', '#a8c46a', '#c394d6', '#79bfe8', '#a6abb1'],
} as const;

export function usePalette(): ShallowRef<Palette> {
  const palette = shallowRef(readPalette());
  const observer = new MutationObserver(() => (palette.value = readPalette()));
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'lang'] });
  onUnmounted(() => observer.disconnect());
  return palette;
}

function readPalette(): Palette {
  const root = document.documentElement;
  const style = getComputedStyle(root);
  const color = (name: string) => toRgb(style.getPropertyValue(name).trim());
  return {
    text: color('--foreground'),
    quiet: color('--soft'),
    line: color('--line'),
    card: color('--card'),
    font: style.fontFamily,
    series: SERIES[root.dataset.theme === 'dark' ? 'dark' : 'light'],
    bad: color('--red'),
  };
}

/** Whatever way of writing a colour the browser knows, as `rgb(…)`. */
function toRgb(color: string): string {
  const pixel = onePixel();
  if (!pixel) return color;
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue] = pixel.getImageData(0, 0, 1, 1).data;
  return `rgb(${red}, ${green}, ${blue})`;
}

let drawn: CanvasRenderingContext2D | null | undefined;

function onePixel(): CanvasRenderingContext2D | null {
  if (drawn !== undefined) return drawn;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 1;
  return (drawn = canvas.getContext('2d', { willReadFrequently: true }));
}
