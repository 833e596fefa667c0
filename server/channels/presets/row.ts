// Writes a vendor as one short row: what is not said has the usual value.
import type { ChannelOptionsInput } from '@hallpass/shared/channel-options.ts';
import type { AuthType, ChannelProtocol } from '@hallpass/shared/channels.ts';
import { type Locale, LOCALES } from '@hallpass/shared/errors.ts';
import type { Preset } from '@hallpass/shared/presets.ts';

/** One name for all languages, or [zh-CN, zh-TW, en]. */
type Words = string | readonly [string, string, string];

export interface PresetRow {
  id: string;
  label: Words;
  /** Alternatives follow; a word each says for whom. */
  urls: readonly (string | readonly [string, Words])[];
  auth?: AuthType;
  /** What the vendor speaks there; chat completions where absent. */
  protocol?: ChannelProtocol;
  options?: ChannelOptionsInput;
  model?: string;
  key: string | null;
  docs: string;
  /** Where address and quirks were read; the docs where absent. */
  source?: string;
  /** When its source was read, where that was later than the others'. */
  readOn?: string;
  /** Something in this row was not read in a document: it is shown without a date. */
  unverified?: true;
  note?: Words;
}

/** When the sources were read, if a row says nothing else. */
const READ_ON = '2026-11-27';

export const MAINLAND: Words = ['中国大陆', '中國大陸', 'Mainland China'];
export const ABROAD: Words = ['国际', '國際', 'International'];

export function presets(group: Preset['group'], rows: readonly PresetRow[]): Preset[] {
  return rows.map(
    ({ id, label, urls, auth, protocol, options = {}, model, key, docs, source = docs, readOn, unverified, note }) => ({
      id,
      label: inAll(label),
      group,
      base_urls: urls.map((url) =>
        typeof url === 'string' ? { url, label: inAll('') } : { url: url[0], label: inAll(url[1]) },
      ),
      auth_type: auth ?? 'bearer',
      protocol: protocol ?? 'openai-chat',
      options,
      example_model: model ?? null,
      key_url: key,
      docs_url: docs,
      source: { url: source, read_on: unverified ? null : (readOn ?? READ_ON) },
      note: note === undefined ? null : inAll(note),
    }),
  );
}

function inAll(words: Words): Record<Locale, string> {
  const [cn, tw, en] = typeof words === 'string' ? [words, words, words] : words;
  const byLocale: Record<Locale, string> = { 'zh-CN': cn, 'zh-TW': tw, en };
  return Object.fromEntries(LOCALES.map((locale) => [locale, byLocale[locale]])) as Record<Locale, string>;
}
