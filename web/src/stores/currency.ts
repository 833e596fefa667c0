// The currency amounts are shown in. The server counts in dollars; the rate and its date are the administrator's.
import type { DisplayCurrency } from '@hallpass/shared/settings.ts';
import { defineStore } from 'pinia';
import { ref } from 'vue';

import { sendJson } from '@/api/http.ts';
import { currentLocale } from '@/i18n/texts.ts';

const DOLLARS: DisplayCurrency = { currency: 'USD', rate: 1, rated_at: null };

export const useCurrency = defineStore('currency', () => {
  const shown = ref(DOLLARS);

  /** Until it is known, and where it cannot be learned, amounts stand in dollars, as they are kept. */
  async function load(): Promise<void> {
    shown.value = await sendJson<DisplayCurrency>('/api/currency').catch(() => DOLLARS);
  }

  /** An amount of dollars as it is shown, with as many digits as a call of a fraction of a cent needs. */
  function write(dollars: number): string {
    const { currency, rate } = shown.value;
    const value = dollars * rate;
    const isSmall = value !== 0 && Math.abs(value) < 1;
    const digits = isSmall ? { minimumFractionDigits: 2, maximumFractionDigits: 6 } : {};
    return value.toLocaleString(currentLocale(), {
      style: 'currency',
      currency,
      // "$" and "¥" mean several currencies; where it is not the dollar the code says which.
      currencyDisplay: currency === 'USD' ? 'narrowSymbol' : 'code',
      ...digits,
    });
  }

  return { shown, load, write };
});
