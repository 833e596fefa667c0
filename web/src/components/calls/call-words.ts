// How a call is told in words.
import type { CallLogEntry } from '@/api/call-log.ts';
import type { ClassCall } from '@/api/teaching.ts';
import { t, type TextKey } from '@/i18n/texts.ts';
import { NOTHING, whole } from '@/lib/words.ts';

/** What everybody sees of a call who sees it at all; channel, address and account are an administrator's. */
export type ShownCall = ClassCall & Partial<CallLogEntry>;

/** Who asked: a person, a seat or a pass; an address where there is nobody. */
export function whoAsked({ username, seat_name, pass_name, ip_address }: ShownCall): string {
  return username ?? seat_name ?? pass_name ?? ip_address ?? NOTHING;
}

export const STATUS_TEXTS = {
  success: 'log.success',
  error: 'log.error',
  cut: 'log.cut',
  cancelled: 'log.cancelled',
  open: 'log.open',
} as const satisfies Record<string, TextKey>;

export function statusText(status: string): string {
  const key = (STATUS_TEXTS as Partial<Record<string, TextKey>>)[status];
  return key ? t(key) : status;
}

/** Green, red or neither. */
export function toneOf(status: string): 'good' | 'bad' | 'quiet' {
  if (status === 'success') return 'good';
  return status === 'error' || status === 'cut' ? 'bad' : 'quiet';
}

type Unit = CallLogEntry['prompt_unit'];
type Used = Pick<CallLogEntry, 'prompt_unit' | 'prompt_tokens' | 'completion_tokens' | 'units'>;

/** What a call's prompt was counted in. */
export const PROMPT_TEXTS: Record<Unit, TextKey> = {
  tokens: 'log.promptTokens',
  characters: 'log.characters',
  seconds: 'log.audioSeconds',
  images: 'log.images',
  searches: 'log.searches',
};

const USED_TEXTS: Record<Unit, TextKey> = {
  tokens: 'log.usedTokens',
  characters: 'log.usedCharacters',
  seconds: 'log.usedSeconds',
  images: 'log.usedImages',
  searches: 'log.usedSearches',
};

/** How many of that; null = it is not known. */
export function promptCount({ prompt_unit: unit, prompt_tokens, units }: Used): string | null {
  const count = unit === 'images' || unit === 'searches' ? units : prompt_tokens;
  return count === null ? null : whole(count);
}

/** How much of what: a prompt's and an answer's tokens, or so many characters, seconds, pictures or searches. */
export function usedText(used: Used): string {
  const count = promptCount(used);
  if (count === null) return NOTHING;
  return t(USED_TEXTS[used.prompt_unit], { count, out: whole(used.completion_tokens) });
}
