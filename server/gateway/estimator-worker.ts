// Counts tokens with the o200k vocabulary, off the main thread. Special tokens in a text count as plain text.
import { countTokens } from 'gpt-tokenizer';

declare const self: Worker;

self.onmessage = ({ data }: MessageEvent<{ id: number; texts: string[] }>) => {
  const counts = data.texts.map((text) => countTokens(text, { disallowedSpecial: new Set() }));
  self.postMessage({ id: data.id, counts });
};
