// The shown conversation as a Markdown file.
import { t } from '@/i18n/texts.ts';

import type { Turn } from './turn.ts';

export function toMarkdown(turns: readonly Turn[]): string {
  const parts = turns.map((turn) => {
    if (turn.role === 'assistant') return `## ${turn.modelName}\n\n${turn.text}`;
    const files = turn.files.map(({ name }) => `- ${name}`).join('\n');
    return `## ${t('chat.you')}\n\n${[files, turn.text].filter(Boolean).join('\n\n')}`;
  });
  return `${parts.join('\n\n')}\n`;
}

/** Such as `chat-2026-11-27-0930.md`; by the reader's own clock. */
export function markdownName(now: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const day = `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
  return `chat-${day}-${two(now.getHours())}${two(now.getMinutes())}.md`;
}
