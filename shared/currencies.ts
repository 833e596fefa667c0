/** What amounts can be shown in. The ledger and every address of the API stay in dollars. */
export const DISPLAY_CURRENCIES = [
  'USD',
  'CNY',
  'TWD',
  'HKD',
  'MOP',
  'SGD',
  'MYR',
  'JPY',
  'KRW',
  'EUR',
  'GBP',
] as const;
