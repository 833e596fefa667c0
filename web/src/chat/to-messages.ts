// What the model is told of a conversation: questions with their files, and answers as far as they came.
import type { ChatMessage, ContentPart } from '@/api/completions.ts';

import type { Question, Turn } from './turn.ts';

/** @param sees whether the model takes images; one that does not is told of none. */
export function toMessages(turns: readonly Turn[], sees: boolean): ChatMessage[] {
  return turns
    .map((turn) => ({ role: turn.role, content: turn.role === 'user' ? questionContent(turn, sees) : turn.text }))
    .filter(({ content }) => content.length > 0);
}

function questionContent({ text, files }: Question, sees: boolean): string | ContentPart[] {
  const texts = files.filter((file) => file.kind === 'text').map(({ name, text: inside }) => fileText(name, inside));
  const whole = [...texts, text].filter(Boolean).join('\n\n');
  const images = sees ? files.filter((file) => file.kind === 'image') : [];
  if (images.length === 0) return whole;
  return [
    ...(whole ? [{ type: 'text' as const, text: whole }] : []),
    ...images.map(({ url }) => ({ type: 'image_url' as const, image_url: { url } })),
  ];
}

/** The fence is longer than any in the file, so that the file cannot end it. */
function fileText(name: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return `${name}\n${fence}\n${text}\n${fence}`;
}
