// How a call is told in words.
import type { CallLogEntry } from '@/api/call-log.ts';
import { t } from '@/i18n/texts.ts';
import { NOTHING, whole } from '@/lib/words.ts';

import { STATUS_TEXTS } from './log-filter.ts';

/** Who asked: a person, a seat or a pass; an address where there is nobody. */
export function whoAsked({ username, seat_name, pass_name, ip_address }: CallLogEntry): string {
  return username ?? seat_name ?? pass_name ?? ip_address ?? NOTHING;
}

export function statusText(status: string): string {
  const known = STATUS_TEXTS as Partial<Record<string, (typeof STATUS_TEXTS)[keyof typeof STATUS_TEXTS]>>;
  const key = known[status];
  return key ? t(key) : status;
}

/** Green, red or neither. */
export function toneOf(status: string): 'good' | 'bad' | 'quiet' {
  if (status === 'success') return 'good';
  return status === 'error' || status === 'cut' ? 'bad' : 'quiet';
}

/** What a call's prompt was counted in. */
export const PROMPT_TEXTS = {
  tokens: 'log.promptTokens',
  characters: 'log.characters',
  seconds: 'log.audioSeconds',
} as const;

type Used = Pick<CallLogEntry, 'prompt_unit' | 'prompt_tokens' | 'completion_tokens'>;

/** Tokens in and out; characters of speech and seconds of a recording with their name. */
export function usedText({ prompt_unit: unit, prompt_tokens: count, completion_tokens: out }: Used): string {
  if (unit === 'tokens') return `${whole(count)} + ${whole(out)}`;
  return t(unit === 'seconds' ? 'log.usedSeconds' : 'log.usedCharacters', { count: whole(count) });
}
