// Between a price and its form. Dollars per million tokens.
import type { PriceInput, PriceRow } from '@/api/prices.ts';
import type { FieldErrors } from '@/composables/use-form.ts';
import { t } from '@/i18n/texts.ts';

export interface PriceValues {
  prompt: string;
  completion: string;
  /** These may be empty: then they cost as the whole they are part of. */
  cached: string;
  cacheWrite: string;
  reasoning: string;
  /** Dollars a request, beside the tokens. */
  request: string;
}

const text = (value: number | null | undefined) => (value == null ? '' : String(value));

export function toPriceValues({ prices }: Pick<PriceRow, 'prices'>): PriceValues {
  return {
    prompt: text(prices?.prompt),
    completion: text(prices?.completion),
    cached: text(prices?.cached),
    cacheWrite: text(prices?.cache_write),
    reasoning: text(prices?.reasoning),
    request: text(prices?.request),
  };
}

export function checkPrice(values: PriceValues): FieldErrors<PriceValues> {
  const wrong = (value: string, needed: boolean) => {
    const isFine = /^\d{1,6}(?:[.,]\d{1,9})?$/.test(value.trim()) || (!needed && value.trim() === '');
    return isFine ? undefined : t('models.needPrice');
  };
  return {
    prompt: wrong(values.prompt, true),
    completion: wrong(values.completion, true),
    cached: wrong(values.cached, false),
    cacheWrite: wrong(values.cacheWrite, false),
    reasoning: wrong(values.reasoning, false),
    request: wrong(values.request, false),
  };
}

export function toPriceBody(values: PriceValues): PriceInput {
  const number = (value: string) => (value.trim() === '' ? null : Number(value.trim().replace(',', '.')));
  return {
    prompt: number(values.prompt) ?? 0,
    completion: number(values.completion) ?? 0,
    cached: number(values.cached),
    cache_write: number(values.cacheWrite),
    reasoning: number(values.reasoning),
    request: number(values.request),
  };
}

/** Where a price comes from, in words. */
export function sourceText({ source, unpriced, guessed, sheet }: PriceRow): string {
  if (unpriced || source === null) return t('models.unpriced');
  const words = sheet
    ? t('models.sourceSheet', { vendor: new URL(sheet.vendor).hostname, day: sheet.read_on })
    : wordsOf(source);
  return guessed ? `${words} · ${t('models.guessed')}` : words;
}

function wordsOf(source: string): string {
  if (source === 'own') return t('models.sourceOwn');
  if (source === 'private-address') return t('models.sourceFree');
  return source.startsWith('price-file/') ? t('models.sourceFile') : t('models.sourcePublished', { source });
}
