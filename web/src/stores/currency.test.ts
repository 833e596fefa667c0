import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { useCurrency } from './currency.ts';

const answer = (body: unknown, status = 200) =>
  vi.stubGlobal('fetch', async () => new Response(JSON.stringify(body), { status }));

beforeEach(() => setActivePinia(createPinia()));
afterEach(() => vi.unstubAllGlobals());

const plain = (text: string) => text.replace(/\s/g, ' ');

test('amounts stand in dollars until another currency is known, small ones with the digits they need', () => {
  const { write } = useCurrency();
  expect([write(0), write(12.5), write(0.000123)]).toEqual(['$0.00', '$12.50', '$0.000123']);
});

test('they are converted by the administrator’s rate and name the currency', async () => {
  answer({ currency: 'CNY', rate: 7.1, rated_at: '2026-11-29T02:00:00.000Z' });
  const currency = useCurrency();
  await currency.load();
  expect(plain(currency.write(2))).toBe('CNY 14.20');
  expect(plain(currency.write(0.0001))).toBe('CNY 0.00071');
});

test('a currency without cents has none', async () => {
  answer({ currency: 'JPY', rate: 150, rated_at: '2026-11-29T02:00:00.000Z' });
  const currency = useCurrency();
  await currency.load();
  expect(plain(currency.write(2.004))).toBe('JPY 301');
});

test('where it cannot be learned they stay in dollars', async () => {
  answer({}, 503);
  const currency = useCurrency();
  await currency.load();
  expect(currency.write(1)).toBe('$1.00');
});
