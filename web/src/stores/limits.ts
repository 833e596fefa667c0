// How many questions are left this minute, as the gauge shows it. A hint: the server decides.
import { defineStore } from 'pinia';
import { ref, watch } from 'vue';

import { type ChatLimits, readLimits } from '@/api/limits.ts';
import { useLogin } from '@/stores/login.ts';

export interface Left {
  limit: number;
  remaining: number;
  /** Epoch milliseconds by this device's clock. */
  resetsAt: number;
}

/** From this many a minute on, what is left is told only in the lower half: nobody counts to a thousand. */
const FEW = 30;

/** Whether the gauge has something to say. */
export function isTelling({ limit, remaining }: Left): boolean {
  return remaining < limit && (limit <= FEW || remaining <= limit / 2);
}

export const useLimits = defineStore('limits', () => {
  const account = useLogin();
  const left = ref<Left | null>(null);
  let latest = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  /** What cannot be learned is not shown; nobody is bothered with it. */
  async function load(): Promise<void> {
    const mine = ++latest;
    clearTimeout(timer);
    const found = await readLimits(account.token).catch((): ChatLimits => ({ requests: null }));
    if (mine !== latest) return;
    const requests = found.requests;
    left.value = requests && {
      limit: requests.limit,
      remaining: requests.remaining,
      resetsAt: Date.now() + requests.reset_seconds * 1000,
    };
    if (requests && requests.remaining < requests.limit)
      timer = setTimeout(() => void load(), Math.max(1, requests.reset_seconds) * 1000);
  }

  watch(() => account.token, load);
  return { left, load };
});
