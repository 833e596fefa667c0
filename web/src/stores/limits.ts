// What is left of questions, tokens and money, as the gauge shows it. A hint: the server decides.
import { defineStore } from 'pinia';
import { ref, watch } from 'vue';

import { type ChatLimits, readLimits } from '@/api/limits.ts';
import { useLogin } from '@/stores/login.ts';

export interface Left {
  what: 'requests' | 'tokens' | 'budget';
  limit: number;
  remaining: number;
  /** Epoch milliseconds by this device's clock; null = it never starts anew. */
  resetsAt: number | null;
}

/** From this many a minute on, what is left is told only in the lower half: nobody counts to a thousand. */
const FEW = 30;

/** Whether the gauge has something to say. */
function isTelling({ what, limit, remaining }: Left): boolean {
  return remaining < limit && ((what === 'requests' && limit <= FEW) || remaining <= limit / 2);
}

/** What will stop this person first, if it is near enough to be told. */
export function scarcest(found: ChatLimits, now: number): Left | null {
  const rate = (what: 'requests' | 'tokens') => {
    const state = found[what];
    return state ? [{ what, ...state, resetsAt: now + state.reset_seconds * 1000 }] : [];
  };
  const { budget } = found;
  const money = budget && {
    what: 'budget' as const,
    ...budget,
    resetsAt: budget.resets_at === null ? null : Date.parse(budget.resets_at),
  };
  const all: Left[] = [...rate('requests'), ...rate('tokens'), ...(money ? [money] : [])];
  return all.filter(isTelling).toSorted((a, b) => a.remaining / a.limit - b.remaining / b.limit)[0] ?? null;
}

const NOTHING: ChatLimits = { requests: null, tokens: null, budget: null };

export const useLimits = defineStore('limits', () => {
  const account = useLogin();
  const left = ref<Left | null>(null);
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What cannot be learned is not shown; nobody is bothered with it. */
  async function load(): Promise<void> {
    const mine = ++latest;
    clearTimeout(timer);
    const found = await readLimits(account.token).catch(() => NOTHING);
    if (mine !== latest) return;
    left.value = scarcest(found, Date.now());
    const used = [found.requests, found.tokens].filter((state) => state && state.remaining < state.limit);
    const soonest = Math.min(...used.map((state) => state!.reset_seconds));
    if (used.length > 0) timer = setTimeout(() => void load(), Math.max(1, soonest) * 1000);
  }

  watch(() => account.token, load);
  return { left, load };
});
