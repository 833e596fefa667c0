// Reads a price file in the shape of LiteLLM's model_prices_and_context_window.json. Pure: no database, no network.
import { tokenDollarsToNanos } from '@hallpass/shared/money.ts';

import type { UnitPrices } from '../ledger/ledger.ts';

export type FilePrices = Omit<UnitPrices, 'source' | 'version'>;

/** One model of the file. Kept as JSON, so its names are part of what is stored. */
export interface FileEntry {
  /** The file's `litellm_provider`; empty where it names none. */
  provider: string;
  /** By `aboveTokens`, the first at 0. */
  tiers: { aboveTokens: number; prices: FilePrices }[];
}

export type FileEntries = Record<string, FileEntry>;

export interface ReadFile {
  entries: FileEntries;
  /** Models left out, with the reason: nothing is wrong with the file because of them. */
  skipped: { model: string; reason: string }[];
  /** Models the file says cost nothing; of some it only does not know the price. */
  free: string[];
  /** Any of these refuses the whole file. */
  problems: string[];
}

/** $100,000 a million tokens; the dearest model ever sold costs 600. */
const DEAREST_DOLLARS_PER_TOKEN = 0.1;
const MODELS_MAX = 20_000;
const NAME_MAX = 300;

/** The documentation entry of the file. */
const SAMPLE = 'sample_spec';

const KINDS = {
  promptNanos: 'input_cost_per_token',
  completionNanos: 'output_cost_per_token',
  cachedNanos: 'cache_read_input_token_cost',
  cacheWriteNanos: 'cache_creation_input_token_cost',
  reasoningNanos: 'output_cost_per_reasoning_token',
  audioNanos: 'input_cost_per_audio_token',
} as const;

/** A picture that a model draws is counted among its completion tokens. */
const DRAWN = 'output_cost_per_image_token';

const TIERS_MAX = 20;

type Raw = Record<string, unknown>;

export function readPriceFile(file: Raw): ReadFile {
  const result: ReadFile = { entries: Object.create(null) as FileEntries, skipped: [], free: [], problems: [] };
  const models = Object.entries(file).filter(([model]) => model !== SAMPLE);
  if (models.length > MODELS_MAX) return { ...result, problems: [`more than ${MODELS_MAX} models`] };
  for (const [model, read] of models) {
    if (typeof read !== 'object' || read === null || Array.isArray(read) || model.length > NAME_MAX) {
      result.problems.push(`${model.slice(0, NAME_MAX)}: is not a model with its prices`);
      continue;
    }
    const raw = withListedTiers(read as Raw);
    const wrong = raw === undefined ? ['tiered_pricing cannot be read'] : wrongNumbers(raw);
    result.problems.push(...wrong.map((reason) => `${model}: ${reason}`));
    if (raw === undefined || wrong.length > 0) continue;
    const reason = noTokenPrice(raw);
    if (reason) result.skipped.push({ model, reason });
    else result.entries[model] = entryOf(raw);
    if (!reason && isFree(raw)) result.free.push(model);
  }
  if (Object.keys(result.entries).length === 0 && result.problems.length === 0)
    result.problems.push('it holds no model with a price for a token');
  return result;
}

/**
 * Tiers are written in two ways: as fields (`…_above_128k_tokens`), or as a list of ranges, which becomes the first.
 * undefined where the list cannot be read.
 */
function withListedTiers(raw: Raw): Raw | undefined {
  const list = raw['tiered_pricing'];
  if (list === undefined || list === null) return raw;
  if (!Array.isArray(list) || list.length > TIERS_MAX) return undefined;
  const flat = { ...raw };
  for (const tier of list as unknown[]) {
    if (typeof tier !== 'object' || tier === null) return undefined;
    const kinds = Object.values(KINDS).filter((kind) => kind in tier);
    // Searches are priced by ranges of results; no token is.
    if (kinds.length === 0) continue;
    const { range } = tier as { range?: unknown };
    const start: unknown = Array.isArray(range) ? range[0] : undefined;
    if (typeof start !== 'number' || start < 0 || start % 1_000 !== 0 || start >= 1e9) return undefined;
    for (const kind of kinds) flat[start === 0 ? kind : above(kind, start)] = (tier as Raw)[kind];
  }
  return flat;
}

const above = (kind: string, start: number): string => `${kind}_above_${start / 1_000}k_tokens`;

function isTokenPrice(field: string): boolean {
  if (field === DRAWN) return true;
  return Object.values(KINDS).some((kind) => field === kind || tierOf(field, kind) !== undefined);
}

/** `input_cost_per_token_above_128k_tokens` → 128,000. */
function tierOf(field: string, kind: string): number | undefined {
  const rest = field.startsWith(kind) ? field.slice(kind.length) : '';
  const found = /^_above_(\d{1,6})k_tokens$/.exec(rest);
  return found ? Number(found[1]) * 1_000 : undefined;
}

function wrongNumbers(raw: Raw): string[] {
  return Object.entries(raw).flatMap(([field, value]) => {
    if (!isTokenPrice(field) || value === null) return [];
    if (typeof value !== 'number' || !Number.isFinite(value)) return [`${field} is not a number`];
    if (value < 0) return [`${field} is negative`];
    return value > DEAREST_DOLLARS_PER_TOKEN ? [`${field} is absurdly large`] : [];
  });
}

function noTokenPrice(raw: Raw): string | undefined {
  if (typeof raw[KINDS.promptNanos] !== 'number') return 'has no price for a token';
  const isWritten = raw['mode'] === 'embedding' || raw['mode'] === 'rerank';
  if (typeof raw[KINDS.completionNanos] !== 'number' && !isWritten) return 'has no price for the tokens it writes';
  // A file with both means the sum; charging the tokens alone would be too little. And tokens that cost nothing beside
  // something that costs are not what the vendor bills.
  const extra =
    ['input_cost_per_request', 'output_cost_per_image', 'output_cost_per_second'].find((key) => raw[key]) ??
    (isFree(raw) ? otherCost(raw) : undefined);
  return extra && `is also priced by ${extra}, which an import does not read`;
}

function isFree(raw: Raw): boolean {
  return Object.entries(raw).every(([field, value]) => !isTokenPrice(field) || !value);
}

function otherCost(raw: Raw): string | undefined {
  return Object.entries(raw).find(
    ([field, value]) => /cost/.test(field) && !isTokenPrice(field) && typeof value === 'number' && value > 0,
  )?.[0];
}

function entryOf(raw: Raw): FileEntry {
  const starts = Object.keys(raw).flatMap((field) =>
    Object.values(KINDS).flatMap((kind) => (raw[field] === null ? [] : (tierOf(field, kind) ?? []))),
  );
  const tiers = [...new Set([0, ...starts])]
    .sort((a, b) => a - b)
    .map((aboveTokens, _, all) => ({
      aboveTokens,
      prices: pricesOf(
        raw,
        all.filter((start) => start <= aboveTokens),
      ),
    }));
  return { provider: typeof raw['litellm_provider'] === 'string' ? raw['litellm_provider'] : '', tiers };
}

/** A kind without a price of its own in a tier keeps the one of the tier below. */
function pricesOf(raw: Raw, starts: readonly number[]): FilePrices {
  const nanos = (kind: string): number | null => {
    const fields = starts.map((start) => (start === 0 ? kind : above(kind, start)));
    const value = fields.map((field) => raw[field]).findLast((price) => typeof price === 'number');
    return value === undefined ? null : tokenDollarsToNanos(value as number);
  };
  const promptNanos = nanos(KINDS.promptNanos) ?? 0;
  return {
    promptNanos,
    completionNanos: Math.max(nanos(KINDS.completionNanos) ?? promptNanos, nanos(DRAWN) ?? 0),
    cachedNanos: nanos(KINDS.cachedNanos),
    cacheWriteNanos: nanos(KINDS.cacheWriteNanos),
    reasoningNanos: nanos(KINDS.reasoningNanos),
    imageNanos: null,
    audioNanos: nanos(KINDS.audioNanos),
    requestNanos: null,
  };
}
