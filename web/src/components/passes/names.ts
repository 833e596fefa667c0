// A pasted list of names, of which each gets a pass.
import { t } from '@/i18n/texts.ts';

const NAME_LENGTH_MAX = 100;

/** What comes along with text from other programs and nobody sees: marks of direction, spaces without width. */
const UNSEEN = /[\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]/g;

/**
 * A list copied from a spreadsheet has empty lines and columns; the first column counts. Two names that look alike are
 * one.
 */
export function namesIn(text: string): string[] {
  return text
    .normalize('NFC')
    .replaceAll(UNSEEN, '')
    .split(/\r?\n/)
    .map((line) => line.split('\t')[0]!.trim())
    .filter(Boolean);
}

/** Why a list of names is none; undefined = it is one. @param max as many as are made at once. */
export function wrongNames(names: readonly string[], max: number): string | undefined {
  if (names.length === 0) return t('passes.needNames');
  if (names.length > max) return t('passes.tooManyNames', { max, count: names.length });
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return t('passes.twice', { name: twice });
  const long = names.find((name) => name.length > NAME_LENGTH_MAX);
  return long === undefined ? undefined : t('passes.longName', { name: `${long.slice(0, 20)}…` });
}
