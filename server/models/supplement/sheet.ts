// The shape of a sheet: what one vendor asks at one of its doors, where that was read, and when.

/** Per million tokens, in the sheet's currency. Without a price for what was cached, it costs what the rest does. */
export type SheetPrice = readonly [input: number, output: number, cached?: number | null, reasoning?: number];

/** One price, or one by the prompt's size: the key is the size above which it holds, the first 0. */
export type SheetRow = SheetPrice | { readonly [aboveTokens: number]: SheetPrice };

export const SHEET_CURRENCIES = ['USD', 'CNY'] as const;

export interface PriceSheet {
  /** Of our presets. */
  preset: string;
  /** The door these prices are for, by its host; a vendor's doors at home and abroad differ in price and currency. */
  hosts: readonly string[];
  currency: (typeof SHEET_CURRENCIES)[number];
  source: {
    /** What was read: a page, or a file of a public repository at one commit. */
    url: string;
    /** The vendor's own page that the source names. */
    vendor: string;
    readOn: string;
  };
  rows: Readonly<Record<string, SheetRow>>;
}

/** When all of these were read. */
export const READ_ON = '2026-11-29';

/** LiteLLM's price file as released in its package of this version. */
export const LITELLM = 'https://pypi.org/project/litellm/1.110.2/';

/** LobeHub's model bank, which keeps yuan prices of vendors' consoles. */
export function lobe(file: string, commit: string): string {
  return `https://github.com/lobehub/lobe-chat/blob/${commit}/packages/model-bank/src/aiModels/${file}`;
}
